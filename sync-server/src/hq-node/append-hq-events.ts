import type { KnownDraft } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import { nameTexts, TEXT_SALT_BYTES } from '@skygate/shared/events/free-text';
import { assert } from '@skygate/shared/lib/assert';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { hqNodeOf, type NodeId, type ParkId } from '@skygate/shared/lib/ids';
import type { JsonObject } from '@skygate/shared/lib/json';
import type { NodeKey, UnchainedEvent } from '@skygate/shared/sync/chain';
import { sealHead } from '@skygate/shared/sync/chain';
import { HLC_ZERO, hlcTick } from '@skygate/shared/sync/hlc';
import { type Database, type Reader, type Writer, withTransaction } from '../db/database.ts';
import type { ParkBus } from '../db/park-bus.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import { appendBatch, type Batch } from '../ingest/append-batch.ts';
import { chainRun } from '../ingest/chain-run.ts';
import type { Clock, Random } from '../ports.ts';
import { catchUp, catchUpInPages } from '../projections/catch-up.ts';
import { lockCursor } from '../projections/page.ts';
import type { HqJournal } from './hq-journal.ts';
import { inBatches } from './in-batches.ts';
import { type KeptRow, writeKeptRow } from './kept-rows.ts';
import type { Keyring } from './keyring.ts';
import { forgetReplacedTexts, haveErasure, rowsOfTexts } from './text-rows.ts';

export interface HqNodeDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly keyring: Keyring;
  readonly bus: ParkBus;
  /** One for the whole server: each goes on from what another decided. */
  readonly documents: DocumentStore;
  /** E9: null on PostgreSQL, which is durable itself. */
  readonly journal: HqJournal | null;
}

/** What HQ decided: events, and rows that stand beside the log (people, users, nodes) written in the same transaction. */
export interface HqWork {
  readonly drafts: readonly KnownDraft[];
  readonly rows?: readonly KeptRow[];
}

/** There is no such park on this server. */
export class UnknownParkError extends Error {
  override readonly name = 'UnknownParkError';
}

const TIMEOUT_MS = 10_000;

/**
 * Appends HQ's events to a park (E7): chained, sealed, positioned and projected in one transaction under the park's
 * head row. With a function, that runs under the lock with the read models caught up, so what it reads there (places
 * left, a ticket's state) cannot change before its events are in; it may throw to refuse. Within it use only `tx`:
 * PGlite has one connection, and anything else would wait for it for ever. Durable on return (E9).
 * @throws UnknownParkError
 */
export async function appendHqEvents(
  deps: HqNodeDeps,
  park: ParkId,
  work: readonly KnownDraft[] | ((tx: Writer) => Promise<HqWork>),
  { timeoutMs = TIMEOUT_MS }: { readonly timeoutMs?: number } = {},
): Promise<readonly Event[]> {
  while (true) {
    const hq = await openHqStream(deps, park);
    const underLock = async (tx: Writer, write: WriteAsHq) => {
      // A restore may have been noticed between the two looks: HQ writes in a new epoch then (E8).
      if ((await hqEpoch(tx, park)) !== hq.epoch) return null;
      if (typeof work !== 'function') return write(hq, { drafts: work });
      await catchUp(deps, tx, park);
      return write(hq, await work(tx));
    };
    const appended = await transactAsHq(deps, park, underLock, { timeoutMs });
    if (appended) return appended;
  }
}

/** HQ's stream of one epoch, and the key that seals it. */
export interface HqStream {
  readonly epoch: number;
  readonly key: NodeKey;
}

/** The stream that HQ writes in now. @throws UnknownParkError */
export async function openHqStream(deps: HqNodeDeps, park: ParkId): Promise<HqStream> {
  const epoch = await hqEpoch(deps.database.reader, park);
  return { epoch, key: await deps.keyring.keyPair(hqLogKeyName(park, epoch)) };
}

/** Writes rows, then events in HQ's stream, then folds and journals them; within `transactAsHq` alone. */
export type WriteAsHq = (hq: HqStream, work: HqWork) => Promise<readonly Event[]>;

/** What a transaction puts into the journal before it commits (E9), and the park's head where its log grew. */
export interface JournalEntry {
  readonly park: ParkId;
  readonly batch: Batch | null;
  /** What was written at once and is more than one batch holds. */
  readonly further?: readonly Batch[];
  readonly rows: readonly KeptRow[];
  readonly head?: number;
}
export type KeepInJournal = (entry: JournalEntry) => void;

/**
 * One transaction under the park's head row in which HQ writes. What was put in the journal is taken back should that
 * fail, and stays whatever fails after its commit.
 * @throws UnknownParkError
 */
export async function transactAsHq<Value>(
  deps: HqNodeDeps,
  park: ParkId,
  work: (tx: Writer, write: WriteAsHq, keep: KeepInJournal) => Promise<Value>,
  { timeoutMs = TIMEOUT_MS }: { readonly timeoutMs?: number } = {},
): Promise<Value> {
  const takeBacks: (() => void)[] = [];
  let newHead = 0;
  let erases = false;
  // Under the lock only what has just come in is folded: a backlog there would hold up the park, and run out of time.
  await catchUpInPages(deps, park);
  // Before the commit: were the process to end between the two, the start replays what nobody was told of.
  const keep: KeepInJournal = (entry) => {
    const takeBack = deps.journal?.record(entry);
    if (takeBack) takeBacks.unshift(takeBack);
    newHead = Math.max(newHead, entry.head ?? 0);
    erases ||= haveErasure(entry.rows);
  };
  const value = await withTransaction(deps, { timeoutMs }, async (tx) => {
    // In this order: while a log is folded anew (S7), HQ waits for the cursor and pushes wait for nobody.
    await lockCursor(tx, park);
    await lockPark(tx, park);
    return work(tx, (hq, written) => writeAsHq(deps, tx, { park, hq, written, keep }), keep);
  }).catch((error: unknown) => {
    for (const takeBack of takeBacks) takeBack();
    throw error;
  });
  // It is done: whatever fails from here on must leave it in the journal (E9).
  if (newHead > 0) announce(deps, park, newHead);
  if (erases) await forgetReplacedTexts(deps);
  return value;
}

interface Writing {
  readonly park: ParkId;
  readonly hq: HqStream;
  readonly written: HqWork;
  readonly keep: KeepInJournal;
}

async function writeAsHq(deps: HqNodeDeps, tx: Writer, { park, hq, written, keep }: Writing) {
  const { drafts, rows = [] } = written;
  for (const row of rows) await writeKeptRow(tx, row);
  // What people typed stands beside the log, and the events name it (E5).
  const named = nameTexts(deps.crypto, drafts, () => deps.random.bytes(TEXT_SALT_BYTES));
  const batches = drafts.length === 0 ? [] : await chainDrafts(deps, tx, { park, ...hq, drafts: named.drafts });
  const events = batches.flatMap((batch) => batch.events);
  const texts = rowsOfTexts(named.texts, events);
  for (const row of texts) await writeKeptRow(tx, row);
  let head = 0;
  for (const batch of batches) head = await appendOwn(tx, batch, deps.clock.nowMs());
  if (batches.length > 0) await catchUp(deps, tx, park);
  if (drafts.some(({ type }) => type === 'KioskRevoked')) await closeRevoked(tx, park);
  const [batch = null, ...further] = batches;
  keep({ park, batch, further, rows: [...rows, ...texts], head });
  return events;
}

export const hqLogKeyName = (park: string, epoch: number): string => `log:${park}/${epoch}`;

/** HQ's present incarnation in a park (E7). @throws UnknownParkError */
export async function hqEpoch(reader: Reader, park: ParkId): Promise<number> {
  const row = await reader
    .selectFrom('nodes')
    .select('epoch')
    .where('park', '=', park)
    .where('node', '=', hqNodeOf(park))
    .where('state', '=', 'open')
    .orderBy('epoch', 'desc')
    .executeTakeFirst();
  if (!row) throw new UnknownParkError(`There is no park ${park} on this server.`);
  return row.epoch;
}

async function lockPark(tx: Writer, park: ParkId): Promise<void> {
  const row = await tx.selectFrom('parks').select('head').where('park', '=', park).forUpdate().executeTakeFirst();
  if (!row) throw new UnknownParkError(`There is no park ${park} on this server.`);
}

/** E6: a revoked incarnation gets no tokens; what it sealed is still taken in. */
export async function closeRevoked(tx: Writer, park: ParkId): Promise<void> {
  await tx
    .updateTable('nodes as n')
    .set({ state: 'closed' })
    .where('n.park', '=', park)
    .where('n.state', '<>', 'closed')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('kiosk_revocations as r')
          .select('r.node')
          .whereRef('r.park', '=', 'n.park')
          .whereRef('r.node', '=', 'n.node')
          .whereRef('r.epoch', '=', 'n.epoch'),
      ),
    )
    .execute();
}

interface Chaining {
  readonly park: ParkId;
  readonly epoch: number;
  readonly key: NodeKey;
  readonly drafts: readonly KnownDraft[];
}

async function chainDrafts(
  deps: HqNodeDeps,
  tx: Writer,
  { park, epoch, key, drafts }: Chaining,
): Promise<readonly Batch[]> {
  const node: NodeId = hqNodeOf(park);
  const stream = await tx
    .selectFrom('nodes')
    .select(['head_seq', 'head_hash'])
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .executeTakeFirstOrThrow();
  const wallMs = deps.clock.nowMs();
  let hlc = await newestHlcOf(tx, park);
  const unchained: UnchainedEvent[] = drafts.map((draft, index) => {
    hlc = hlcTick(hlc, wallMs);
    const { type, version, subject, cause, actor } = draft;
    const body = draft.body as unknown as JsonObject;
    const seq = stream.head_seq + 1 + index;
    return { park, node, epoch, seq, hlc, wallMs, trust: 'server', type, version, subject, cause, actor, body };
  });
  const run = chainRun(deps.crypto, unchained, stream.head_hash);
  return inBatches(run).map((batch) => {
    const head = batch.events.at(-1);
    assert(head, 'there are drafts to seal');
    return { ...batch, seal: sealHead(deps.crypto, key, head) };
  });
}

/** Of all HQ's epochs: what it says today comes after all that it ever said, whatever its clock does (S7). */
async function newestHlcOf(tx: Writer, park: ParkId): Promise<string> {
  const row = await tx
    .selectFrom('nodes')
    .select(({ fn }) => fn.max('head_hlc').as('newest'))
    .where('park', '=', park)
    .where('role', '=', 'hq')
    .executeTakeFirst();
  return row?.newest ?? HLC_ZERO;
}

async function appendOwn(tx: Writer, batch: Batch, nowMs: number): Promise<number> {
  const appended = await appendBatch(tx, batch, nowMs);
  assert(appended && appended.fresh === batch.events.length, "HQ's own events extend its stream");
  return appended.head;
}

function announce(deps: HqNodeDeps, park: ParkId, head: number): void {
  try {
    deps.journal?.noteHead(park, head);
  } finally {
    deps.bus.publish('appended', park);
    deps.bus.publish('projected', park);
  }
}
