import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { createNodeCrypto } from './kiosk/node-crypto.ts';
import type { Clock, Log, Random, Timers } from './kiosk/ports.ts';
import { createHttpTransport } from './kiosk/sync/http-transport.ts';

/** The real world, as a kiosk process sees it. The simulator has a seeded one in its place. */
export function systemPorts(logLevel: string) {
  return {
    clock: systemClock,
    random: systemRandom,
    timers: systemTimers,
    transport: createHttpTransport(),
    crypto: createNodeCrypto(),
    log: systemLog(logLevel),
  };
}

const systemClock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

const systemRandom: Random = {
  bytes: (count) => new Uint8Array(randomBytes(count)),
  fraction: () => randomInt(2 ** 32) / 2 ** 32,
};

const systemTimers: Timers = {
  sleep: (ms, signal) =>
    sleep(ms, undefined, { signal }).catch(() => {
      // Woken before its time.
    }),
};

/** To stderr: what a program reads (the address) is alone on stdout. */
function systemLog(level: string): Log {
  return pino({ level, base: { app: 'kiosk' } }, pino.destination({ dest: 2, sync: true }));
}
