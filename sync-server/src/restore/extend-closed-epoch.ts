import { assert } from '@skygate/shared/lib/assert';
import { bytesToBase64url } from '@skygate/shared/lib/bytes';
import { keyIdOf } from '@skygate/shared/lib/crypto';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { Writer } from '../db/database.ts';
import type { HqNodeDeps, JournalEntry } from '../hq-node/append-hq-events.ts';
import { writeKeptRow } from '../hq-node/kept-rows.ts';
import { appendBatch, type Batch } from '../ingest/append-batch.ts';
import { catchUp } from '../projections/catch-up.ts';
import { hqNodeRow } from './begin-recovery.ts';
import type { HqPast } from './hq-past.ts';
import { rowsImpliedBy } from './implied-rows.ts';

/** HQ's epoch that the database lost altogether is there again, closed and empty, for its events to come back to. */
export async function adoptLostEpoch(deps: HqNodeDeps, tx: Writer, park: ParkId, past: HqPast): Promise<JournalEntry> {
  const row = hqNodeRow({
    park,
    epoch: past.epoch,
    state: 'closed',
    number: 0,
    publicKey: bytesToBase64url(past.publicKey),
    kid: keyIdOf(deps.crypto, past.publicKey),
    nowMs: deps.clock.nowMs(),
  });
  await writeKeptRow(tx, row);
  return { park, batch: null, rows: [row] };
}

/** What HQ's own seal extends a closed epoch of HQ by (E6, E8), with the rows beside the log that it tells of. */
export async function extendClosedEpoch(
  deps: HqNodeDeps,
  tx: Writer,
  { park, batch, headSeq }: { readonly park: ParkId; readonly batch: Batch; readonly headSeq: number },
): Promise<JournalEntry> {
  const events = batch.events.filter(({ seq }) => seq > headSeq);
  const rows = await rowsImpliedBy(tx, park, { events, nowMs: deps.clock.nowMs() });
  for (const row of rows) await writeKeptRow(tx, row);
  const appended = await appendBatch(tx, batch, deps.clock.nowMs());
  assert(appended && appended.fresh > 0, 'what follows on a stream extends it');
  await catchUp(deps, tx, park);
  // E9: HQ's own is in the journal, also what came back by a kiosk.
  return { park, batch, rows, head: appended.head };
}
