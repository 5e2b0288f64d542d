import { seededRandom } from '@skygate/shared/testing/seeded-random';
import { workFor } from '../drive.ts';
import { DATE, endOfDate, momentOf } from '../headquarters.ts';
import { hqActs } from '../hq-deeds.ts';
import { DIED, type KioskHost } from '../kiosk-host.ts';
import { presentKiosks, type Run } from '../run.ts';
import { typedWords } from '../typed-words.ts';
import { dayPlanOf } from './day-plan.ts';
import { sleepUntil } from './sleep.ts';

const SECOND = 1_000;
const DAY = 24 * 60 * 60 * SECOND;

/** What comes after the day's troubles: nights, and days on which a kiosk has no network. */
export async function passDays(run: Run): Promise<void> {
  const plan = dayPlanOf(run.seed);
  if (plan === 'offline') await threeDaysOffline(run);
  if (plan === 'night') await oneNight(run);
}

/** Leases, shifts, business days, tokens and nonces end while it is away; it works a little all the same. */
async function threeDaysOffline(run: Run): Promise<void> {
  const random = seededRandom(`${run.seed}/offline`);
  const kiosk = random.pick(presentKiosks(run));
  cutOff(run, kiosk);
  run.faults.daysOffline += 1;
  const since = run.scheduler.nowMs();
  await workFor(run, 2 * SECOND, 'cut off');
  for (const days of [1, 2, 3]) {
    sleepUntil(run, since + days * DAY);
    void hqActs(run, random.fork(`hq ${days}`));
    await workFor(run, 2 * SECOND, `day ${days}`);
  }
  join(run);
  await workFor(run, 2 * SECOND, 'back again');
}

/** The last shifts close, a till without network sells on, and what it sold comes when the day is closed (H2). */
async function oneNight(run: Run): Promise<void> {
  const random = seededRandom(`${run.seed}/night`);
  sleepUntil(run, momentOf(DATE, '21:40'));
  await workFor(run, 3 * SECOND, 'evening');
  const tills = presentKiosks(run).filter(({ role }) => role === 'till');
  cutOff(run, random.pick(tills));
  await workFor(run, 3 * SECOND, 'late guests');
  for (const till of tills) await closeLastShift(run, till);
  sleepUntil(run, endOfDate(DATE) - 2 * SECOND);
  run.faults.dayEnd += 1;
  void hqActs(run, random.fork('hq'));
  await workFor(run, 5 * SECOND, 'cut-off');
  join(run);
  await workFor(run, 2 * SECOND, 'new day');
}

async function closeLastShift(run: Run, till: KioskHost): Promise<void> {
  const reply = await till.call((api) => api.closeShift({ denominations: [], reason: typedWords(run.book) }));
  run.trace.add(
    `${till.name} closes its last shift: ${reply === DIED ? 'died' : reply.ok ? 'ok' : reply.problem.code}`,
  );
}

function cutOff(run: Run, kiosk: KioskHost): void {
  run.offline = kiosk.name;
  run.network.cut(kiosk.name, 'both');
  run.trace.add(`${kiosk.name} is without network`);
}

function join(run: Run): void {
  if (run.offline !== null) run.network.cut(run.offline, 'none');
  run.offline = null;
}
