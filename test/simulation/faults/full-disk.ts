import { type SeededRandom, seededRandom } from '@skygate/shared/testing/seeded-random';
import { presentKiosks, type Run } from '../run.ts';

const SEEDS_WITH_FULL_DISK = 0.2;

/** What decides about a seed's full disk; null where there is none. */
function fullDiskOf(seed: number): SeededRandom | null {
  const random = seededRandom(`${seed}/full disk`);
  return random.chance(SEEDS_WITH_FULL_DISK) ? random : null;
}

/** For a while a kiosk's disk has no room left, in the middle of whatever it does. */
export function planFullDisk(run: Run, lengthMs: number): void {
  const random = fullDiskOf(run.seed);
  if (random === null) return;
  const { scheduler, faults, trace } = run;
  const lastsMs = 5_000 + random.int(15_000);
  scheduler.after(random.int(lengthMs / 2), () => {
    const kiosk = random.pick(presentKiosks(run));
    faults.diskFull += 1;
    trace.add(`${kiosk.name} has no room on its disk`);
    kiosk.fillDisk();
    scheduler.after(lastsMs, () => {
      trace.add(`${kiosk.name} has room again`);
      kiosk.freeDisk();
    });
  });
}
