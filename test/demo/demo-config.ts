import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** The ports of a demo: `--port-base 4800` and up. */
export interface DemoPorts {
  readonly server: number;
  /** The network cable between kiosks and server. */
  readonly cable: number;
  /** The demo's own page. */
  readonly page: number;
  readonly gate: number;
  readonly till: number;
}

export interface DemoConfig {
  readonly dataFolder: string;
  /** Clear the data first. */
  readonly fresh: boolean;
  readonly ports: DemoPorts;
  /** Where the demo's parks stand (IANA name). */
  readonly timeZone: string;
}

export const DEMO_TIME_ZONE = 'Asia/Bishkek';
export const DEFAULT_PORT_BASE = 4800;

export const DEMO_USAGE = `usage: npm start -- [--fresh] [--data DIR] [--port-base N]
  --fresh        clear the demo's data first
  --data DIR     where the demo keeps its data (default .data/demo)
  --port-base N  server on N, demo page on N+9, gate on N+10, till on N+11 (default ${DEFAULT_PORT_BASE})`;

export const demoPorts = (base: number): DemoPorts => ({
  server: base,
  cable: base + 1,
  page: base + 9,
  gate: base + 10,
  till: base + 11,
});

const root = resolve(import.meta.dirname, '../..');

/** @throws with what is wrong, for the person who typed it */
export function parseDemoConfig(args: readonly string[]): DemoConfig {
  const { values } = parseArgs({
    args: [...args],
    options: { fresh: { type: 'boolean' }, data: { type: 'string' }, 'port-base': { type: 'string' } },
    strict: true,
    allowPositionals: false,
  });
  const base = Number(values['port-base'] ?? DEFAULT_PORT_BASE);
  if (!Number.isInteger(base) || base < 1024 || base > 65_000) throw new Error('--port-base must be 1024 to 65000');
  return {
    dataFolder: resolve(root, values.data ?? '.data/demo'),
    fresh: values.fresh ?? false,
    ports: demoPorts(base),
    timeZone: DEMO_TIME_ZONE,
  };
}

const HOUR_MS = 3_600_000;

/**
 * A zone in which it is between 11:00 and 12:00 now: starting times are still to come and no business day ends, whatever
 * the hour at which somebody runs the tests.
 */
export function zoneInTheMorning(nowMs: number): string {
  const utcHour = Math.floor(nowMs / HOUR_MS) % 24;
  const ahead = utcHour > 22 ? 35 - utcHour : 11 - utcHour;
  // The signs of these names are those of POSIX: minus is east of Greenwich.
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}
