import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type BenchResult, quantile, round } from './bench-result.ts';
import { keptOrMadeKiosks } from './filled-kiosks.ts';

// A gate that was switched off comes back: from the start of its process, with a million events of the past on disk, to
// the verdict on the first guest's ticket. The floor is a process too: it opens the same file and looks one ticket up.
// Both run in turn on the same folder, which the system has in memory after the first of them.

const TICKETS = 10_000;
const PAST_EVENTS = Number(process.env['SKYGATE_BENCH_PAST'] ?? 1_000_000);
const ROUNDS = 15;
const WARM_UP = 2;
const SECONDS_MAX = 1.5;

export async function coldstart(): Promise<BenchResult> {
  const filled = keptOrMadeKiosks({ sizes: [TICKETS], pastEvents: PAST_EVENTS, scanned: ROUNDS + WARM_UP });
  try {
    const folder = filled.kioskOf(TICKETS);
    const codes: readonly string[] = JSON.parse(readFileSync(join(filled.folder, 'codes.json'), 'utf8'));
    await firstLine('cold-kiosk.ts', [folder, 'log-in']);
    const ours: number[] = [];
    const floor: number[] = [];
    for (const code of codes.slice(0, ROUNDS + WARM_UP)) {
      ours.push(await firstLine('cold-kiosk.ts', [folder, code]));
      floor.push(await firstLine('cold-floor.ts', [folder]));
    }
    return resultOf(ours.slice(WARM_UP), floor.slice(WARM_UP));
  } finally {
    filled.remove();
  }
}

/** @returns milliseconds from the start of a process to its first line */
async function firstLine(program: string, args: readonly string[]): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url)), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const first = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line)),
    ended.then(() => 'nothing'),
  ]);
  const ms = performance.now() - started;
  await ended;
  if (first !== 'ok') throw new Error(`${program} said ${first}`);
  return ms;
}

function resultOf(ours: readonly number[], floor: readonly number[]): BenchResult {
  const p50 = quantile(ours, 0.5) / 1000;
  const floorP50 = quantile(floor, 0.5) / 1000;
  return {
    name: 'coldstart',
    figures: {
      p50Seconds: round(p50),
      maxSeconds: round(Math.max(...ours) / 1000),
      pastEvents: PAST_EVENTS,
      samples: ROUNDS,
    },
    floor: { p50Seconds: round(floorP50) },
    ratio: round(p50 / floorP50),
    target: `<= ${SECONDS_MAX} s`,
    met: p50 <= SECONDS_MAX,
  };
}
