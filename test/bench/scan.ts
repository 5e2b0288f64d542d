import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kiosk } from '@skygate/gate-app/kiosk/kiosk';
import { mustSay, openKiosk, settled } from './bench-kiosk.ts';
import { type BenchResult, quantile, round } from './bench-result.ts';
import { createFloor } from './crypto-floor.ts';
import { type FilledKiosks, keptOrMadeKiosks } from './filled-kiosks.ts';

// A ticket held up to a gate, by the call that its screens make: code parsed, verified, decided, event + read models +
// seal committed (FULL), verdict returned. The same tickets at three kiosks that differ in how many others they know,
// and the floor between them, sample by sample, so that the machine's noise falls on all alike.

/** Tickets of each kiosk, fewest first. */
const SIZES = (process.env['SKYGATE_BENCH_TICKETS'] ?? '10000,100000,1000000').split(',').map(Number);
const PAST_EVENTS = Number(process.env['SKYGATE_BENCH_PAST'] ?? 1_000_000);
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
  const filled = keptOrMadeKiosks({ sizes: SIZES, pastEvents: PAST_EVENTS, scanned: SAMPLES + WARM_UP });
  try {
    const codes: readonly string[] = JSON.parse(readFileSync(join(filled.folder, 'codes.json'), 'utf8'));
    return resultOf(await measure(filled, codes), filled.fillSeconds);
  } finally {
    filled.remove();
  }
}

async function measure(filled: FilledKiosks, codes: readonly string[]): Promise<Measured> {
  const kiosks: Kiosk[] = [];
  for (const tickets of SIZES) kiosks.push(await openKiosk(filled.kioskOf(tickets), 'g1'));
  const floor = createFloor(join(filled.kioskOf(SIZES[0] ?? 0), '..'));
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
