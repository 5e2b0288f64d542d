import type { SaleCompleted } from '@skygate/shared/domain/sale/events';
import type { CashMoved } from '@skygate/shared/domain/shift/events';
import { FACTS_PER_PAGE, type FactItem, type FactsAnswer } from '@skygate/shared/hq-api/revocation';
import type { Reader } from '../../db/database.ts';
import { namesOf } from '../names-of.ts';
import { textsShown } from '../texts/texts-shown.ts';
import { factsWritten, type RevokedIncarnation, type WrittenFact } from './facts-written.ts';

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

/** What a kiosk wrote after it was revoked, in its stream or in another past of it, in the order of their places (X4, E6). */
export async function factsOf(reader: Reader, of: RevokedIncarnation, after: string | null): Promise<FactsAnswer> {
  const facts = await factsWritten(reader, of, { after, limit: FACTS_PER_PAGE + 1 });
  const page = facts.slice(0, FACTS_PER_PAGE);
  const last = page.at(-1);
  return {
    epoch: of.epoch,
    facts: await withDecisions(reader, of, page),
    ...(await waitingSums(reader, of)),
    next: facts.length > FACTS_PER_PAGE && last ? `${last.seq}-${last.hash}` : null,
  };
}

async function withDecisions(
  reader: Reader,
  of: RevokedIncarnation,
  page: readonly WrittenFact[],
): Promise<FactItem[]> {
  if (page.length === 0) return [];
  const hashes = page.map(({ hash }) => hash);
  const withheld = await reader
    .selectFrom('withheld_facts')
    .select('hash')
    .where('park', '=', of.park)
    .where('node', '=', of.node)
    .where('epoch', '=', of.epoch)
    .where('hash', 'in', hashes)
    .execute();
  const decisions = await reader
    .selectFrom('fact_decisions')
    .select(['hash', 'accepted', 'reason', 'actor', 'decided_ms'])
    .where('park', '=', of.park)
    .where('node', '=', of.node)
    .where('epoch', '=', of.epoch)
    .where('hash', 'in', hashes)
    .execute();
  const { actorOf } = await namesOf(reader, of.park);
  const waits = new Set(withheld.map(({ hash }) => hash));
  const decided = new Map(decisions.map((row) => [row.hash, row]));
  const show = await textsShown(
    reader,
    of.park,
    decisions.map(({ reason }) => reason),
  );
  return page.map(({ body, ...fact }) => {
    const decision = decided.get(fact.hash);
    return {
      ...fact,
      actorName: actorOf(fact.actor),
      ...moneyIn(fact.type, body),
      state: stateOf(waits.has(fact.hash), decision?.accepted ?? null),
      decision: decision
        ? { reason: show(decision.reason), actor: decision.actor, decidedMs: decision.decided_ms }
        : null,
    };
  });
}

function stateOf(withheld: boolean, accepted: number | null): FactItem['state'] {
  if (withheld) return accepted === null ? 'waiting' : 'rejected';
  return accepted === 1 ? 'accepted' : 'counts';
}

/** The money of a fact, for the eye: its currency is the sale's, and cash in a drawer is in the drawer's own. */
function moneyIn(type: string, body: object): Pick<FactItem, 'amountMinor' | 'currency'> {
  if (type === 'SaleCompleted') {
    const { totalMinor, currency } = body as Partial<SaleCompleted>;
    return { amountMinor: totalMinor ?? null, currency: currency ?? null };
  }
  if (type !== 'CashMoved') return { amountMinor: null, currency: null };
  return { amountMinor: (body as Partial<CashMoved>).amountMinor ?? null, currency: null };
}

async function waitingSums(
  reader: Reader,
  { park, node, epoch }: RevokedIncarnation,
): Promise<Pick<FactsAnswer, 'waiting' | 'waitingMoves'>> {
  const rows = await undecided(reader, { park, node, epoch }).execute();
  const sums = new Map<string, { amountMinor: number; count: number }>();
  const sales = rows.filter(({ currency }) => currency !== '');
  for (const { currency, amount_minor } of sales) {
    const sum = sums.get(currency) ?? { amountMinor: 0, count: 0 };
    sums.set(currency, { amountMinor: sum.amountMinor + amount_minor, count: sum.count + 1 });
  }
  return {
    waiting: [...sums].map(([currency, sum]) => ({ currency, ...sum })),
    waitingMoves: rows.length - sales.length,
  };
}

/** Withheld facts that nobody has decided on, in the order of their places. */
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
        .onRef('d.hash', '=', 'w.hash'),
    )
    .select(['w.seq', 'w.hash', 'w.amount_minor', 'w.currency'])
    .where('w.park', '=', park)
    .where('w.node', '=', node)
    .where('w.epoch', '=', epoch)
    .where('d.decided_ms', 'is', null)
    .orderBy('w.seq')
    .orderBy('w.hash');
