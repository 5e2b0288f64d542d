import { base64urlToBytes } from '@skygate/shared/lib/bytes';
import type { Crypto } from '@skygate/shared/lib/crypto';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import { isHqNode } from '@skygate/shared/lib/ids';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import type { PushRequest } from '@skygate/shared/protocol/push';
import type { WireEvent } from '@skygate/shared/protocol/wire-event';
import { wireToEvent } from '@skygate/shared/protocol/wire-event';
import { CHAIN_START, sealVerifies } from '@skygate/shared/sync/chain';
import type { Database, Reader } from '../db/database.ts';
import type { ParkBus } from '../db/park-bus.ts';
import type { HqJournal } from '../hq-node/hq-journal.ts';
import type { Clock } from '../ports.ts';
import { type Appended, appendBatch, type Batch } from './append-batch.ts';
import { type ChainedRun, chainRun } from './chain-run.ts';

export interface IngestDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly bus: ParkBus;
  readonly journal: HqJournal | null;
}

/** Why a push changed nothing. Facts themselves are never refused (S3): these are about the chain they come in. */
export type PushRefusal =
  | { readonly kind: 'not_a_push'; readonly detail: string }
  | { readonly kind: 'wrong_stream' }
  | { readonly kind: 'gap'; readonly needFrom: number }
  | { readonly kind: 'equivocation'; readonly seq: number }
  | { readonly kind: 'seal_refused' }
  | { readonly kind: 'epoch_closed' };

interface Stream {
  readonly state: string;
  readonly publicKey: string;
  readonly headSeq: number;
  readonly headHash: string;
}

/**
 * Takes a run of any sealed stream of the park in, its own author's or a relay's (S1, S2, S3).
 * Idempotent and atomic: on ok all of it is stored. @returns up to which seq the server has the stream
 */
export async function ingest(
  deps: IngestDeps,
  park: ParkId,
  push: PushRequest,
): Promise<Result<{ readonly acknowledged: number }, PushRefusal>> {
  const misshapen = shapeProblem(push);
  if (misshapen) return err({ kind: 'not_a_push', detail: misshapen });
  const stream = isHqNode(push.node) ? null : await findStream(deps.database.reader, park, push);
  if (!stream) return err({ kind: 'wrong_stream' });
  if (push.from > stream.headSeq + 1) return err(gapOf(stream));

  const run = await rechain(deps, park, push, stream);
  if (!run) return err({ kind: 'not_a_push', detail: 'an event has no canonical form' });
  const batch: Batch = { ...run, seal: { ...push.seal, node: push.seal.node as NodeId } };
  if (!isSealed(deps.crypto, batch, stream)) return err({ kind: 'seal_refused' });

  const appended = await appendBatch(deps.database.kysely, batch, deps.clock.nowMs());
  if (!appended) return err({ kind: 'wrong_stream' });
  if (appended.fresh === 0) return judgeUnappended(deps, park, { batch, stream, appended });
  // What is acknowledged and then lost with PGlite's tail is noticed at the next start by this mark (E8).
  deps.journal?.noteHead(park, appended.head);
  deps.bus.publish('appended', park);
  return ok({ acknowledged: appended.headSeq + appended.fresh });
}

function shapeProblem({ node, epoch, from, events, seal }: PushRequest): string | null {
  if (seal.node !== node || seal.epoch !== epoch) return 'the seal is of another stream';
  if (seal.to !== from + events.length - 1) return 'the seal is not over the last event';
  return null;
}

async function findStream(reader: Reader, park: ParkId, push: PushRequest): Promise<Stream | null> {
  const row = await reader
    .selectFrom('nodes')
    .select(['state', 'public_key', 'head_seq', 'head_hash'])
    .where('park', '=', park)
    .where('node', '=', push.node)
    .where('epoch', '=', push.epoch)
    .executeTakeFirst();
  if (!row) return null;
  return { state: row.state, publicKey: row.public_key, headSeq: row.head_seq, headHash: row.head_hash };
}

// A closed epoch still takes what extends its head (E6), and nothing else.
const gapOf = ({ state, headSeq }: Stream): PushRefusal =>
  state === 'closed' ? { kind: 'epoch_closed' } : { kind: 'gap', needFrom: headSeq + 1 };

/** The run with the hashes that do not travel, from the hash of the event before it. */
async function rechain(deps: IngestDeps, park: ParkId, push: PushRequest, stream: Stream): Promise<ChainedRun | null> {
  const place = { park, node: push.node as NodeId, epoch: push.epoch, from: push.from };
  const prev = push.from - 1 === stream.headSeq ? stream.headHash : await hashBefore(deps.database.reader, place);
  const unchained = push.events.map((wire, index) => wireToEvent(wire as WireEvent, place, index));
  if (unchained.some(({ wallMs }) => !Number.isSafeInteger(wallMs))) return null;
  try {
    return chainRun(deps.crypto, unchained, prev);
  } catch {
    return null;
  }
}

interface Place {
  readonly park: ParkId;
  readonly node: NodeId;
  readonly epoch: number;
  readonly from: number;
}

async function hashBefore(reader: Reader, { park, node, epoch, from }: Place): Promise<string> {
  if (from === 1) return CHAIN_START;
  const [row] = await hashesOf(reader, { park, node, epoch, from: from - 1, to: from - 1 });
  return row?.hash ?? CHAIN_START;
}

function hashesOf(
  reader: Reader,
  { park, node, epoch, from, to }: Place & { readonly to: number },
): Promise<{ seq: number; hash: string }[]> {
  return reader
    .selectFrom('events')
    .select(['seq', 'hash'])
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .where('seq', '>=', from)
    .where('seq', '<=', to)
    .orderBy('seq')
    .execute();
}

/** Whether the seal is the author's own, over exactly this recomputed chain. */
function isSealed(crypto: Crypto, { events, seal }: Batch, stream: Stream): boolean {
  const publicKey = base64urlToBytes(stream.publicKey);
  if (!publicKey || events.at(-1)?.hash !== seal.headHash || events.at(-1)?.hlc !== seal.hlc) return false;
  return sealVerifies(crypto, seal, { node: seal.node, epoch: seal.epoch, publicKey });
}

/** Nothing went in: all of it was known, or something is between, or the author wrote two pasts. */
async function judgeUnappended(
  deps: IngestDeps,
  park: ParkId,
  { batch, stream, appended }: { readonly batch: Batch; readonly stream: Stream; readonly appended: Appended },
): Promise<Result<{ readonly acknowledged: number }, PushRefusal>> {
  const { seal, events } = batch;
  const from = events[0]?.seq ?? 1;
  if (from > appended.headSeq + 1) return err(gapOf({ ...stream, headSeq: appended.headSeq }));
  const place = { park, node: seal.node, epoch: seal.epoch, from, to: Math.min(seal.to, appended.headSeq) };
  const stored = new Map((await hashesOf(deps.database.reader, place)).map(({ seq, hash }) => [seq, hash]));
  const differing = events.find(({ seq, hash }) => seq <= appended.headSeq && stored.get(seq) !== hash);
  if (!differing) return ok({ acknowledged: appended.headSeq });
  if (stream.state === 'closed') return err({ kind: 'epoch_closed' });
  // Both pasts carry the author's own seal, so it is the author that must begin anew (S2), whoever delivered it.
  await deps.database.kysely
    .updateTable('nodes')
    .set({ state: 'quarantined' })
    .where('park', '=', park)
    .where('node', '=', seal.node)
    .where('epoch', '=', seal.epoch)
    .where('state', '=', 'open')
    .execute();
  return err({ kind: 'equivocation', seq: differing.seq });
}
