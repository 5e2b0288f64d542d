import { errorsAsText } from './errors-as-text.ts';
import type { RpcChannel } from './serve-rpc.ts';

/** What Electron's MessagePortMain and Node's MessagePort have in common, as far as it is used. */
export interface PortLike {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  start(): void;
}

/** Plain values over a MessagePort. Electron wraps each message in an event, Node does not. */
export function portChannel(port: PortLike): RpcChannel {
  return {
    // The same values as over a WebSocket, so that nothing works in one and not in the other.
    post: (message) => port.postMessage(JSON.parse(JSON.stringify(message, errorsAsText))),
    onMessage: (listener) => {
      port.on('message', (message) => listener(isEvent(message) ? message.data : message));
      port.start();
    },
    hasRoom: () => true,
  };
}

function isEvent(message: unknown): message is { readonly data: unknown } {
  return typeof message === 'object' && message !== null && 'data' in message && !('t' in message);
}
