import type { GateContact } from '@skygate/shared/protocol/pull';
import { CompiledQuery } from 'kysely';
import type { Reader } from '../db/database.ts';
import { PEOPLE_STAMP } from './people-stamp.ts';
import type { PageRequest, PullPage } from './pull-page.ts';

interface GateRow {
  readonly node: string;
  readonly gate: string;
  readonly name: string;
  readonly contact: number | null;
}

interface NowRow {
  readonly head: number;
  readonly log_id: string;
  readonly newest: number | null;
  readonly acknowledged: number | null;
  readonly gates: string | null;
  readonly stamp: string | null;
  readonly people_stamp: string | null;
}

/**
 * A position's stamp: which event was taken in there, and when. Where a server came back from a backup and nobody noticed,
 * a position has another event by now, or the same one that came again in another order; either has another stamp (E8).
 */
const stampOf = (position: string): string => `
  select e.received_ms || ':' || e.hash as stamp from events e where e.park = $1 and e.position = ${position}`;
const STAMP = stampOf('$2');

/** As text, because it is asked with every pull: building it anew each time took as long as its answer. */
const NOW = `
select p.head, p.log_id,
  (select max(q.revision) from people q where q.park = p.park) as newest,
  (${PEOPLE_STAMP}) as people_stamp,
  (select own.head_seq from nodes own where own.park = p.park and own.node = $2 and own.epoch = $3) as acknowledged,
  (${stampOf('$4')}) as stamp,
  (select json_agg(json_build_object(
            'node', g.node, 'gate', g.gate_id, 'name', g.name, 'contact', g.contact_ms) order by g.node)::text
   from nodes g where g.park = p.park and g.role = 'gate' and g.state = 'open') as gates
from parks p where p.park = $1`;

/**
 * What every answer to a pull says of the park, in one look: most pulls find nothing new, and cost this and little else.
 * The gates are those in their present incarnation, with how long ago each was heard of (coverage).
 */
export async function parkNow(
  db: Reader,
  { park, reader, after, nowMs }: Pick<PageRequest, 'park' | 'reader' | 'after' | 'nowMs'>,
): Promise<Omit<PullPage, 'runs' | 'next' | 'nextStamp'>> {
  const query = CompiledQuery.raw(NOW, [park, reader.node, reader.epoch, after]);
  const [row] = (await db.getExecutor().executeQuery<NowRow>(query)).rows;
  if (!row) throw new Error(`broken invariant: the park ${park} of a kiosk is there`);
  return {
    head: row.head,
    logId: row.log_id,
    peopleRevision: Number(row.newest ?? 0),
    peopleStamp: row.people_stamp,
    acknowledged: row.acknowledged ?? 0,
    gates: gatesOf(row.gates, nowMs),
    afterStamp: row.stamp ?? '',
  };
}

/** The stamp of one position; empty where nothing stands. */
export async function stampAt(db: Reader, park: string, position: number): Promise<string> {
  const query = CompiledQuery.raw(STAMP, [park, position]);
  const [row] = (await db.getExecutor().executeQuery<{ readonly stamp: string }>(query)).rows;
  return row?.stamp ?? '';
}

function gatesOf(text: string | null, nowMs: number): readonly GateContact[] {
  const rows: readonly GateRow[] = text === null ? [] : JSON.parse(text);
  return rows.map(({ node, gate, name, contact }) => ({
    node,
    gateId: gate,
    name,
    contactAgeMs: contact === null ? null : Math.max(0, nowMs - contact),
  }));
}
