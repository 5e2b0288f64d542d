import type { Event, Seal } from '@skygate/shared/events/envelope';
import type { ParkId } from '@skygate/shared/lib/ids';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import { PUSH_EVENTS_MAX } from '@skygate/shared/protocol/limits';
import type { PushFrame } from '@skygate/shared/protocol/push';
import { CHAIN_START, type UnchainedEvent } from '@skygate/shared/sync/chain';
import { type Fork, recoveryDrafts } from '@skygate/shared/sync/recovery';
import type { Reader, Writer } from '../db/database.ts';
import {
  type HqNodeDeps,
  type HqWork,
  hqEpoch,
  type KeepInJournal,
  openHqStream,
  transactAsHq,
  type WriteAsHq,
} from '../hq-node/append-hq-events.ts';
import type { KeptRow } from '../hq-node/kept-rows.ts';
import type { Batch } from '../ingest/append-batch.ts';
import { type ChainedRun, chainRun } from '../ingest/chain-run.ts';
import type { PushRefusal, Taken } from '../ingest/ingest.ts';
import { type ReadPush, readPush } from '../ingest/read-push.ts';
import { endOf } from '../ingest/stream.ts';
import type { AuthenticatedNode } from '../plugins/node-auth.ts';
import { beginRecovery } from './begin-recovery.ts';
import { adoptLostEpoch, extendClosedEpoch } from './extend-closed-epoch.ts';
import { type HqPast, hqPastOf, isHeld, isHqsOwn } from './hq-past.ts';
import { rowsImpliedBy } from './implied-rows.ts';

interface Delivery {
  readonly park: ParkId;
  readonly push: ReadPush;
  readonly past: HqPast;
}

/**
 * E8: takes a run of HQ's own stream back from a kiosk. Only what HQ sealed itself counts, whoever brings it. What follows
 * on a stream of HQ extends it; what contradicts one (HQ went on writing before it noticed that it had been restored) is
 * recorded again in HQ's present epoch, once. A sealed past of the open epoch that is not here proves a restore, and begins
 * the recovery. @returns up to which seq everything of the run is held
 */
export async function takeHqRun(
  deps: HqNodeDeps,
  by: AuthenticatedNode,
  frame: PushFrame,
): Promise<Result<Taken, PushRefusal>> {
  const { park } = by;
  const { reader } = deps.database;
  const read = readPush(park, frame);
  if (!read.ok) return err({ kind: 'not_a_push', detail: read.error });
  const push = read.value;
  const past = await hqPastOf(deps, reader, park, push.epoch);
  if (push.node !== past.node || !isHqsOwn(deps, past, frame.seal)) return err({ kind: 'wrong_stream' });
  const head = { node: past.node, epoch: push.epoch, seq: push.to, hash: frame.seal.headHash };
  if (!(await isHeld(reader, park, head))) {
    await noticeRestore(deps, park, past, `kiosk:${by.node}`);
    const refusal = await takeBack(deps, push);
    if (refusal) return err(refusal);
  }
  return ok({ acknowledged: push.to, ...(await logNow(reader, park)) });
}

async function logNow(reader: Reader, park: ParkId): Promise<Pick<Taken, 'logId' | 'behind'>> {
  const {
    log_id: logId,
    head,
    position,
  } = await reader
    .selectFrom('parks as p')
    .leftJoin('projection_cursors as c', 'c.park', 'p.park')
    .select(['p.log_id', 'p.head', 'c.position'])
    .where('p.park', '=', park)
    .executeTakeFirstOrThrow();
  return { logId, behind: head - (position ?? 0) };
}

/** @returns why not; null if all of the run is held now */
async function takeBack(deps: HqNodeDeps, push: ReadPush): Promise<PushRefusal | null> {
  const { park } = push;
  const hq = await openHqStream(deps, park);
  return transactAsHq(deps, park, async (tx, write, keep) => {
    // Another restore may have been noticed between the two looks.
    if ((await hqEpoch(tx, park)) !== hq.epoch) return { kind: 'gap', needFrom: push.from };
    const now = { park, push, past: await hqPastOf(deps, tx, park, push.epoch) };
    const run = await chainFromHere(deps, tx, now);
    if (!run.ok) return run.error;
    await takeIn(deps, tx, { ...now, run: run.value, write: (work) => write(hq, work), keep });
    return null;
  });
}

/**
 * What HQ signed in its open epoch and the database does not have proves that it was restored; so does a whole epoch that
 * it does not know, unless the recovery that began since is of the same restore. Each restore is met once: the epoch that
 * is shown is closed by it.
 */
export async function noticeRestore(
  deps: HqNodeDeps,
  park: ParkId,
  past: HqPast,
  noticedBy: `kiosk:${string}`,
): Promise<void> {
  if (past.state === 'closed') return;
  const { epoch } = await openHqStream(deps, park);
  if (past.state === 'open' || past.epoch > epoch) await beginRecovery(deps, park, { closes: epoch, noticedBy });
}

interface HereRun extends ChainedRun {
  /** The fork that the run goes on from; null where it follows on the stream itself. */
  readonly fork: Fork | null;
}

/** The run with its hashes, from whichever past of HQ's here it follows on; its seal fits exactly one of them. */
async function chainFromHere(
  deps: HqNodeDeps,
  reader: Reader,
  { park, push, past }: Delivery,
): Promise<Result<HereRun, PushRefusal>> {
  const { seal } = push.frame;
  for (const { hash, fork } of await pastsBefore(reader, { park, push, past })) {
    const run = tryChain(deps, push.events, hash);
    if (run === null) return err({ kind: 'not_a_push', detail: 'an event has no canonical form' });
    const head = run.events.at(-1);
    if (head?.hash === seal.headHash && head.hlc === seal.hlc) return ok({ ...run, fork });
  }
  if (push.from > 1) return err({ kind: 'gap', needFrom: earlier(push.from, past) });
  return err({ kind: 'seal_refused', ...endOf(past) });
}

function tryChain(deps: HqNodeDeps, events: readonly UnchainedEvent[], prev: string): ChainedRun | null {
  try {
    return chainRun(deps.crypto, events, prev);
  } catch {
    return null;
  }
}

/** Ever further back, so that the place where two pasts part is found in a few pushes. */
function earlier(from: number, { headSeq }: HqPast): number {
  if (from > headSeq + 1) return headSeq + 1;
  return Math.max(1, from - Math.max(PUSH_EVENTS_MAX, 2 * (headSeq + 1 - from)));
}

interface PastBefore {
  readonly hash: string;
  readonly fork: Fork | null;
}

/** The hashes that stand just before the run: of the stream, and of each fork of it. */
async function pastsBefore(reader: Reader, { park, push, past }: Delivery): Promise<readonly PastBefore[]> {
  if (push.from === 1) return [{ hash: CHAIN_START, fork: null }];
  const seq = push.from - 1;
  const inStream = await reader
    .selectFrom('events')
    .select('hash')
    .where('park', '=', park)
    .where('node', '=', past.node)
    .where('epoch', '=', past.epoch)
    .where('seq', '=', seq)
    .execute();
  const inForks = await reader
    .selectFrom('hq_fork_events')
    .select(['hash', 'fork_seq', 'fork_hash'])
    .where('park', '=', park)
    .where('node', '=', past.node)
    .where('epoch', '=', past.epoch)
    .where('seq', '=', seq)
    .orderBy('hash')
    .execute();
  return [
    ...inStream.map(({ hash }) => ({ hash, fork: null })),
    ...inForks.map(({ hash, fork_seq: from, fork_hash }) => ({ hash, fork: { from, hash: fork_hash } })),
  ];
}

interface TakingIn extends Delivery {
  readonly run: HereRun;
  readonly write: (work: HqWork) => ReturnType<WriteAsHq>;
  readonly keep: KeepInJournal;
}

async function takeIn(deps: HqNodeDeps, tx: Writer, taking: TakingIn): Promise<void> {
  const { park, push, past, run, keep } = taking;
  if (past.state === 'lost') keep(await adoptLostEpoch(deps, tx, park, past));
  const seal: Seal = { ...push.frame.seal, node: push.node };
  const parting = run.fork ?? (await partingOf(tx, park, run.events));
  if (parting === null) {
    const batch: Batch = { events: run.events, bodies: run.bodies, seal };
    keep(await extendClosedEpoch(deps, tx, { park, batch, headSeq: past.headSeq }));
    return;
  }
  const lost = await notYetRecorded(tx, park, parting, run.events);
  if (lost.length === 0) return;
  const places = lost.map(({ node, epoch, seq, hash }): KeptRow => {
    const fork = { fork_seq: parting.from, fork_hash: parting.hash };
    return { table: 'hq_fork_events', row: { park, node, epoch, seq, hash, ...fork } };
  });
  const rows = [...(await rowsImpliedBy(tx, park, lost)), ...places];
  await taking.write({ drafts: recoveryDrafts({ events: lost, seal }, parting), rows });
}

/** Where the run contradicts what stands in the stream; null where it does not. */
async function partingOf(tx: Writer, park: ParkId, events: readonly Event[]): Promise<Fork | null> {
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last) return null;
  const rows = await tx
    .selectFrom('events')
    .select(['seq', 'hash'])
    .where('park', '=', park)
    .where('node', '=', first.node)
    .where('epoch', '=', first.epoch)
    .where('seq', '>=', first.seq)
    .where('seq', '<=', last.seq)
    .execute();
  const stored = new Map(rows.map(({ seq, hash }) => [seq, hash]));
  const differing = events.find(({ seq, hash }) => stored.has(seq) && stored.get(seq) !== hash);
  return differing ? { from: differing.seq, hash: differing.hash } : null;
}

/** The fork's events that another kiosk has not brought already: each counts once (E6). */
async function notYetRecorded(
  tx: Writer,
  park: ParkId,
  parting: Fork,
  events: readonly Event[],
): Promise<readonly Event[]> {
  const fork = events.filter(({ seq }) => seq >= parting.from);
  const rows = await tx
    .selectFrom('hq_fork_events')
    .select('hash')
    .where('park', '=', park)
    .where(
      'hash',
      'in',
      fork.map(({ hash }) => hash),
    )
    .execute();
  const recorded = new Set(rows.map(({ hash }) => hash));
  return fork.filter(({ hash }) => !recorded.has(hash));
}
