import type { CaseItem, CasesAnswer } from '@skygate/shared/hq-api/cases';
import type { Reader } from '../../db/database.ts';
import { type Names, namesOf } from '../names-of.ts';
import { type ShowText, textsShown } from '../texts/texts-shown.ts';

export interface CasesAsk {
  readonly park: string;
  readonly state: 'open' | 'closed';
  /** `hlc.caseId` of the last one of the page before; null for the first page. */
  readonly after: string | null;
  readonly limit: number;
}

/** A page of a park's cases, newest first. */
export async function casesOf(reader: Reader, { park, state, after, limit }: CasesAsk): Promise<CasesAnswer> {
  let query = caseRows(reader, park)
    .where('x.closed_ms', state === 'open' ? 'is' : 'is not', null)
    .orderBy('c.hlc', 'desc')
    .orderBy('c.case_id', 'desc')
    .limit(limit + 1);
  const [hlc, caseId] = after?.split('.') ?? [];
  if (hlc !== undefined && caseId !== undefined) {
    query = query.where((where) =>
      where.or([where('c.hlc', '<', hlc), where.and([where('c.hlc', '=', hlc), where('c.case_id', '<', caseId)])]),
    );
  }
  const rows = await query.execute();
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  const closings = await closingsShown(reader, park, page);
  return {
    cases: page.map((row) => itemOfRow(row, closings)),
    open: (await openCaseCounts(reader, park)).get(park) ?? 0,
    next: last === undefined ? null : `${last.hlc}.${last.case_id}`,
  };
}

/** One case; undefined if there is none of this name (any more). */
export async function caseOf(reader: Reader, park: string, caseId: string): Promise<CaseItem | undefined> {
  const row = await caseRows(reader, park).where('c.case_id', '=', caseId).executeTakeFirst();
  return row && itemOfRow(row, await closingsShown(reader, park, [row]));
}

/** How many cases wait for a person, by park; parks without one are not named. */
export async function openCaseCounts(reader: Reader, park?: string): Promise<ReadonlyMap<string, number>> {
  let query = reader
    .selectFrom('cases as c')
    .select((select) => ['c.park', select.fn.countAll().as('open')])
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('case_closings as x')
            .select('x.case_id')
            .whereRef('x.park', '=', 'c.park')
            .whereRef('x.case_id', '=', 'c.case_id'),
        ),
      ),
    )
    .groupBy('c.park');
  if (park !== undefined) query = query.where('c.park', '=', park);
  const rows = await query.execute();
  return new Map(rows.map((row) => [row.park, Number(row.open)]));
}

const caseRows = (reader: Reader, park: string) =>
  reader
    .selectFrom('cases as c')
    .leftJoin('case_closings as x', (join) =>
      join.onRef('x.park', '=', 'c.park').onRef('x.case_id', '=', 'c.case_id').onRef('x.ticket_id', '=', 'c.ticket_id'),
    )
    .leftJoin('tickets as t', (join) => join.onRef('t.park', '=', 'c.park').onRef('t.ticket_id', '=', 'c.ticket_id'))
    .leftJoin('nodes as n', (join) =>
      join.onRef('n.park', '=', 'c.park').onRef('n.node', '=', 'c.node').onRef('n.epoch', '=', 'c.epoch'),
    )
    .select([
      'c.case_id',
      'c.kind',
      'c.ticket_id',
      'c.gate_id',
      'c.node',
      'c.hlc',
      'c.wall_ms',
      'c.business_date',
      'c.people',
      't.product_id',
      'n.name',
      'x.outcome',
      'x.reason',
      'x.actor',
      'x.closed_ms',
    ])
    .where('c.park', '=', park);

type CaseRow = Awaited<ReturnType<ReturnType<typeof caseRows>['execute']>>[number];

/** Why and by whom cases were closed, in words. */
interface ClosingsShown extends Pick<Names, 'actorOf'> {
  readonly show: ShowText;
}

async function closingsShown(reader: Reader, park: string, rows: readonly CaseRow[]): Promise<ClosingsShown> {
  const show = await textsShown(
    reader,
    park,
    rows.map(({ reason }) => reason),
  );
  return { show, actorOf: (await namesOf(reader, park)).actorOf };
}

const itemOfRow = (row: CaseRow, { show, actorOf }: ClosingsShown): CaseItem => ({
  caseId: row.case_id,
  kind: row.kind as CaseItem['kind'],
  ticketId: row.ticket_id,
  productId: row.product_id,
  gateId: row.gate_id,
  kiosk: row.name ?? row.node,
  atMs: row.wall_ms,
  businessDate: row.business_date,
  people: row.people,
  closing:
    row.closed_ms === null
      ? null
      : {
          outcome: row.outcome as NonNullable<CaseItem['closing']>['outcome'],
          reason: show(row.reason ?? ''),
          actor: row.actor ?? '',
          actorName: actorOf(row.actor ?? ''),
          closedMs: row.closed_ms,
        },
});
