import { seededRandom } from '@skygate/shared/testing/seeded-random';
import { presentKiosks, type Run } from '../run.ts';

const SEEDS_WITH_FULL_DISK = 0.2;

/** For a while a kiosk's disk has no room left, in the middle of whatever it does. */
export function planFullDisk(run: Run, lengthMs: number): void {
  const random = seededRandom(`${run.seed}/full disk`);
  if (!random.chance(SEEDS_WITH_FULL_DISK)) return;
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
