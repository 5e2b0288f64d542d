import type { SaleCompleted } from '@skygate/shared/domain/sale/events';
import type { CashMoved } from '@skygate/shared/domain/shift/events';
import { FACTS_PER_PAGE, type FactItem, type FactsAnswer } from '@skygate/shared/hq-api/revocation';
import type { Reader } from '../../db/database.ts';
import { textsShown } from '../texts/texts-shown.ts';

export interface RevokedIncarnation {
  readonly park: string;
  readonly node: string;
  readonly epoch: number;
  /** When the revocation was said, on the clock that all nodes share. */
  readonly hlc: string;
}

/** The newest revoked incarnation of a kiosk, or the one that is asked for; undefined if it was never revoked. */
export async function revokedIncarnation(
  reader: Reader,
  park: string,
  { node, epoch }: { readonly node: string; readonly epoch: number | null },
): Promise<RevokedIncarnation | undefined> {
  let query = reader
    .selectFrom('kiosk_revocations')
    .select(['park', 'node', 'epoch', 'hlc'])
    .where('park', '=', park)
    .where('node', '=', node)
    .orderBy('epoch', 'desc');
  if (epoch !== null) query = query.where('epoch', '=', epoch);
  return query.executeTakeFirst();
}

/** What a kiosk wrote after it was revoked, oldest first (X4). */
export async function factsOf(reader: Reader, of: RevokedIncarnation, after: number): Promise<FactsAnswer> {
  const rows = await reader
    .selectFrom('events as e')
    .leftJoin('withheld_facts as w', (join) =>
      join
        .onRef('w.park', '=', 'e.park')
        .onRef('w.node', '=', 'e.node')
        .onRef('w.epoch', '=', 'e.epoch')
        .onRef('w.seq', '=', 'e.seq')
        .on('w.fork', '=', ''),
    )
    .leftJoin('fact_decisions as d', (join) =>
      join
        .onRef('d.park', '=', 'e.park')
        .onRef('d.node', '=', 'e.node')
        .onRef('d.epoch', '=', 'e.epoch')
        .onRef('d.seq', '=', 'e.seq'),
    )
    .select([
      'e.seq',
      'e.type',
      'e.subject',
      'e.actor',
      'e.wall_ms',
      'e.received_ms',
      'e.body',
      'w.type as withheld',
      'd.accepted',
      'd.reason',
      'd.actor as decider',
      'd.decided_ms',
    ])
    .where('e.park', '=', of.park)
    .where('e.node', '=', of.node)
    .where('e.epoch', '=', of.epoch)
    .where('e.hlc', '>', of.hlc)
    .where('e.seq', '>', after)
    .orderBy('e.seq')
    .limit(FACTS_PER_PAGE + 1)
    .execute();
  const page = rows.slice(0, FACTS_PER_PAGE);
  const show = await textsShown(
    reader,
    of.park,
    page.map(({ reason }) => reason),
  );
  return {
    epoch: of.epoch,
    facts: page.map((row) => ({
      seq: row.seq,
      type: row.type,
      subject: row.subject,
      actor: row.actor,
      atMs: row.wall_ms,
      receivedMs: row.received_ms,
      ...moneyIn(row.type, row.body),
      state: stateOf(row.withheld !== null, row.accepted),
      decision:
        row.decided_ms === null
          ? null
          : { reason: show(row.reason ?? ''), actor: row.decider ?? '', decidedMs: row.decided_ms },
    })),
    waiting: await waitingSums(reader, of),
    next: rows.length > FACTS_PER_PAGE ? (page.at(-1)?.seq ?? null) : null,
  };
}

function stateOf(withheld: boolean, accepted: number | null): FactItem['state'] {
  if (withheld) return accepted === null ? 'waiting' : 'rejected';
  return accepted === 1 ? 'accepted' : 'counts';
}

/** The money of a fact, for the eye: its currency is the sale's, and cash in a drawer is in the drawer's own. */
function moneyIn(type: string, body: string): Pick<FactItem, 'amountMinor' | 'currency'> {
  if (type === 'SaleCompleted') {
    const { totalMinor, currency } = JSON.parse(body) as Partial<SaleCompleted>;
    return { amountMinor: totalMinor ?? null, currency: currency ?? null };
  }
  if (type !== 'CashMoved') return { amountMinor: null, currency: null };
  return { amountMinor: (JSON.parse(body) as Partial<CashMoved>).amountMinor ?? null, currency: null };
}

async function waitingSums(reader: Reader, { park, node, epoch }: RevokedIncarnation): Promise<FactsAnswer['waiting']> {
  const rows = await undecided(reader, { park, node, epoch }).execute();
  const sums = new Map<string, { amountMinor: number; count: number }>();
  for (const { currency, amount_minor } of rows) {
    if (currency === '') continue;
    const sum = sums.get(currency) ?? { amountMinor: 0, count: 0 };
    sums.set(currency, { amountMinor: sum.amountMinor + amount_minor, count: sum.count + 1 });
  }
  return [...sums].map(([currency, sum]) => ({ currency, ...sum }));
}

/** Withheld facts that nobody has decided on, oldest first. */
export const undecided = (
  reader: Reader,
  { park, node, epoch }: { readonly park: string; readonly node: string; readonly epoch: number },
) =>
  reader
    .selectFrom('withheld_facts as w')
    .leftJoin('fact_decisions as d', (join) =>
      join
        .onRef('d.park', '=', 'w.park')
        .onRef('d.node', '=', 'w.node')
        .onRef('d.epoch', '=', 'w.epoch')
        .onRef('d.seq', '=', 'w.seq'),
    )
    .select(['w.seq', 'w.amount_minor', 'w.currency'])
    .where('w.park', '=', park)
    .where('w.node', '=', node)
    .where('w.epoch', '=', epoch)
    .where('d.decided_ms', 'is', null)
    .orderBy('w.seq');
