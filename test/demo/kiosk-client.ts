import type { KioskApi, Reply, ScreenApi } from '@skygate/gate-app/rpc-contract/kiosk-api';
import { RPC_PATH } from '@skygate/gate-app/rpc-contract/rpc-wire';
import type { KioskStatus } from '@skygate/gate-app/rpc-contract/status-view';
import { createBirpc } from 'birpc';
import { WebSocket } from 'ws';

/** A kiosk as its own screen reaches it: the launch address gives the cookie, the cookie opens the rpc (X1). */
export interface KioskClient {
  readonly api: KioskApi;
  /** The newest status the kiosk pushed; null before the first. */
  status(): KioskStatus | null;
  close(): void;
}

export async function connectToKiosk(openUrl: string): Promise<KioskClient> {
  const { origin, host } = new URL(openUrl);
  const launched = await fetch(openUrl, { redirect: 'manual' });
  const cookie = launched.headers.getSetCookie()[0]?.split(';')[0];
  if (!cookie) throw new Error(`the kiosk at ${origin} did not accept its launch address (${launched.status})`);
  const socket = new WebSocket(`ws://${host}${RPC_PATH}`, { headers: { cookie, origin } });
  await new Promise<void>((done, fail) => {
    socket.once('open', () => done());
    socket.once('error', fail);
  });
  let status: KioskStatus | null = null;
  const screen: ScreenApi = {
    statusChanged: (pushed) => {
      status = pushed;
    },
  };
  const rpc = createBirpc<KioskApi, ScreenApi>(screen, {
    post: (message) => socket.send(JSON.stringify(message)),
    on: (listener) => socket.on('message', (data) => listener(JSON.parse(String(data)))),
    timeout: 30_000,
  });
  return { api: rpc as unknown as KioskApi, status: () => status, close: () => socket.close() };
}

/** The value of a reply. @throws with the kiosk's problem if it said no */
export function accepted<Value>(what: string, reply: Reply<Value>): Value {
  if (reply.ok) return reply.value;
  throw new Error(`${what}: ${reply.problem.code} ${JSON.stringify(reply.problem.data)}`);
}
