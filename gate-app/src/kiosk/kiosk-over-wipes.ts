import type { KioskApi } from '../rpc-contract/kiosk-api.ts';
import type { KioskStatus } from '../rpc-contract/status-view.ts';
import type { Kiosk } from './kiosk.ts';

/** One kiosk on one data folder, until that folder has to be wiped. */
export interface FolderKiosk extends Kiosk {
  /** Resolves when the folder is marked: close the kiosk and open it anew (X4). */
  readonly marked: Promise<void>;
}

type Method = (input?: unknown) => Promise<unknown>;

/**
 * The kiosk as its process sees it. One that was revoked and has delivered everything is closed, wiped and opened anew as
 * a kiosk of no park, behind the same screens (X4); a call that comes meanwhile waits for it.
 * @param open opens the data folder, which wipes it first where it is marked
 */
export function kioskOverWipes(open: () => FolderKiosk): Kiosk {
  let now = open();
  let change: Promise<void> | null = null;
  let running: Promise<void> | null = null;
  let stopped = false;
  const listeners = new Set<(status: KioskStatus) => void>();
  let deaf: (() => void) | null = null;
  // A status is reckoned for whoever listens, on every change: where nobody does, none is.
  const listen = (): void => {
    deaf = null;
    if (listeners.size === 0) return;
    deaf = now.onStatus((status) => {
      for (const listener of listeners) listener(status);
    });
  };

  const openAnew = async (): Promise<void> => {
    await now.stop();
    now = open();
    listen();
  };
  const run = async (): Promise<void> => {
    while (!stopped) {
      const end = await Promise.race([now.run().then(() => 'stopped'), now.marked.then(() => 'marked')]);
      if (end === 'stopped' || stopped) return;
      change = openAnew();
      await change;
      change = null;
    }
  };
  const methods = Object.keys(now.api).map((name): [string, Method] => [
    name,
    async (input) => {
      if (change !== null) await change;
      return (now.api[name as keyof KioskApi] as Method)(input);
    },
  ]);

  return {
    api: Object.fromEntries(methods) as unknown as KioskApi,
    onStatus: (listener) => {
      listeners.add(listener);
      if (deaf === null) listen();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        deaf?.();
        deaf = null;
      };
    },
    run: () => {
      running ??= run();
      return running;
    },
    stop: async () => {
      stopped = true;
      await change?.catch(() => null);
      await now.stop();
      await running?.catch(() => null);
    },
  };
}
