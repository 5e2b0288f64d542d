import { join } from 'node:path';
import { type SeededRandom, seededRandom } from '@skygate/shared/testing/seeded-random';
import type { Reader } from '@skygate/sync-server/db/database';
import { decideFacts } from '@skygate/sync-server/hq/kiosks/decide-facts';
import { factsOf, revokedIncarnation } from '@skygate/sync-server/hq/kiosks/facts-of';
import { revocationOf as revocationOfKiosk } from '@skygate/sync-server/hq/kiosks/revocation-of';
import { revokeKiosk } from '@skygate/sync-server/hq/kiosks/revoke';
import { asHq } from '../ask-hq.ts';
import { countOutcome } from '../book.ts';
import { HQ, PARK } from '../headquarters.ts';
import { lookAtKioskDisk, readIncarnation } from '../inspect.ts';
import type { KioskHost } from '../kiosk-host.ts';
import { hasRestore, restorePlanOf } from '../restored-server.ts';
import { presentKiosks, type Run } from '../run.ts';
import { typedWords } from '../typed-words.ts';
import type { KioskPoint } from '../yield-points.ts';
import { hasImages } from './image-seeds.ts';

const SEEDS_WITH_REVOCATION = 0.3;
/** Of the seeds in which an older backup of the server or an older copy of a disk comes back. */
const BESIDE_OLDER_COPIES = 0.4;
/** Of those with a copy of a disk: it is of this very kiosk. */
const OF_THE_COPIED = 0.7;
const SECOND = 1_000;
const CARRIED_OFF_MS = 5 * SECOND;
/** A machine that died is up again by then. */
const COMES_UP_MS = 6 * SECOND;
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
  stoppedAt: { readonly seq: number; readonly hash: string } | null;
  /** An older backup of the server knows nothing of it, and it has not erased itself (E8). */
  isUnknown: boolean;
  /** How soon somebody sees that HQ has forgotten it. */
  readonly looks: SeededRandom;
}

/** Whether there is nothing any more to be seen of a kiosk that was revoked. */
export const isWiped = (kiosk: KioskHost): boolean => kiosk.isUp() && readIncarnation(kiosk.databasePath()) === null;

/** What decides about a seed's revocation; null where nobody is revoked. */
export function revocationOf(seed: number): SeededRandom | null {
  const beside = hasImages(seed) ? ' beside an image' : hasRestore(seed) ? ' beside a backup' : '';
  const random = seededRandom(`${seed}/revocation${beside}`);
  return random.chance(beside === '' ? SEEDS_WITH_REVOCATION : BESIDE_OLDER_COPIES) ? random : null;
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

/** Most often a till: it has places to give back, and money that waits; or the one whose disk has a copy. */
function pickOne(run: Run, random: SeededRandom): KioskHost | null {
  const present = presentKiosks(run);
  if (run.copied !== null && random.chance(OF_THE_COPIED)) return run.copied;
  const tills = present.filter(({ role }) => role === 'till');
  const isTill = tills.length > 0 && random.chance(0.6);
  return present.length === 0 ? null : random.pick(isTill ? tills : present);
}

async function revoke(run: Run, random: SeededRandom, kiosk: KioskHost): Promise<void> {
  const incarnation = kiosk.isUp() ? readIncarnation(kiosk.databasePath()) : null;
  const again = (): void => void run.scheduler.after(SECOND, () => void revoke(run, random, kiosk));
  if (incarnation === null || run.enrolling.has(kiosk.name)) return again();
  const { node, epoch } = incarnation;
  const done = await asHq(run, async (server) => {
    const deps = { ...server, publicUrl: null };
    // A copy of its disk may have been enrolled anew in its place: HQ revokes who is there now (E6). A server that was put
    // back may know of nobody by that name, and lists none to revoke (E8).
    const newest = await revocationOfKiosk(server.database.reader, { park: PARK, node, nowMs: server.clock.nowMs() });
    if (newest?.epoch !== epoch) return false;
    await revokeKiosk(deps, { park: PARK, node, reason: typedWords(run.book), ...HQ });
    return true;
  });
  run.trace.add(`HQ revokes ${kiosk.name}: ${done ?? 'server died'}`);
  if (done === null || !done) return again();
  run.faults.revokedKiosk += 1;
  const looks = random.fork('looks');
  for (const each of incarnationsOf(run, incarnation)) {
    run.revoked.set(each.name, { node, epoch, stoppedAt: null, isUnknown: false, looks });
    watchItStop(run, each);
  }
  for (let cuts = random.int(3); cuts > 0; cuts -= 1) {
    const [point, skip] = [random.pick(FAREWELL_POINTS), random.int(4)];
    run.scheduler.after(random.int(20 * SECOND), () => kiosk.arm(point, skip));
  }
}

/** Machines with this incarnation's disk: more than one where it was copied. */
const incarnationsOf = (run: Run, { node, epoch }: Incarnation): readonly KioskHost[] =>
  run.kiosks.filter(
    ({ name, wasStarted, databasePath }) =>
      wasStarted() && !run.enrolling.has(name) && isOf(readIncarnation(databasePath()), { node, epoch }),
  );

interface Incarnation {
  readonly node: string;
  readonly epoch: number;
}

const isOf = (one: Incarnation | null, { node, epoch }: Incarnation): boolean =>
  one !== null && one.node === node && one.epoch === epoch;

/**
 * An older copy of a disk comes into use, on the same machine or on another. What is of a revoked incarnation is as
 * revoked; what is of an earlier one of the same kiosk, HQ lets in as another kiosk or not at all (E6).
 */
export function meetRevocation(run: Run, kiosk: KioskHost, image: string): void {
  const incarnation = readIncarnation(join(image, 'kiosk.sqlite'));
  if (incarnation === null) return;
  const revoked = [...run.revoked.values()].find((one) => isOf(incarnation, one));
  if (revoked !== undefined) {
    run.revoked.set(kiosk.name, { ...revoked, stoppedAt: null });
    run.scheduler.after(COMES_UP_MS, () => watchItStop(run, kiosk));
  } else if (run.revoked.delete(kiosk.name)) run.clones.add(kiosk.name);
}

/** Notes where its stream ends when it has stopped: nothing may come after that. Who is away for days is looked for seldom. */
export function watchItStop(run: Run, kiosk: KioskHost, everyMs = SECOND / 4): void {
  const revoked = run.revoked.get(kiosk.name);
  if (revoked === undefined || isWiped(kiosk)) return;
  const { stopped, incarnation, vector } = lookAtKioskDisk(kiosk.databasePath());
  if (stopped !== null && incarnation !== '') {
    revoked.stoppedAt = vector.get(incarnation) ?? { seq: 0, hash: '' };
    run.trace.add(`${kiosk.name} has stopped at ${revoked.stoppedAt.seq}`);
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
  const oneByOne = seededRandom(`${run.seed}/facts one by one ${run.scheduler.nowMs()}`);
  for (const { node, epoch } of run.revoked.values()) {
    const said = { accepted: random.chance(0.6), reason: typedWords(run.book), ...HQ };
    const answer = await asHq(run, async (server) => {
      const deps = { ...server, publicUrl: null };
      const hashes = oneByOne.chance(0.5) ? await oneThatWaits(server.database.reader, oneByOne, { node, epoch }) : [];
      return decideFacts(deps, { park: PARK, node, epoch, hashes, ...said });
    });
    if (answer === null || answer.decided === 0) continue;
    const word = `HQ ${said.accepted ? 'accepts' : 'rejects'} facts of the revoked`;
    countOutcome(run.book.outcomes, word, answer.decided);
    run.trace.add(`${word}: ${answer.decided}`);
  }
}

/** One of those that HQ's list shows as waiting; none where none does: then all are meant. */
async function oneThatWaits(
  reader: Reader,
  random: SeededRandom,
  of: { readonly node: string; readonly epoch: number },
): Promise<string[]> {
  const revoked = await revokedIncarnation(reader, PARK, of);
  const { facts } = revoked ? await factsOf(reader, revoked, null) : { facts: [] };
  const waiting = facts.filter(({ state }) => state === 'waiting').map(({ hash }) => hash);
  return waiting.length === 0 ? [] : [random.pick(waiting)];
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
