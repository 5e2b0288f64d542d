import { draft } from '@skygate/shared/events/catalogue';
import type { DecideFactsAnswer, DecideFactsBody } from '@skygate/shared/hq-api/revocation';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import type { Reader, Writer } from '../../db/database.ts';
import { refoldDueFacts } from '../../projections/refold-facts.ts';
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
 * With none named: all that wait. @throws Problem 404 for a fact that is none of the withheld
 */
export async function decideFacts(deps: HqDeps, ask: DecideAsk): Promise<DecideFactsAnswer> {
  // What has not been looked at yet counts still, and waits as much.
  await refoldDueFacts(deps, ask.park);
  const before = await moneyByDay(deps.database.reader, ask.park);
  let decided = 0;
  if (ask.hashes.length > 0) decided = await decideBatch(deps, ask, (tx) => named(tx, ask));
  else {
    let batch: number;
    do {
      batch = await decideBatch(deps, ask, (tx) => waiting(tx, ask));
      decided += batch;
    } while (batch === BATCH);
  }
  return { decided, restated: differences(before, await moneyByDay(deps.database.reader, ask.park)) };
}

/** A fact of an incarnation, and where it says that it is. */
interface FactName {
  readonly seq: number;
  readonly hash: string;
}

async function decideBatch(
  deps: HqDeps,
  { park, node, epoch, accepted, reason, actor }: DecideAsk,
  factsOf: (tx: Writer) => Promise<readonly FactName[]>,
): Promise<number> {
  let count = 0;
  await appendOrRefuse(deps, park, async (tx) => {
    const facts = await factsOf(tx);
    count = facts.length;
    const drafts = facts.map(({ seq, hash }) => {
      const original = { node: node as NodeId, epoch, seq, hash };
      return draft('FactDecided', `kiosk:${node}`, { original, accepted, reason }, { actor });
    });
    return { drafts };
  });
  return count;
}

const waiting = (tx: Writer, ask: DecideAsk): Promise<readonly FactName[]> => undecided(tx, ask).limit(BATCH).execute();

/** The facts that were named: each withheld now, or decided on before. @throws Problem 404 */
async function named(tx: Writer, { park, node, epoch, hashes }: DecideAsk): Promise<readonly FactName[]> {
  const known = new Map<string, FactName>();
  for (const table of ['withheld_facts', 'fact_decisions'] as const) {
    const rows = await tx
      .selectFrom(table)
      .select(['seq', 'hash'])
      .where('park', '=', park)
      .where('node', '=', node)
      .where('epoch', '=', epoch)
      .where('hash', 'in', [...hashes])
      .execute();
    for (const row of rows) known.set(row.hash, row);
  }
  const stranger = hashes.find((hash) => !known.has(hash));
  if (stranger !== undefined) {
    throw hqProblem('not_found', `body /hashes ${stranger} of ${node}/${epoch} does not wait for a decision.`);
  }
  return [...known.values()].toSorted((one, other) => one.seq - other.seq);
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
