import { execFileSync } from 'node:child_process';
import { closeSync, cpSync, existsSync, fsyncSync, mkdirSync, mkdtempSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeFolder } from './bench-kiosk.ts';

/** A folder to keep the filled kiosks in for the next run; without it they are made anew. */
const KEPT_FOLDER = process.env['SKYGATE_BENCH_FOLDER'];

export interface FilledKiosks {
  /** Holds `codes.json`: the signed codes of tickets that nobody has scanned yet. */
  readonly folder: string;
  /** The data folder of the kiosk that knows so many tickets: a copy, to be written to. */
  kioskOf(tickets: number): string;
  /** How long it took to fill them; 0 for kept ones. */
  readonly fillSeconds: number;
  remove(): void;
}

export interface Filling {
  /** Tickets of each kiosk, fewest first. */
  readonly sizes: readonly number[];
  readonly pastEvents: number;
  /** Tickets whose codes are kept. */
  readonly scanned: number;
}

/** Gate kiosks with so many tickets and the same past (fill-kiosk.ts), filled by a process of its own. */
export function keptOrMadeKiosks(filling: Filling): FilledKiosks {
  const folder = KEPT_FOLDER ?? mkdtempSync(join(tmpdir(), 'skygate-filled-'));
  mkdirSync(folder, { recursive: true });
  const fillSeconds = fill(folder, filling);
  const work = KEPT_FOLDER ? mkdtempSync(join(folder, 'run-')) : folder;
  if (KEPT_FOLDER) {
    for (const tickets of filling.sizes)
      cpSync(join(folder, `${tickets}`), join(work, `${tickets}`), { recursive: true });
  }
  const kioskOf = (tickets: number): string => join(work, `${tickets}`);
  for (const tickets of filling.sizes) flush(join(kioskOf(tickets), 'kiosk.sqlite'));
  return { folder, kioskOf, fillSeconds, remove: () => removeFolder(work) };
}

function fill(folder: string, { sizes, pastEvents, scanned }: Filling): number {
  if (existsSync(join(folder, 'codes.json'))) return 0;
  const started = performance.now();
  const program = fileURLToPath(new URL('fill-kiosk.ts', import.meta.url));
  const args = [folder, pastEvents, scanned, ...sizes].map(String);
  execFileSync(process.execPath, [program, ...args], { stdio: 'inherit' });
  return (performance.now() - started) / 1000;
}

/** What filling and copying left in memory goes to disk now, not in the middle of somebody's commit. */
function flush(path: string): void {
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
}
