import { type SeededRandom, seededRandom } from '@skygate/shared/testing/seeded-random';
import { decideFacts } from '@skygate/sync-server/hq/kiosks/decide-facts';
import { revokeKiosk } from '@skygate/sync-server/hq/kiosks/revoke';
import { asHq } from '../ask-hq.ts';
import { countOutcome } from '../book.ts';
import { hasImages } from '../disk-images.ts';
import { HQ, PARK } from '../headquarters.ts';
import { lookAtKioskDisk, readIncarnation } from '../inspect.ts';
import type { KioskHost } from '../kiosk-host.ts';
import { hasRestore, restorePlanOf } from '../restored-server.ts';
import { presentKiosks, type Run } from '../run.ts';
import { typedWords } from '../typed-words.ts';
import type { KioskPoint } from '../yield-points.ts';

const SEEDS_WITH_REVOCATION = 0.3;
/** Of the seeds in which an older backup of the server is put back. */
const BESIDE_A_BACKUP = 0.4;
const SECOND = 1_000;
const CARRIED_OFF_MS = 5 * SECOND;
/** How long HQ goes through what a revoked kiosk says. */
const DECIDING_SECONDS = 120;
const FAREWELL_POINTS: readonly KioskPoint[] = [
  'clock',
  'random',
  'sleep',
  'ask push',
  'told push',
  'ask token',
  'told token',
  'ask state',
  'told state',
];

/** A kiosk that HQ was told is revoked (X4). */
export interface Revoked {
  readonly node: string;
  /** The incarnation that is over by the newest word. */
  epoch: number;
  /** Where its own stream ended when it was seen to have stopped; null while it was not. */
  stoppedAt: number | null;
  /** An older backup of the server knows nothing of it, and it has not erased itself (E8). */
  isUnknown: boolean;
  /** How soon somebody sees that HQ has forgotten it. */
  readonly looks: SeededRandom;
}

/** Whether there is nothing any more to be seen of a kiosk that was revoked. */
export const isWiped = (kiosk: KioskHost): boolean => kiosk.isUp() && readIncarnation(kiosk.databasePath()) === null;

/** What decides about a seed's revocation; null where nobody is revoked. */
export function revocationOf(seed: number): SeededRandom | null {
  if (hasImages(seed)) return null;
  const isBesideABackup = hasRestore(seed);
  const random = seededRandom(`${seed}/revocation${isBesideABackup ? ' beside a backup' : ''}`);
  return random.chance(isBesideABackup ? BESIDE_A_BACKUP : SEEDS_WITH_REVOCATION) ? random : null;
}

/**
 * HQ revokes a kiosk, at work or cut off from everything until the park heals: it stops, delivers, and wipes itself, with
 * power cuts in between. What it dated after that waits for somebody at HQ, who decides about it or does not (X4).
 */
export function planRevocation(run: Run, lengthMs: number): void {
  const random = revocationOf(run.seed);
  if (random === null) return;
  const { scheduler, network, trace } = run;
  const isOffline = random.chance(0.5);
  const decides = random.chance(0.7);
  scheduler.after(momentOf(run.seed, random, { lengthMs, isOffline }), () => {
    const kiosk = pickOne(run, random);
    if (kiosk === null) return;
    if (isOffline) {
      trace.add(`${kiosk.name} is carried off`);
      network.cut(kiosk.name, 'both');
    }
    scheduler.after(isOffline ? CARRIED_OFF_MS : 0, () => void revoke(run, random, kiosk));
    if (decides) decideNowAndThen(run, random, DECIDING_SECONDS);
  });
}

/** At any time; where an older backup of the server is put back, most often a while before that, and after it was taken. */
function momentOf(seed: number, random: SeededRandom, how: { lengthMs: number; isOffline: boolean }): number {
  const plan = restorePlanOf(seed, how.lengthMs);
  if (plan === null || random.chance(0.3)) return random.int(how.lengthMs);
  const beforeMs = random.pick([100, 500, 2_000, 5_000, 9_000]) + (how.isOffline ? CARRIED_OFF_MS : 0);
  return Math.max(plan.takenMs + 1, plan.backMs - beforeMs - random.int(500));
}

/** Most often a till: it has places to give back, and money that waits. */
function pickOne(run: Run, random: SeededRandom): KioskHost | null {
  const present = presentKiosks(run);
  const tills = present.filter(({ role }) => role === 'till');
  const isTill = tills.length > 0 && random.chance(0.6);
  return present.length === 0 ? null : random.pick(isTill ? tills : present);
}

async function revoke(run: Run, random: SeededRandom, kiosk: KioskHost): Promise<void> {
  const incarnation = kiosk.isUp() ? readIncarnation(kiosk.databasePath()) : null;
  const again = (): void => void run.scheduler.after(SECOND, () => void revoke(run, random, kiosk));
  if (incarnation === null) return again();
  const { node, epoch } = incarnation;
  const done = await asHq(run, async (server) => {
    const deps = { ...server, publicUrl: null };
    await revokeKiosk(deps, { park: PARK, node, reason: typedWords(run.book), ...HQ });
    return true;
  });
  run.trace.add(`HQ revokes ${kiosk.name}: ${done ?? 'server died'}`);
  if (done === null) return again();
  run.faults.revokedKiosk += 1;
  run.revoked.set(kiosk.name, { node, epoch, stoppedAt: null, isUnknown: false, looks: random.fork('looks') });
  watchItStop(run, kiosk);
  for (let cuts = random.int(3); cuts > 0; cuts -= 1) {
    const [point, skip] = [random.pick(FAREWELL_POINTS), random.int(4)];
    run.scheduler.after(random.int(20 * SECOND), () => kiosk.arm(point, skip));
  }
}

/** Notes where its stream ends when it has stopped: nothing may come after that. Who is away for days is looked for seldom. */
export function watchItStop(run: Run, kiosk: KioskHost, everyMs = SECOND / 4): void {
  const revoked = run.revoked.get(kiosk.name);
  if (revoked === undefined || isWiped(kiosk)) return;
  const { stopped, incarnation, vector } = lookAtKioskDisk(kiosk.databasePath());
  if (stopped !== null && incarnation !== '') {
    revoked.stoppedAt = vector.get(incarnation)?.seq ?? 0;
    run.trace.add(`${kiosk.name} has stopped at ${revoked.stoppedAt}`);
  } else run.scheduler.after(everyMs, () => watchItStop(run, kiosk, Math.min(60 * SECOND, everyMs * 1.1)));
}

function decideNowAndThen(run: Run, random: SeededRandom, seconds: number): void {
  if (seconds <= 0) return;
  run.scheduler.after(5 * SECOND, () => {
    void decide(run, random).then(
      () => decideNowAndThen(run, random, seconds - 5),
      (error) => run.broken.push({ invariant: 'HQ is answered', found: String(error.stack) }),
    );
  });
}

async function decide(run: Run, random: SeededRandom): Promise<void> {
  for (const { node, epoch } of run.revoked.values()) {
    const said = { accepted: random.chance(0.6), reason: typedWords(run.book), ...HQ };
    const answer = await asHq(run, async (server) => {
      const deps = { ...server, publicUrl: null };
      return decideFacts(deps, { park: PARK, node, epoch, seqs: [], ...said });
    });
    if (answer === null || answer.decided === 0) continue;
    const word = `HQ ${said.accepted ? 'accepts' : 'rejects'} facts of the revoked`;
    countOutcome(run.book.outcomes, word, answer.decided);
    run.trace.add(`${word}: ${answer.decided}`);
  }
}

/**
 * What a revoked kiosk was asked for and never answered cannot be asked for again: it may have been done, or not. To be
 * called when people's work is over.
 */
export function forgetUnanswered({ book, revoked, forgotten }: Run): void {
  for (const [commandId, { kiosk, receipt }] of book.sales) {
    if (receipt !== null || !revoked.has(kiosk)) continue;
    book.sales.delete(commandId);
    forgotten.unanswered += 1;
  }
}
