import { seededRandom } from '@skygate/shared/testing/seeded-random';
import type { Run } from '../run.ts';

/**
 * Everybody sleeps until that moment, the machines too: nothing ticks meanwhile, and what fell due is late. Of some
 * machines the monotonic clock stood still, as Linux has it (H2).
 */
export function sleepUntil(run: Run, momentMs: number): void {
  const { scheduler, kiosks, trace, seed } = run;
  const byMs = momentMs - scheduler.nowMs();
  if (byMs <= 0) return;
  const random = seededRandom(`${seed}/sleep/${momentMs}`);
  for (const kiosk of kiosks) if (random.chance(0.3)) kiosk.clock.standStill(byMs);
  scheduler.leap(byMs);
  trace.add(`everybody slept for ${byMs}`);
}
