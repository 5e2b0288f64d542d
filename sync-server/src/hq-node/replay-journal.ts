import { assert } from '@skygate/shared/lib/assert';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import { eventToWire } from '@skygate/shared/protocol/wire-event';
import { CompiledQuery } from 'kysely';
import { withTransaction } from '../db/database.ts';
import { appendBatch } from '../ingest/append-batch.ts';
import { catchUp } from '../projections/catch-up.ts';
import { isHeld } from '../restore/hq-past.ts';
import { takeHqRun } from '../restore/take-hq-run.ts';
import { closeRevoked, type HqNodeDeps } from './append-hq-events.ts';
import { newLogId } from './create-park.ts';
import { type KeptRow, writeKeptRow } from './kept-rows.ts';
import { forgetReplacedTexts, textsErasedByLog } from './text-rows.ts';

const TIMEOUT_MS = 60_000;

const RESTORE_PEOPLE_REVISIONS = `
  update parks p set people_revision = greatest(
    p.people_revision, (select coalesce(max(q.revision), 0) from people q where q.park = p.park)
  )`;

/**
 * Gives the database back what it lost of HQ's own (E9): rows beside the log, then HQ's events. Where acknowledged
 * positions are gone, they will be handed out anew: the park gets a new log id, and the kiosks start over (K3, E8).
 */
export async function replayJournal(deps: HqNodeDeps): Promise<void> {
  const { journal } = deps;
  if (!journal) return;
  await withTransaction(deps, { timeoutMs: TIMEOUT_MS }, async (tx) => {
    for (const row of journal.rows()) await writeKeptRow(tx, row);
    await tx.executeQuery(CompiledQuery.raw(RESTORE_PEOPLE_REVISIONS));
    const parks = await tx.selectFrom('parks').select(['park', 'head', 'created_ms']).orderBy('park').execute();
    for (const { park, head, created_ms } of parks) {
      await tx
        .insertInto('projection_cursors')
        .values({ park, position: 0 })
        .onConflict((c) => c.doNothing())
        .execute();
      if (head < (journal.heads().get(park) ?? 0)) {
        const renewed: KeptRow = { table: 'parks', row: { park, log_id: newLogId(deps.random), created_ms } };
        // In the journal first: were PGlite to lose this too, the old id would return with positions given anew.
        journal.record({ batch: null, rows: [renewed] });
        await writeKeptRow(tx, renewed);
      }
    }
  });
  const parks = await deps.database.reader.selectFrom('parks').select('park').orderBy('park').execute();
  for (const { park } of parks) await replayPark(deps, park as ParkId);
  // Also what was erased just before the process ended: its older version may be in the files still (P1, E5).
  await forgetReplacedTexts(deps);
}

async function replayPark(deps: HqNodeDeps, park: ParkId): Promise<void> {
  const { database, journal, clock } = deps;
  const streams = await database.reader
    .selectFrom('nodes')
    .select(['node', 'epoch', 'head_seq'])
    .where('park', '=', park)
    .where('role', '=', 'hq')
    .orderBy('epoch')
    .execute();
  for (const { node, epoch, head_seq } of streams) {
    // As long as the database's past or shorter, and another one all the same.
    const last = journal?.lastBatch({ park, node, epoch });
    const end = last && { node, epoch, seq: last.seal.to, hash: last.seal.headHash };
    if (end && end.seq <= head_seq && !(await isHeld(database.reader, park, end))) {
      await takeJournalBack(deps, park, { node, epoch });
      continue;
    }
    for (const batch of journal?.batchesAfter({ park, node, epoch, seq: head_seq }) ?? []) {
      const appended = await appendBatch(database.kysely, batch, clock.nowMs());
      assert(appended, `the database has HQ's stream in ${park}`);
      if (appended.fresh === 0) {
        await takeJournalBack(deps, park, { node, epoch });
        break;
      }
    }
  }
  const erased = await withTransaction(deps, { timeoutMs: TIMEOUT_MS }, async (tx) => {
    await catchUp(deps, tx, park);
    await closeRevoked(tx, park);
    const rows = await textsErasedByLog(tx, park);
    for (const row of rows) await writeKeptRow(tx, row);
    return rows;
  });
  if (erased.length > 0) journal?.record({ batch: null, rows: erased });
  const { head } = await database.reader
    .selectFrom('parks')
    .select('head')
    .where('park', '=', park)
    .executeTakeFirstOrThrow();
  journal?.resetHead(park, head);
}

/**
 * E8, E9: the database and the journal hold two pasts of HQ (one of them was put back from a backup, and HQ went on in it).
 * The database's stands, and the journal's is taken in as a kiosk's copy would be.
 */
async function takeJournalBack(
  deps: HqNodeDeps,
  park: ParkId,
  stream: { readonly node: string; readonly epoch: number },
): Promise<void> {
  const by = { park, node: stream.node as NodeId, epoch: stream.epoch };
  for (const { events, seal } of deps.journal?.batchesAfter({ park, ...stream, seq: 0 }) ?? []) {
    const [first] = events;
    assert(first, 'a batch has events');
    const frame = { ...stream, from: first.seq, events: events.map(eventToWire), seal };
    const taken = await takeHqRun(deps, by, frame);
    assert(taken.ok, `what HQ sealed in ${park} is taken back from the journal`);
  }
}
