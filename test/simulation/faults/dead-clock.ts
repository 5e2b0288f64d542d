import type { VerdictView } from '@skygate/gate-app/rpc-contract/gate-view';
import type { Trust } from '@skygate/shared/events/envelope';
import { type SeededRandom, seededRandom } from '@skygate/shared/testing/seeded-random';
import { logIn, said } from '../at-kiosk.ts';
import { dateAt, START_MS } from '../headquarters.ts';
import { lookAtKioskDisk } from '../inspect.ts';
import { DIED, type KioskHost } from '../kiosk-host.ts';
import { presentKiosks, type Run } from '../run.ts';

const SECOND = 1_000;
const DAY = 24 * 60 * 60 * SECOND;
/** What is under way when the network goes has come, or was given up, by then. */
const LAST_ANSWER_MS = 11 * SECOND;
/** The clocks of machines are so far apart, with half of the slowest answer's way. */
const SKEW_SLACK_MS = 12 * SECOND;
const PARK_OFFSET_MS = 6 * 60 * 60 * SECOND;

/** By the seed's place among twenty. */
export const hasDeadClock = (seed: number): boolean => [4, 11, 18].includes(seed % 20);

/**
 * H2: in three seeds of twenty a kiosk without network comes to a time that cannot be. It says so and sells nothing dated,
 * lets in provisionally alone, until a supervisor tells the time; and when the server tells it, the skew is shown.
 */
export function planDeadClock(run: Run, lengthMs: number): void {
  if (!hasDeadClock(run.seed)) return;
  const random = seededRandom(`${run.seed}/dead clock`);
  const { scheduler, network } = run;
  const kiosk = random.pick(run.kiosks.filter((one) => one !== run.late));
  scheduler.after(random.int(lengthMs / 3), () => {
    run.offline = kiosk.name;
    network.cut(kiosk.name, 'both');
    scheduler.after(LAST_ANSWER_MS, () => {
      void comeToDeadClock(run, { kiosk, random })
        .catch((error) => broken(run, `${kiosk.name}: ${(error as Error).stack}`))
        .finally(() => rejoin(run, kiosk));
    });
  });
}

interface Scene {
  readonly kiosk: KioskHost;
  readonly random: SeededRandom;
}

async function comeToDeadClock(run: Run, { kiosk, random }: Scene): Promise<void> {
  // HQ may have revoked its key, and no network brings it another: then that is why it does not sell (T1).
  const hasKey = kiosk.role === 'gate' || (await quote(run, kiosk)) !== 'no_ticket_key';
  // Who had another wrong clock before may come to the right one.
  if (run.jumped.has(kiosk.name) || !kiosk.isUp() || !presentKiosks(run).includes(kiosk)) return;
  // Let in, and nothing heard of the server since: it knows of no time that its clock could be behind.
  if (lookAtKioskDisk(kiosk.databasePath()).cursor === 0) return;
  run.jumped.add(kiosk.name);
  kiosk.clock.jump(random.pick([-DAY, -START_MS]));
  run.faults.deadClock += 1;
  if (!(await knows(run, kiosk, 'none'))) return;
  await judgesBy(run, kiosk, { isSure: false, hasKey });
  if (!(await confirm(run, kiosk)) || !(await knows(run, kiosk, 'supervisor'))) return;
  await judgesBy(run, kiosk, { isSure: true, hasKey });
  run.faults.confirmedClock += 1;
}

async function confirm(run: Run, kiosk: KioskHost): Promise<boolean> {
  if (!(await logIn(kiosk, 'chief'))) return false;
  const local = new Date(START_MS + run.scheduler.nowMs() + PARK_OFFSET_MS).toISOString();
  const entered = { date: local.slice(0, 10), time: local.slice(11, 16) };
  const reply = await kiosk.call((api) => api.confirmClock({ entered }));
  const why = reply === DIED || reply.ok ? null : reply.problem.code;
  // On record before it counts: without room on its disk it takes no time (K1).
  if (why !== null && why !== 'disk_full') broken(run, `${kiosk.name} takes no time from a supervisor: ${why}`);
  return reply !== DIED && reply.ok;
}

/** @returns false where it died meanwhile */
async function knows(run: Run, kiosk: KioskHost, trust: Trust): Promise<boolean> {
  const status = await kiosk.call((api) => api.getStatus());
  if (status === DIED) return false;
  run.trace.add(`${kiosk.name} has a clock of trust ${status.clock.trust}`);
  if (status.clock.trust !== trust)
    broken(run, `${kiosk.name} trusts its clock as ${status.clock.trust}, not ${trust}`);
  return status.clock.trust === trust;
}

interface Expected {
  /** Somebody has told it the time. */
  readonly isSure: boolean;
  /** A till has a ticket key, as far as it knows. */
  readonly hasKey: boolean;
}

async function judgesBy(run: Run, kiosk: KioskHost, expected: Expected): Promise<void> {
  if (!(await logIn(kiosk, kiosk.role === 'till' ? 'cashier' : 'guard'))) {
    run.trace.add(`${kiosk.name} lets nobody log in`);
    return;
  }
  if (kiosk.role === 'till') await sellsBy(run, kiosk, expected);
  else await admitsBy(run, kiosk, expected.isSure);
}

async function sellsBy(run: Run, kiosk: KioskHost, { isSure, hasKey }: Expected): Promise<void> {
  const answer = await quote(run, kiosk);
  if (answer === null) return;
  const isRight = hasKey ? (answer === 'clock_untrusted') !== isSure : answer === 'no_ticket_key';
  if (!isRight) broken(run, `${kiosk.name} quotes with ${isSure ? 'a told' : 'no'} time: ${answer}`);
}

/** @returns what became of a till's quote for today; null where it died or lets nobody log in */
async function quote(run: Run, kiosk: KioskHost): Promise<string | null> {
  if (!(await logIn(kiosk, 'cashier'))) return null;
  const date = dateAt(run.scheduler.nowMs());
  const lines = [{ productId: 'day-ticket', unitId: 'adult', quantity: 1, date, slot: 'day' }];
  const quoted = await kiosk.call((api) => api.quoteSale({ lines }));
  return quoted === DIED ? null : said(quoted);
}

async function admitsBy(run: Run, kiosk: KioskHost, isSure: boolean): Promise<void> {
  const { book, scheduler } = run;
  const known = new Set(book.admissions.map(({ ticketId }) => ticketId));
  const ticket = book.codes.find(({ ticketId }) => !known.has(ticketId));
  if (ticket === undefined) return;
  const { ticketId, code } = ticket;
  const entry = { kiosk: kiosk.name, ticketId, atMs: scheduler.nowMs() };
  // A power cut may have left it letting people out.
  if ((await kiosk.call((api) => api.setGateMode({ mode: 'entry' }))) === DIED) return;
  const reply = await kiosk.call((api) => api.scan({ text: code, source: 'camera' }));
  if (reply === DIED) book.admissions.push({ ...entry, outcome: 'unknown' });
  if (reply === DIED || !reply.ok) return;
  const { verdict } = reply.value;
  if (verdict === 'admit' || verdict === 'provisional') book.admissions.push({ ...entry, outcome: 'admitted' });
  if (isWrong(reply.value, isSure)) broken(run, `${kiosk.name} says ${verdict} with ${isSure ? 'a told' : 'no'} time`);
}

const isWrong = ({ verdict, facts }: VerdictView, isSure: boolean): boolean =>
  isSure ? facts.clockUnsure === true : verdict === 'admit' || (verdict === 'provisional' && !facts.clockUnsure);

function rejoin(run: Run, kiosk: KioskHost): void {
  const { scheduler, network } = run;
  network.cut(kiosk.name, 'none');
  run.offline = null;
  scheduler.after(10 * SECOND, () => void showsItsSkew(run, kiosk));
}

async function showsItsSkew(run: Run, kiosk: KioskHost): Promise<void> {
  const status = await kiosk.call((api) => api.getStatus());
  if (status === DIED || status.clock.trust !== 'server') return;
  const { skewMs } = status.clock;
  const isShown = skewMs !== null && Math.abs(skewMs - kiosk.clock.offsetMs()) < SKEW_SLACK_MS;
  if (!isShown) broken(run, `${kiosk.name} is ${kiosk.clock.offsetMs()} ms off and shows ${skewMs}`);
}

const broken = (run: Run, found: string): void => {
  run.broken.push({ invariant: 'a clock is trusted as far as somebody told the time', found });
};
