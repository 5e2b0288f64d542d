import { seededRandom } from '@skygate/shared/testing/seeded-random';
import { keepLooking, planImages } from './disk-images.ts';
import { lend, letIn } from './enrolment.ts';
import { dayPlanOf, PRUNING_SOON, troubleMsOf } from './faults/day-plan.ts';
import { planDeadClock } from './faults/dead-clock.ts';
import { planDocuments } from './faults/documents.ts';
import { planErasedWords } from './faults/erased-words.ts';
import { planFullDisk } from './faults/full-disk.ts';
import { planHostileKiosk } from './faults/hostile-kiosk.ts';
import { planNewerProgram } from './faults/newer-program.ts';
import { forgetUnanswered, planRevocation } from './faults/revocation.ts';
import { planScarcePlaces } from './faults/scarce-places.ts';
import { sleepUntil } from './faults/sleep.ts';
import type { KioskHost } from './kiosk-host.ts';
import { planFaults } from './plan-faults.ts';
import { planServerRestore } from './restored-server.ts';
import { isLarge, presentKiosks, type Run } from './run.ts';
import { act } from './workload.ts';

/** A large seed's day is as long as so many: with its five kiosks it costs some six times what others do. */
const LARGE = 2;
/** How long they work before a leap beyond what kiosks keep. */
const EARLY_MS = 8_000;

/** Past what kiosks keep, and past when a server's log is believed to be whole (K4). */
const ASLEEP_MS = PRUNING_SOON.retentionMs + 5 * 60_000;

/** How often somebody looks at the screen after what they did: it must show what is there, whatever went wrong. */
const GLANCES = 0.2;

/** People work at every kiosk, at their own pace, until the day's troubles are over. */
export async function work(run: Run): Promise<void> {
  if (dayPlanOf(run.seed) === 'retention') {
    await workFor(run, EARLY_MS, 'early');
    sleepUntil(run, run.scheduler.nowMs() + ASLEEP_MS);
  }
  await workInTrouble(run);
}

async function workInTrouble(run: Run): Promise<void> {
  const { scheduler, kiosks, late } = run;
  const days = isLarge(run.seed) ? LARGE : 1;
  const lengthMs = troubleMsOf(run.seed);
  const endMs = scheduler.nowMs() + days * lengthMs;
  const plan = planFaults(run, seededRandom(`${run.seed}/faults`));
  plan.schedule(lengthMs);
  for (let day = 1; day < days; day += 1) scheduler.after(day * lengthMs, () => plan.schedule(lengthMs));
  planImages(run, lengthMs, (kiosk) => workAt(run, kiosk, { endMs }));
  planServerRestore(run, lengthMs);
  planFullDisk(run, lengthMs);
  planDocuments(run, lengthMs);
  planDeadClock(run, lengthMs);
  planNewerProgram(run, lengthMs);
  planHostileKiosk(run, lengthMs);
  planRevocation(run, lengthMs);
  planScarcePlaces(run, lengthMs);
  planErasedWords(run, lengthMs);
  keepLooking(run, () => scheduler.nowMs() >= endMs);
  for (const kiosk of kiosks) if (kiosk !== late) workAt(run, kiosk, { endMs });
  if (late !== null) {
    const moment = seededRandom(`${run.seed}/late`).int(lengthMs / 2);
    scheduler.after(moment, () => void letIn(run, late, () => void begin(run, late, endMs)));
  }
  await scheduler.runUntil(endMs);
  forgetUnanswered(run);
}

/** A little work at every kiosk that is there, in whatever weather there is. */
export async function workFor(run: Run, lengthMs: number, name: string): Promise<void> {
  const { scheduler, trace } = run;
  const endMs = scheduler.nowMs() + lengthMs;
  trace.add(`work: ${name}`);
  keepLooking(run, () => scheduler.nowMs() >= endMs);
  for (const kiosk of presentKiosks(run)) workAt(run, kiosk, { endMs, name });
  await scheduler.runUntil(endMs);
}

async function begin(run: Run, kiosk: KioskHost, endMs: number): Promise<void> {
  await lend(run, kiosk);
  workAt(run, kiosk, { endMs });
}

interface Spell {
  readonly endMs: number;
  /** Of a spell that is not the day's main one. */
  readonly name?: string;
}

function workAt(run: Run, kiosk: KioskHost, { endMs, name }: Spell): void {
  const { scheduler, book, trace } = run;
  const random = seededRandom(`${run.seed}/work/${kiosk.name}${name === undefined ? '' : `/${name}`}`);
  const glances = seededRandom(`${run.seed}/glances/${kiosk.name}`);
  const others = (): readonly KioskHost[] => presentKiosks(run).filter((other) => other !== kiosk);
  const next = (): void => {
    if (scheduler.nowMs() >= endMs) return;
    scheduler.after(100 + random.int(1_000), () => {
      if (scheduler.nowMs() >= endMs) return;
      act(kiosk, { random, book, trace, others, nowMs: scheduler.nowMs })
        .then(() => (glances.chance(GLANCES) ? kiosk.call((api) => api.getStatus()) : null))
        .catch((error) => run.broken.push({ invariant: 'a call answers', found: `${kiosk.name}: ${error.stack}` }))
        .finally(next);
    });
  };
  next();
}
