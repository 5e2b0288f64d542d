import { MessageChannelMain, type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron';
import type { FromKioskProcess, ToKioskProcess } from './kiosk-messages.ts';

const RESTART_MS = 1000;
const STOP_MS_MAX = 10_000;

export interface KioskHostDeps {
  readonly processPath: string;
  readonly args: readonly string[];
  /** The kiosk will not start: for the operator. */
  readonly onRefused: (message: string) => void;
  /** A new kiosk process took the place of one that ended: screens need a new port. */
  readonly onRestarted: () => void;
}

/** Keeps the kiosk's process running, and hands out ports to it. */
export interface KioskHost {
  /** A port for one screen; served as soon as the kiosk has started. */
  openPort(): MessagePortMain;
  stop(): Promise<void>;
}

export function startKioskHost({ processPath, args, onRefused, onRestarted }: KioskHostDeps): KioskHost {
  let isStopping = false;
  let isRefused = false;
  let kiosk = start();

  function start(): UtilityProcess {
    const started = utilityProcess.fork(processPath, [...args], { serviceName: 'Skygate kiosk', stdio: 'inherit' });
    started.on('message', (message: FromKioskProcess) => {
      if (message.kind !== 'refused') return;
      isRefused = true;
      onRefused(message.message);
    });
    started.on('exit', () => {
      if (isStopping || isRefused) return;
      // What was confirmed is on disk (K2): a crashed kiosk just starts again.
      setTimeout(() => {
        if (isStopping) return;
        kiosk = start();
        onRestarted();
      }, RESTART_MS);
    });
    return started;
  }

  return {
    openPort: () => {
      const { port1, port2 } = new MessageChannelMain();
      kiosk.postMessage({ kind: 'screen' } satisfies ToKioskProcess, [port1]);
      return port2;
    },
    stop: async () => {
      isStopping = true;
      if (kiosk.pid === undefined) return;
      const exited = new Promise<void>((resolve) => kiosk.once('exit', () => resolve()));
      kiosk.postMessage({ kind: 'stop' } satisfies ToKioskProcess);
      const tooLong = setTimeout(() => kiosk.kill(), STOP_MS_MAX);
      await exited;
      clearTimeout(tooLong);
    },
  };
}
