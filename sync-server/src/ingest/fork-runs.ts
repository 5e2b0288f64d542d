import type { Event } from '@skygate/shared/events/envelope';
import type { ParkId } from '@skygate/shared/lib/ids';
import { PUSH_EVENTS_MAX } from '@skygate/shared/protocol/limits';
import { CHAIN_START, type UnchainedEvent } from '@skygate/shared/sync/chain';
import type { Fork } from '@skygate/shared/sync/recovery';
import type { Reader } from '../db/database.ts';
import type { HqNodeDeps } from '../hq-node/append-hq-events.ts';
import type { KeptRow } from '../hq-node/kept-rows.ts';
import { type ChainedRun, chainRun } from './chain-run.ts';
import type { ReadPush } from './read-push.ts';

// Pasts of a stream that parted from the one that stands here, and that HQ records again in its own stream (E6, E8).

/** A run that follows on something that is held here. */
export interface HereRun extends ChainedRun {
  /** The fork that the run goes on from; null where it follows on the stream itself. */
  readonly fork: Fork | null;
}

/**
 * The run with its hashes, from whichever past of its stream here it follows on: its seal fits exactly one of them.
 * @returns null if none; `no_form` if an event has no canonical form
 */
export async function runFromAPast(
  deps: Pick<HqNodeDeps, 'crypto'>,
  reader: Reader,
  push: ReadPush,
): Promise<HereRun | 'no_form' | null> {
  const { seal } = push.frame;
  for (const { hash, fork } of await pastsBefore(reader, push)) {
    const run = tryChain(deps, push.events, hash);
    if (run === null) return 'no_form';
    const head = run.events.at(-1);
    if (head?.hash === seal.headHash && head.hlc === seal.hlc) return { ...run, fork };
  }
  return null;
}

function tryChain(
  deps: Pick<HqNodeDeps, 'crypto'>,
  events: readonly UnchainedEvent[],
  prev: string,
): ChainedRun | null {
  try {
    return chainRun(deps.crypto, events, prev);
  } catch {
    return null;
  }
}

/** Ever further back, so that the place where two pasts part is found in a few pushes. */
export function earlier(from: number, headSeq: number): number {
  if (from > headSeq + 1) return headSeq + 1;
  return Math.max(1, from - Math.max(PUSH_EVENTS_MAX, 2 * (headSeq + 1 - from)));
}

interface PastBefore {
  readonly hash: string;
  readonly fork: Fork | null;
}

/** The hashes that stand just before the run: of the stream, and of each fork of it. */
async function pastsBefore(reader: Reader, { park, node, epoch, from }: ReadPush): Promise<readonly PastBefore[]> {
  if (from === 1) return [{ hash: CHAIN_START, fork: null }];
  const inStream = await reader
    .selectFrom('events')
    .select('hash')
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .where('seq', '=', from - 1)
    .execute();
  const inForks = await reader
    .selectFrom('hq_fork_events')
    .select(['hash', 'fork_seq', 'fork_hash'])
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .where('seq', '=', from - 1)
    .orderBy('hash')
    .execute();
  return [
    ...inStream.map(({ hash }) => ({ hash, fork: null })),
    ...inForks.map(({ hash, fork_seq, fork_hash }) => ({ hash, fork: { from: fork_seq, hash: fork_hash } })),
  ];
}

/** Where the run contradicts what stands in the stream; null where it does not. */
export async function partingOf(tx: Reader, events: readonly Event[]): Promise<Fork | null> {
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last) return null;
  const rows = await tx
    .selectFrom('events')
    .select(['seq', 'hash'])
    .where('park', '=', first.park)
    .where('node', '=', first.node)
    .where('epoch', '=', first.epoch)
    .where('seq', '>=', first.seq)
    .where('seq', '<=', last.seq)
    .execute();
  const stored = new Map(rows.map(({ seq, hash }) => [seq, hash]));
  const differing = events.find(({ seq, hash }) => stored.has(seq) && stored.get(seq) !== hash);
  return differing ? { from: differing.seq, hash: differing.hash } : null;
}

/** The fork's events that nobody else has brought already: each counts once (E6). */
export async function notYetRecorded(
  tx: Reader,
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

/** What says later that these events are held, and which fork they are of. */
export const forkRows = (parting: Fork, events: readonly Event[]): readonly KeptRow[] =>
  events.map(({ park, node, epoch, seq, hash }) => ({
    table: 'hq_fork_events',
    row: { park, node, epoch, seq, hash, fork_seq: parting.from, fork_hash: parting.hash },
  }));
