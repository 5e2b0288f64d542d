import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DestinationStream, pino } from 'pino';
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

const POOL_BYTES = 4096;

/** Ids of ten bytes by the handful: asking the system for each costs more than all the rest of making one. */
function pooledBytes(): (count: number) => Uint8Array {
  let pool = new Uint8Array();
  let used = 0;
  return (count) => {
    if (count > POOL_BYTES / 16) return new Uint8Array(randomBytes(count));
    if (used + count > pool.length) {
      pool = new Uint8Array(randomBytes(POOL_BYTES));
      used = 0;
    }
    const bytes = pool.slice(used, used + count);
    pool.fill(0, used, used + count); // what was handed out may have become a key
    used += count;
    return bytes;
  };
}

const systemRandom: Random = {
  bytes: pooledBytes(),
  fraction: () => randomInt(2 ** 32) / 2 ** 32,
};

const systemTimers: Timers = {
  sleep: (ms, signal) =>
    sleep(ms, undefined, { signal }).catch(() => {
      // Woken before its time.
    }),
};

/**
 * What says who somebody is or lets somebody in never gets to the disk of a log (P1), whoever logs it by mistake:
 * at the top of what is logged, and one and two levels in.
 */
const SECRET_FIELDS = [
  'pin',
  'name',
  'cashier',
  'text',
  'query',
  'code',
  'ticketCode',
  'token',
  'authorization',
  'body',
];
const REDACTED = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

/** To stderr: what a program reads (the address) is alone on stdout. */
function systemLog(level: string): Log {
  return kioskLog(level, pino.destination({ dest: 2, sync: true }));
}

/** The kiosk's log into any stream of lines. */
export function kioskLog(level: string, stream: DestinationStream): Log {
  return pino({ level, base: { app: 'kiosk' }, redact: { paths: REDACTED, censor: '(not logged)' } }, stream);
}
