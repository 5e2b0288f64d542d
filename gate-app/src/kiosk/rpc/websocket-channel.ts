import type { WebSocket } from 'ws';
import { errorsAsText } from './errors-as-text.ts';
import type { RpcChannel } from './serve-rpc.ts';

/** Pushes are left out while a screen has this much unread: a frozen page must not fill the kiosk's memory. */
const UNSENT_BYTES_MAX = 1024 * 1024;

/** JSON text over a WebSocket. What is no JSON ends the connection: nothing after it can be trusted to be whole. */
export function webSocketChannel(socket: WebSocket): RpcChannel {
  return {
    post: (message) => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message, errorsAsText));
    },
    onMessage: (listener) => {
      socket.on('message', (data, isBinary) => {
        const message = isBinary ? NOT_JSON : parsed(String(data));
        if (message === NOT_JSON) socket.close(UNSUPPORTED_DATA, 'messages are JSON text');
        else listener(message);
      });
    },
    hasRoom: () => socket.bufferedAmount < UNSENT_BYTES_MAX,
  };
}

const UNSUPPORTED_DATA = 1003;
const NOT_JSON = Symbol('not JSON');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return NOT_JSON;
  }
}
