import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * The network between kiosks and server as something that can be unplugged: a TCP relay. Unplugged, every open
 * connection is cut at once and new ones are refused, as when a cable is pulled.
 */
export interface NetworkCable {
  readonly port: number;
  readonly plugged: boolean;
  plug(): Promise<void>;
  unplug(): Promise<void>;
  stop(): Promise<void>;
}

export async function layCable(
  port: number,
  target: { readonly host: string; readonly port: number },
): Promise<NetworkCable> {
  const open = new Set<Socket>();
  let server: Server | null = null;

  const relay = (near: Socket): void => {
    const far = connect(target.port, target.host);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
      // A cut line shows as 'close'; the error itself says nothing more.
      socket.on('error', () => socket.destroy());
    }
    near.pipe(far);
    far.pipe(near);
  };

  const listen = (wanted: number): Promise<Server> =>
    new Promise((done, fail) => {
      const listening = createServer(relay);
      listening.once('error', fail);
      listening.listen(wanted, '127.0.0.1', () => done(listening));
    });

  const close = async (): Promise<void> => {
    const closing = server;
    server = null;
    for (const socket of open) socket.destroy();
    if (closing) await new Promise((done) => closing.close(done));
  };

  server = await listen(port);
  const address = server.address();
  const laidPort = typeof address === 'object' && address ? address.port : port;
  return {
    port: laidPort,
    get plugged() {
      return server !== null;
    },
    async plug() {
      server ??= await listen(laidPort);
    },
    unplug: close,
    stop: close,
  };
}
