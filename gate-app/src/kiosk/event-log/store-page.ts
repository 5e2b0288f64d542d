import type { Event } from '@skygate/shared/events/envelope';
import { base64urlToBytes } from '@skygate/shared/lib/bytes';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { isHqNode, type NodeId } from '@skygate/shared/lib/ids';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import type { PullResponse, PullRun } from '@skygate/shared/protocol/pull';
import { type RunPlace, type WireEvent, wireToEvent } from '@skygate/shared/protocol/wire-event';
import { CHAIN_START, chainEvent, type NodeKey, sealVerifies } from '@skygate/shared/sync/chain';
import { hlcReceive } from '@skygate/shared/sync/hlc';
import type { Database } from 'better-sqlite3';
import type { KioskIdentity, PageOutcome } from './event-log.ts';
import type { LocalState } from './local-state.ts';
import { type DiskFull, writeTransaction } from './open-database.ts';
import type { Projection } from './project.ts';
import type { StoredEvents, StreamHead } from './stored-event.ts';

export interface StorePageDeps {
  readonly database: Database;
  readonly crypto: Crypto;
  /** This node's own. */
  readonly key: NodeKey;
  readonly state: LocalState;
  readonly events: StoredEvents;
  readonly projection: Projection;
}

export interface PageInput {
  readonly identity: KioskIdentity;
  readonly page: PullResponse;
  /** The corrected time: clocks too far ahead of it are not merged (H1). */
  readonly trustedMs: number;
}

export interface StoredPage {
  readonly outcome: PageOutcome;
  readonly events: readonly Event[];
}

/** Why a run is held aside. */
type RunProblem =
  | 'unknown_key'
  | 'gap'
  | 'seal_does_not_fit'
  | 'bad_seal'
  | 'equivocation'
  | 'unreadable'
  /** It continues or contradicts this kiosk's own stream: another machine has its key (E6). */
  | 'own_stream';

/** Held runs tried again with a page: enough for any repair, little enough for one transaction. */
const HELD_RETRIED_MAX = 200;

/** Why a kiosk stops that met events of its own (node, epoch) which it never wrote (E6). */
const TOLD_OF_ITSELF = "another machine writes under this kiosk's name: it was restored or cloned";

const KIOSK_KEY = 'SELECT public_key FROM kiosks WHERE park = ? AND node = ? AND epoch = ?';
const HOLD = `
  INSERT OR REPLACE INTO held_runs (node, epoch, from_seq, to_seq, run, problem) VALUES (?, ?, ?, ?, ?, ?)`;
// Only what may verify by now: a run that never will must not stand in the way of one that waits for a key or a gap.
const READ_HELD = `
  SELECT h.run FROM held_runs h
  WHERE (h.problem = 'unknown_key'
         AND (EXISTS (SELECT 1 FROM kiosks k WHERE k.park = ? AND k.node = h.node AND k.epoch = h.epoch)
              OR EXISTS (SELECT 1 FROM hq_keys q WHERE q.node = h.node AND q.epoch = h.epoch)))
     OR (h.problem = 'gap'
         AND h.from_seq <= 1 + coalesce((SELECT max(e.seq) FROM streams s JOIN events e ON e.stream = s.stream
                                         WHERE s.node = h.node AND s.epoch = h.epoch), 0))
  ORDER BY h.node, h.epoch, h.from_seq, h.to_seq LIMIT ?`;
const FREE = 'DELETE FROM held_runs WHERE node = ? AND epoch = ? AND from_seq = ? AND to_seq = ?';

/** One page: verify, store, fold, move the cursor and merge clocks in one transaction (S4, K5). */
export function createStorePage(deps: StorePageDeps): (input: PageInput) => Result<StoredPage, DiskFull> {
  const { database, state, events: stored, projection } = deps;
  const verifyRun = createVerifyRun(deps);
  const hold = database.prepare(HOLD);
  const readHeld = database.prepare<[string, number], string>(READ_HELD).pluck();
  const free = database.prepare(FREE);

  const storeRun = (run: PullRun, verified: VerifiedRun): { events: readonly Event[]; quarantined: number } => {
    const { events, signature } = verified;
    if (events.length === 0) return { events, quarantined: 0 };
    const stream = stored.streamOf(run);
    const last = events.at(-1);
    let quarantined = 0;
    for (const event of events) {
      stored.insert(stream, event, event === last ? signature : null);
      if (!projection.projectForeign(event)) quarantined += 1;
    }
    return { events, quarantined };
  };

  return ({ identity, page, trustedMs }) =>
    writeTransaction(database, () => {
      const all: Event[] = [];
      let quarantined = 0;
      let held = 0;
      const take = (run: PullRun): RunProblem | null => {
        const verified = verifyRun(run, identity);
        if (!verified.ok) return verified.error;
        const result = storeRun(run, verified.value);
        all.push(...result.events);
        quarantined += result.quarantined;
        return null;
      };

      const holdBack = (run: PullRun, problem: RunProblem): void => {
        hold.run(run.node, run.epoch, run.from, lastSeq(run), JSON.stringify(run), problem);
        if (problem === 'own_stream') state.savePosition({ stopped: TOLD_OF_ITSELF });
      };

      for (const run of page.runs) {
        const problem = take(run);
        if (problem === null) continue;
        held += 1;
        holdBack(run, problem);
      }
      // A page may bring the key or the events that a held run was waiting for.
      for (const text of readHeld.all(identity.park, HELD_RETRIED_MAX)) {
        const run: PullRun = JSON.parse(text);
        const problem = take(run);
        if (problem === null) free.run(run.node, run.epoch, run.from, lastSeq(run));
        else holdBack(run, problem);
      }

      const { cursor, hlc } = state.position();
      const merged = all.reduce((clock, event) => hlcReceive(clock, event.hlc, trustedMs), hlc);
      state.savePosition({ cursor: Math.max(cursor, page.next), hlc: merged });
      return { outcome: { stored: all.length, quarantined, held }, events: all };
    });
}

interface VerifiedRun {
  /** The events of the run that were not stored before. */
  readonly events: readonly Event[];
  readonly signature: Uint8Array;
}

type VerifyRun = (run: PullRun, identity: KioskIdentity) => Result<VerifiedRun, RunProblem>;

/** Recomputes the chain from what is stored and holds the run's seal against it (E3, S2). */
function createVerifyRun({ database, crypto, key, state, events: stored }: StorePageDeps): VerifyRun {
  const ownPublicKey = crypto.publicKeyOf(key.privateKey);
  const kioskKey = database.prepare<[string, string, number], string>(KIOSK_KEY).pluck();
  const publicKeyOf = (run: PullRun, { park }: KioskIdentity): Uint8Array | null => {
    const text = isHqNode(run.node) ? state.hqKey(run.node, run.epoch) : kioskKey.get(park, run.node, run.epoch);
    return text ? base64urlToBytes(text) : null;
  };

  // This kiosk alone writes its own stream. Whoever sealed such a run has its key; who did not is not believed.
  const ownStreamProblem = (run: PullRun): RunProblem =>
    isSealedBy(crypto, run, ownPublicKey) ? 'own_stream' : 'bad_seal';

  const verifyNew = (run: PullRun, identity: KioskIdentity): Result<readonly Event[], RunProblem> => {
    const head = headBefore(run, stored);
    if (!head.ok) return head;
    const publicKey = publicKeyOf(run, identity);
    if (publicKey === null) return err('unknown_key');
    const events = chainRun(crypto, { run, identity, head: head.value });
    if (events === null) return err('unreadable');
    const problem = sealProblem(crypto, { run, head: events.at(-1), publicKey });
    return problem === null ? ok(events) : err(problem);
  };

  return (run, identity) => {
    const signature = base64urlToBytes(run.seal.signature);
    if (run.seal.to !== lastSeq(run) || signature === null) return err('seal_does_not_fit');
    if (isStored(run, stored)) return ok({ events: [], signature });
    const events = isOwn(run, identity) ? err(ownStreamProblem(run)) : verifyNew(run, identity);
    return events.ok ? ok({ events: events.value, signature }) : events;
  };
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

const lastSeq = (run: PullRun): number => run.from + run.events.length - 1;

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
  const events: Event[] = [];
  let prev = head.hash;
  try {
    for (const [index, wire] of run.events.entries()) {
      const event = wireToEvent(wire as WireEvent, place, index);
      if (event.seq <= head.seq) continue;
      const chained = chainEvent(crypto, event, prev);
      events.push(chained);
      prev = chained.hash;
    }
    return events;
  } catch {
    return null; // a body that has no canonical JSON
  }
}
