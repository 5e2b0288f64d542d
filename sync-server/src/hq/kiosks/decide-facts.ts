import { draft } from '@skygate/shared/events/catalogue';
import type { DecideFactsAnswer, DecideFactsBody } from '@skygate/shared/hq-api/revocation';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import type { Reader, Writer } from '../../db/database.ts';
import { appendOrRefuse } from '../hq-append.ts';
import type { HqDeps } from '../hq-deps.ts';
import { hqProblem } from '../hq-problem.ts';
import { undecided } from './facts-of.ts';

export interface DecideAsk extends DecideFactsBody {
  readonly park: ParkId;
  readonly node: string;
  readonly actor: string;
}

/** A batch is pulled whole by every kiosk (S2). */
const BATCH = 200;

/**
 * A person accepts facts of a revoked kiosk into the money, or rejects them; the newest decision on a fact holds (X4).
 * With no seqs named: all that wait. @throws Problem 404 for a fact that is none of the withheld
 */
export async function decideFacts(deps: HqDeps, ask: DecideAsk): Promise<DecideFactsAnswer> {
  const before = await moneyByDay(deps.database.reader, ask.park);
  let decided = 0;
  if (ask.seqs.length > 0) decided = await decideBatch(deps, ask, (tx) => named(tx, ask));
  else {
    let batch: number;
    do {
      batch = await decideBatch(deps, ask, (tx) => waiting(tx, ask));
      decided += batch;
    } while (batch === BATCH);
  }
  return { decided, restated: differences(before, await moneyByDay(deps.database.reader, ask.park)) };
}

async function decideBatch(
  deps: HqDeps,
  { park, node, epoch, accepted, reason, actor }: DecideAsk,
  seqsOf: (tx: Writer) => Promise<readonly number[]>,
): Promise<number> {
  let count = 0;
  await appendOrRefuse(deps, park, async (tx) => {
    const seqs = await seqsOf(tx);
    count = seqs.length;
    const drafts = seqs.map((seq) => {
      const original = { node: node as NodeId, epoch, seq };
      return draft('FactDecided', `kiosk:${node}`, { original, accepted, reason }, { actor });
    });
    return { drafts };
  });
  return count;
}

async function waiting(tx: Writer, ask: DecideAsk): Promise<readonly number[]> {
  return (await undecided(tx, ask).limit(BATCH).execute()).map(({ seq }) => seq);
}

/** The facts that were named: each withheld now, or decided on before. @throws Problem 404 */
async function named(tx: Writer, { park, node, epoch, seqs }: DecideAsk): Promise<readonly number[]> {
  const known = new Set<number>();
  for (const table of ['withheld_facts', 'fact_decisions'] as const) {
    const rows = await tx
      .selectFrom(table)
      .select('seq')
      .where('park', '=', park)
      .where('node', '=', node)
      .where('epoch', '=', epoch)
      .where('seq', 'in', [...seqs])
      .execute();
    for (const { seq } of rows) known.add(seq);
  }
  const stranger = seqs.find((seq) => !known.has(seq));
  if (stranger !== undefined) {
    throw hqProblem('not_found', `body /seqs ${node}/${epoch}/${stranger} does not wait for a decision.`);
  }
  return [...new Set(seqs)];
}

interface DayMoney {
  readonly businessDate: string;
  readonly currency: string;
  readonly amountMinor: number;
}

async function moneyByDay(reader: Reader, park: string): Promise<ReadonlyMap<string, DayMoney>> {
  const rows = await reader
    .selectFrom('sales_totals')
    .select((select) => ['business_date', 'currency', select.fn.sum('amount_minor').as('amount')])
    .where('park', '=', park)
    .groupBy(['business_date', 'currency'])
    .execute();
  return new Map(
    rows.map((row) => [
      `${row.business_date} ${row.currency}`,
      { businessDate: row.business_date, currency: row.currency, amountMinor: Number(row.amount) },
    ]),
  );
}

function differences(
  before: ReadonlyMap<string, DayMoney>,
  after: ReadonlyMap<string, DayMoney>,
): DecideFactsAnswer['restated'] {
  return [...after]
    .map(([key, day]) => ({ ...day, amountMinor: day.amountMinor - (before.get(key)?.amountMinor ?? 0) }))
    .filter(({ amountMinor }) => amountMinor !== 0);
}
