import type { GateContact } from '@skygate/shared/protocol/pull';
import { sql } from 'kysely';
import type { Reader } from '../db/database.ts';
import type { PageRequest, PullPage } from './pull-page.ts';

interface GateRow {
  readonly node: string;
  readonly gate: string;
  readonly name: string;
  readonly contact: number | null;
}

/**
 * What every answer to a pull says of the park, in one look: most pulls find nothing new, and cost this and little else.
 * The gates are those in their present incarnation, with how long ago each was heard of (coverage).
 */
export async function parkNow(
  db: Reader,
  { park, reader, nowMs }: Pick<PageRequest, 'park' | 'reader' | 'nowMs'>,
): Promise<Omit<PullPage, 'runs' | 'next'>> {
  const row = await db
    .selectFrom('parks as p')
    .select(({ selectFrom }) => [
      'p.head',
      'p.log_id',
      selectFrom('people as q')
        .select((q) => q.fn.max('q.revision').as('newest'))
        .whereRef('q.park', '=', 'p.park')
        .as('newest'),
      selectFrom('nodes as own')
        .select('own.head_seq')
        .whereRef('own.park', '=', 'p.park')
        .where('own.node', '=', reader.node)
        .where('own.epoch', '=', reader.epoch)
        .as('acknowledged'),
      selectFrom('nodes as g')
        .select(
          sql<string>`json_agg(json_build_object(
            'node', g.node, 'gate', g.gate_id, 'name', g.name, 'contact', g.contact_ms) order by g.node)::text`.as(
            'all',
          ),
        )
        .whereRef('g.park', '=', 'p.park')
        .where('g.role', '=', 'gate')
        .where('g.state', '=', 'open')
        .as('gates'),
    ])
    .where('p.park', '=', park)
    .executeTakeFirstOrThrow();
  return {
    head: row.head,
    logId: row.log_id,
    peopleRevision: Number(row.newest ?? 0),
    acknowledged: row.acknowledged ?? 0,
    gates: gatesOf(row.gates, nowMs),
  };
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
