import { createBirpc } from 'birpc';
import type { ScreenApi } from '../../rpc-contract/kiosk-api.ts';
import type { KioskStatus } from '../../rpc-contract/status-view.ts';
import { type GuardedApiDeps, guardedApi } from './guarded-api.ts';

/** One screen's wire: a WebSocket or a MessagePort. Messages are birpc's, as plain JSON values. */
export interface RpcChannel {
  post(message: unknown): void;
  /** Called with each message that came; at most one listener. */
  onMessage(listener: (message: unknown) => void): void;
  /** False while so much is waiting to be sent that a push had better be left out. */
  hasRoom(): boolean;
}

export interface RpcDeps extends GuardedApiDeps {
  /** The kiosk's status pushes. @returns what ends them */
  readonly onStatus: (listener: (status: KioskStatus) => void) => () => void;
}

/** Serves the kiosk to one screen until `close`. */
export function serveRpc(deps: RpcDeps, channel: RpcChannel): { close(): void } {
  const rpc = createBirpc<ScreenApi, ReturnType<typeof guardedApi>>(guardedApi(deps), {
    post: (message) => channel.post(message),
    on: (listener) =>
      channel.onMessage((message) => {
        if (isCall(message)) void listener(message);
        else deps.log.warn({}, 'a screen sent something that is no call');
      }),
    bind: 'functions',
    eventNames: ['statusChanged'],
    onFunctionError: () => false,
    onGeneralError: (error) => {
      deps.log.warn({ error: error.message }, 'an answer did not reach the screen');
      return true;
    },
  });
  // A status is whole and comes again within a second: one that would only queue up behind others is left out.
  const endStatus = deps.onStatus((status) => {
    if (channel.hasRoom()) void rpc.statusChanged.asEvent(status).catch(() => undefined);
  });
  return {
    close: () => {
      endStatus();
      rpc.$close();
    },
  };
}

/** birpc reads what it is given without looking: only well-formed calls get that far (X2). */
function isCall(message: unknown): boolean {
  if (typeof message !== 'object' || message === null) return false;
  const { t, m, a, i } = message as Readonly<Record<string, unknown>>;
  return t === 'q' && typeof m === 'string' && Array.isArray(a) && (i === undefined || typeof i === 'string');
}
