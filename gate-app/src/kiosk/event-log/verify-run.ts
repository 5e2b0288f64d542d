import type { Event } from '@skygate/shared/events/envelope';
import { base64urlToBytes } from '@skygate/shared/lib/bytes';
import type { Crypto } from '@skygate/shared/lib/crypto';
import type { NodeId } from '@skygate/shared/lib/ids';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import type { PullRun } from '@skygate/shared/protocol/pull';
import { type RunPlace, wireToEvent } from '@skygate/shared/protocol/wire-event';
import { CHAIN_START, chainEvent, type NodeKey, sealVerifies } from '@skygate/shared/sync/chain';
import { readWireEvent } from '@skygate/shared/sync/unreadable';
import type { KioskIdentity } from './event-log.ts';
import type { StoredEvents, StreamHead } from './stored-event.ts';
import type { PublicKeyOf } from './stream-keys.ts';

/** Why a run is held aside. */
export type RunProblem =
  | 'unknown_key'
  | 'gap'
  | 'seal_does_not_fit'
  | 'bad_seal'
  | 'equivocation'
  | 'unreadable'
  /** It continues or contradicts this kiosk's own stream: another machine has its key (E6). */
  | 'own_stream';

export interface VerifyRunDeps {
  readonly crypto: Crypto;
  /** This node's own. */
  readonly key: () => NodeKey;
  readonly events: StoredEvents;
  readonly publicKeyOf: PublicKeyOf;
}

export interface VerifiedRun {
  /** The events of the run that were not stored before. */
  readonly events: readonly Event[];
  readonly signature: Uint8Array;
  /** Where the local copy has another past, which has to give way to these events; null if it has not. */
  readonly cutFrom: number | null;
}

/** Recomputes the chain from what is stored and holds the run's seal against it (E3, S2). */
export interface VerifyRun {
  (run: PullRun, identity: KioskIdentity): Result<VerifiedRun, RunProblem>;
  /**
   * A run of the park's log that does not fit the local copy: whether it is another past of the stream, under its
   * author's own seal, that parts from the copy at some event. Then the park's log wins here (E6, E8).
   * @param problem why it does not fit, answered where it is no such past
   */
  otherPast(run: PullRun, identity: KioskIdentity, problem: RunProblem): Result<VerifiedRun, RunProblem>;
}

export function createVerifyRun(deps: VerifyRunDeps): VerifyRun {
  const { crypto, key, events: stored, publicKeyOf } = deps;

  // This kiosk alone writes its own stream. Whoever sealed such a run has its key; who did not is not believed.
  const ownStreamProblem = (run: PullRun): RunProblem =>
    isSealedBy(crypto, run, crypto.publicKeyOf(key().privateKey)) ? 'own_stream' : 'bad_seal';

  const verifyFrom = (
    run: PullRun,
    identity: KioskIdentity,
    head: StreamHead,
  ): Result<readonly Event[], RunProblem> => {
    const publicKey = publicKeyOf(identity.park, run);
    if (publicKey === null) return err('unknown_key');
    const events = chainRun(crypto, { run, identity, head });
    if (events === null) return err('unreadable');
    const problem = sealProblem(crypto, { run, head: events.at(-1), publicKey });
    return problem === null ? ok(events) : err(problem);
  };

  const verify = (run: PullRun, identity: KioskIdentity): Result<VerifiedRun, RunProblem> => {
    const signature = base64urlToBytes(run.seal.signature);
    if (run.seal.to !== lastSeq(run) || signature === null) return err('seal_does_not_fit');
    if (isStored(run, stored)) return ok({ events: [], signature, cutFrom: null });
    if (isOwn(run, identity)) return err(ownStreamProblem(run));
    const head = headBefore(run, stored);
    const events = head.ok ? verifyFrom(run, identity, head.value) : head;
    return events.ok ? ok({ events: events.value, signature, cutFrom: null }) : events;
  };

  const otherPast: VerifyRun['otherPast'] = (run, identity, problem) => {
    const signature = base64urlToBytes(run.seal.signature);
    const mayBe = problem === 'equivocation' || problem === 'seal_does_not_fit';
    const stream = stored.findStream(run);
    if (!mayBe || isOwn(run, identity) || stream === null || signature === null) return err(problem);
    const before = stored.hashAt(stream, run.from - 1);
    if (before === null || run.seal.to !== lastSeq(run)) return err(problem);
    const whole = verifyFrom(run, identity, { seq: run.from - 1, hash: before });
    if (!whole.ok) return err(problem);
    const parts = whole.value.findIndex((event) => stored.hashAt(stream, event.seq) !== event.hash);
    const first = whole.value[parts];
    // What parts from nothing that is stored is no other past: it goes on from the end, or is known.
    if (first === undefined || stored.hashAt(stream, first.seq) === null) return err(problem);
    return ok({ events: whole.value.slice(parts), signature, cutFrom: first.seq });
  };

  return Object.assign(verify, { otherPast });
}

const isOwn = (run: PullRun, { node, epoch }: KioskIdentity): boolean => run.node === node && run.epoch === epoch;

function sealProblem(
  crypto: Crypto,
  { run, head, publicKey }: { run: PullRun; head: Event | undefined; publicKey: Uint8Array },
): RunProblem | null {
  const { seal } = run;
  if (head?.hash !== seal.headHash || head.hlc !== seal.hlc) return 'seal_does_not_fit';
  return isSealedBy(crypto, run, publicKey) ? null : 'bad_seal';
}

function isSealedBy(crypto: Crypto, { node, epoch, seal }: PullRun, publicKey: Uint8Array): boolean {
  return sealVerifies(crypto, { ...seal, node: seal.node as NodeId }, { node: node as NodeId, epoch, publicKey });
}

export const lastSeq = (run: PullRun): number => run.from + run.events.length - 1;

function isStored(run: PullRun, stored: StoredEvents): boolean {
  const stream = stored.findStream(run);
  return stream !== null && stored.hashAt(stream, lastSeq(run)) === run.seal.headHash;
}

/** The stored head that the run goes on from. */
function headBefore(run: PullRun, stored: StoredEvents): Result<StreamHead, RunProblem> {
  const stream = stored.findStream(run);
  if (stream === null) return run.from === 1 ? ok({ seq: 0, hash: CHAIN_START }) : err('gap');
  const head = stored.headOf(stream);
  if (run.from > head.seq + 1) return err('gap');
  return head.seq < lastSeq(run) ? ok(head) : err('equivocation');
}

function chainRun(
  crypto: Crypto,
  { run, identity, head }: { run: PullRun; identity: KioskIdentity; head: StreamHead },
): readonly Event[] | null {
  const place: RunPlace = { park: identity.park, node: run.node as NodeId, epoch: run.epoch, from: run.from };
  // A seq at the integer's end has no next one.
  if (!Number.isSafeInteger(lastSeq(run))) return null;
  const events: Event[] = [];
  let prev = head.hash;
  try {
    for (const [index, words] of run.events.entries()) {
      if (run.from + index <= head.seq) continue;
      // What stands in the place of a broken event is hashed by the words in its bytes (S2).
      const wire = readWireEvent(words);
      if (wire === null) return null;
      const chained = chainEvent(crypto, wireToEvent(wire, place, index), prev);
      events.push(chained);
      prev = chained.hash;
    }
    return events;
  } catch {
    return null; // a body that has no canonical JSON
  }
}
