import { execFileSync } from 'node:child_process';
import { closeSync, cpSync, existsSync, fsyncSync, mkdirSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Kiosk } from '@skygate/gate-app/kiosk/kiosk';
import { mustSay, openKiosk, removeFolder, settled } from './bench-kiosk.ts';
import { type BenchResult, quantile, round } from './bench-result.ts';
import { createFloor } from './crypto-floor.ts';

// A ticket held up to a gate, by the call that its screens make: code parsed, verified, decided, event + read models +
// seal committed (FULL), verdict returned. The same tickets at three kiosks that differ in how many others they know,
// and the floor between them, sample by sample, so that the machine's noise falls on all alike.

/** Tickets of each kiosk, fewest first. */
const SIZES = (process.env['SKYGATE_BENCH_TICKETS'] ?? '10000,100000,1000000').split(',').map(Number);
const PAST_EVENTS = Number(process.env['SKYGATE_BENCH_PAST'] ?? 1_000_000);
/** A folder to keep the filled kiosks in for the next run; without it they are made anew. */
const KEPT_FOLDER = process.env['SKYGATE_BENCH_FOLDER'];
const SAMPLES = 3_000;
const WARM_UP = 500;
const P50_TO_FLOOR_MAX = 2;
const P99_MS_MAX = 5;
const GROWTH_MAX = 1.2;

interface Measured {
  readonly floorMs: readonly number[];
  /** For each of SIZES. */
  readonly scanMs: readonly (readonly number[])[];
  readonly rssMiB: number;
}

export async function scan(): Promise<BenchResult> {
  const folder = KEPT_FOLDER ?? mkdtempSync(join(tmpdir(), 'skygate-scan-'));
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, 'run-'));
  try {
    const fillSeconds = fillKiosks(folder);
    for (const tickets of KEPT_FOLDER ? SIZES : []) {
      cpSync(join(folder, `${tickets}`), join(work, `${tickets}`), { recursive: true });
    }
    const codes: readonly string[] = JSON.parse(readFileSync(join(folder, 'codes.json'), 'utf8'));
    const measured = KEPT_FOLDER ? work : folder;
    for (const tickets of SIZES) flush(join(measured, `${tickets}`, 'kiosk.sqlite'));
    return resultOf(await measure(measured, codes), fillSeconds);
  } finally {
    removeFolder(KEPT_FOLDER ? work : folder);
  }
}

/** Fills the kiosks in a process of its own, so that this one starts clean. @returns the seconds it took */
function fillKiosks(folder: string): number {
  if (existsSync(join(folder, 'codes.json'))) return 0;
  const started = performance.now();
  const program = fileURLToPath(new URL('fill-kiosk.ts', import.meta.url));
  const args = [folder, PAST_EVENTS, SAMPLES + WARM_UP, ...SIZES].map(String);
  execFileSync(process.execPath, [program, ...args], { stdio: 'inherit' });
  return (performance.now() - started) / 1000;
}

/** What filling and copying left in memory goes to disk now, not in the middle of somebody's commit. */
function flush(path: string): void {
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
}

async function measure(folder: string, codes: readonly string[]): Promise<Measured> {
  const kiosks: Kiosk[] = [];
  for (const tickets of SIZES) kiosks.push(await openKiosk(join(folder, `${tickets}`), 'g1'));
  const floor = createFloor(folder);
  const floorMs: number[] = [];
  const scanMs = SIZES.map((): number[] => []);
  for (const [index, text] of codes.entries()) {
    const started = performance.now();
    floor.verify();
    floor.sign();
    floor.commit();
    floorMs.push(performance.now() - started);
    // Each in turn goes first: the first meets a processor that has just done something else.
    for (const turn of SIZES.keys()) {
      const which = (index + turn) % SIZES.length;
      const kiosk = kiosks[which];
      if (kiosk) scanMs[which]?.push(await timeScan(kiosk, text));
    }
  }
  const rssMiB = process.memoryUsage.rss() / 2 ** 20;
  floor.close();
  for (const kiosk of kiosks) await kiosk.stop();
  return { floorMs: floorMs.slice(WARM_UP), scanMs: scanMs.map((ms) => ms.slice(WARM_UP)), rssMiB };
}

async function timeScan(kiosk: Kiosk, text: string): Promise<number> {
  const started = performance.now();
  const reply = await kiosk.api.scan({ text, source: 'camera' });
  const ms = performance.now() - started;
  const { verdict, reasons } = mustSay(reply);
  // Four gates are silent, so a good ticket is admitted without their word.
  if (verdict !== 'provisional') throw new Error(`a good ticket was not admitted: ${verdict} ${reasons.join(' ')}`);
  await settled();
  return ms;
}

function resultOf({ floorMs, scanMs, rssMiB }: Measured, fillSeconds: number): BenchResult {
  const floorP50 = quantile(floorMs, 0.5);
  const p50 = scanMs.map((ms) => quantile(ms, 0.5));
  const p99 = scanMs.map((ms) => quantile(ms, 0.99));
  const ratio = (p50.at(-1) ?? Number.NaN) / floorP50;
  const growth = (p50.at(-1) ?? Number.NaN) / (p50[0] ?? Number.NaN);
  const each = SIZES.flatMap((tickets, which): [string, number][] => [
    [`p50Ms_${tickets}`, round(p50[which] ?? Number.NaN)],
    [`p99Ms_${tickets}`, round(p99[which] ?? Number.NaN)],
    [`maxMs_${tickets}`, round(Math.max(...(scanMs[which] ?? [])))],
  ]);
  const about = {
    growth: round(growth),
    pastEvents: PAST_EVENTS,
    samples: SAMPLES,
    fillSeconds: round(fillSeconds, 1),
  };
  return {
    name: 'scan',
    figures: { ...Object.fromEntries(each), ...about, rssMiB_threeKiosks: round(rssMiB, 0) },
    floor: { p50Ms: round(floorP50), p99Ms: round(quantile(floorMs, 0.99)) },
    ratio: round(ratio),
    target: `p50 <= ${P50_TO_FLOOR_MAX}x floor at ${SIZES.at(-1)} tickets, p99 <= ${P99_MS_MAX} ms, growth from ${SIZES[0]} tickets <= ${GROWTH_MAX}x`,
    met: ratio <= P50_TO_FLOOR_MAX && p99.every((ms) => ms <= P99_MS_MAX) && growth <= GROWTH_MAX,
  };
}
