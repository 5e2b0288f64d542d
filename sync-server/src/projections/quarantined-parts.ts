import type { Event } from '@skygate/shared/events/envelope';
import { PROJECTION_VERSION } from '@skygate/shared/read-models/projection-version';
import { CompiledQuery } from 'kysely';
import type { Reader } from '../db/database.ts';
import { EVENT_COLUMNS, type StoredEvent, storedToEvent } from '../ingest/stored-event.ts';
import type { QuarantinedPart } from './quarantine.ts';

/** A part of an event that is to be tried again (S7). */
export interface PartToTry {
  readonly event: Event;
  readonly part: QuarantinedPart;
}

const JOINED = `
from quarantine q
join events e on e.park = q.park and e.node = q.node and e.epoch = q.epoch and e.seq = q.seq`;
const COLUMNS = `${EVENT_COLUMNS.map((column) => `e.${column}`).join(', ')}, q.read_model, q.key`;

const OLDER = `
select ${COLUMNS} ${JOINED}
where q.park = $1 and q.program < $2 and (q.read_model, q.key, q.node, q.epoch, q.seq) > ($3, $4, $5, $6::bigint, $7::bigint)
order by q.read_model, q.key, q.node, q.epoch, q.seq limit $8`;

/**
 * What an older program put aside, in the order of the rows' key: no look sorts them, however many there are.
 * @param after the last part that was tried; null to begin
 */
export function olderParts(reader: Reader, park: string, after: PartToTry | null, limit: number) {
  const place = after
    ? [after.part.readModel, after.part.key, after.event.node, after.event.epoch, after.event.seq]
    : ['', '', '', 0, 0];
  return partsOf(reader, OLDER, [park, PROJECTION_VERSION, ...place, limit]);
}

const RELEASED = `
select ${COLUMNS} ${JOINED}
join nodes n on n.park = q.park and n.node || '/' || n.epoch = q.waits_for
where q.park = $1 and q.waits_for is not null limit $2`;

/** Recoveries that were waiting for the key of a stream that has come (E6). */
export const releasedParts = (reader: Reader, park: string, limit: number) => partsOf(reader, RELEASED, [park, limit]);

async function partsOf(reader: Reader, sql: string, values: readonly unknown[]): Promise<readonly PartToTry[]> {
  const { rows } = await reader
    .getExecutor()
    .executeQuery<StoredEvent & { read_model: string; key: string }>(CompiledQuery.raw(sql, [...values]));
  return rows.map((row) => ({ event: storedToEvent(row), part: { readModel: row.read_model, key: row.key } }));
}

/** The parks that have anything in quarantine from an older program, or that waits for a key. */
export async function parksToTry(reader: Reader): Promise<readonly string[]> {
  const rows = await reader
    .selectFrom('quarantine')
    .select('park')
    .distinct()
    .where(({ or, eb }) => or([eb('program', '<', PROJECTION_VERSION), eb('waits_for', 'is not', null)]))
    .orderBy('park')
    .execute();
  return rows.map(({ park }) => park);
}
