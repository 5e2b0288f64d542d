import type { KnownEvent } from '../../events/catalogue.ts';
import type { Event } from '../../events/envelope.ts';
import { readEvent } from '../../events/read-event.ts';
import { base64urlToBytes } from '../../lib/bytes.ts';
import { recoveredRun } from '../../sync/recovery.ts';
import { eventsAfter, type Fold, rowsOf, together } from '../ask.ts';
import { checkChanges, storableText } from '../check-change.ts';
import { projectEvent } from '../project.ts';
import type { Row, RowChange } from '../row-change.ts';
import type { TableName } from '../tables.ts';
import { cellsOfChange, type RefoldDeps, type Refolder } from './refolder.ts';

/** What a fact counts in as money. Its tickets and the places it took are not among them: they count at once (X4). */
const MONEY_TABLES: readonly TableName[] = ['sales', 'sales_totals', 'payment_totals', 'shift_totals'];

type MoneyEvent = Extract<KnownEvent, { readonly type: 'SaleCompleted' | 'CashMoved' }>;

/** A fact and the past that it is of: empty for what stands in its stream (E6). */
interface PlacedMoney {
  readonly event: MoneyEvent;
  readonly fork: string;
}

/**
 * X4: money that a kiosk recorded after it was revoked, and that no person has accepted. Every fact is counted as it
 * comes; the ones of this table are then taken out again, so it makes no odds whether the fact, the revocation or the
 * decision is heard of first.
 */
export const withheldRefolder: Refolder = {
  table: 'withheld_facts',
  key: ['park', 'node', 'epoch'],

  touched: {
    kiosk_revocations: incarnationTouched,
    fact_decisions: incarnationTouched,
    withheld_facts: ifRevoked,
    recovered_events: ifRevoked,
  },

  *rows(key, deps) {
    const decided = yield* rowsOf('fact_decisions', key);
    const accepted = new Set(decided.flatMap((row) => (Number(row['accepted']) === 1 ? [Number(row['seq'])] : [])));
    const facts = yield* moneyAfterRevocation(key, deps);
    return facts.filter(({ event }) => !accepted.has(event.seq)).map((fact) => rowOf(key, fact));
  },

  *follow({ key, rows, removed, added }, deps) {
    // A fact that waits no more may be dated before the revocation, where another one's word holds now.
    const known = removed.length > 0 ? yield* moneyAfter(key, '', deps) : yield* moneyAfterRevocation(key, deps);
    const facts = new Map(known.map((fact) => [nameOf(rowOf(key, fact)), fact]));
    const eventsOf = (some: readonly Row[]): readonly MoneyEvent[] =>
      some.flatMap((row) => (facts.get(nameOf(row)) ?? inAnotherFork(key, known, row))?.event ?? []);
    // A fact whose fork has another name now is in both, and stays out.
    const [counted, left, waiting] = [eventsOf(removed), eventsOf(added), eventsOf(rows)];
    return [
      ...counted.filter((event) => !left.includes(event)).flatMap(moneyChanges),
      ...left
        .filter((event) => !counted.includes(event))
        .flatMap(moneyChanges)
        .flatMap(undone),
      // Of every fact that waits, not of those alone that are new here: its sale may come in after it was seen to wait, by
      // a log that is folded anew, or once more, by a stream that brings what was recovered before.
      ...(yield* salesTakenOut(waiting)),
    ];
  },
};

/** What the fact does to the tables of money. What of it was put aside is in none of them (S7). */
const moneyChanges = (event: MoneyEvent): readonly RowChange[] =>
  checkChanges(projectEvent(event)).changes.filter(({ table }) => MONEY_TABLES.includes(table));

const undone = (change: RowChange): readonly RowChange[] =>
  change.op === 'add' ? [{ ...change, deltas: negated(change.deltas) }] : [];

/** Takes back the rows of sales that are of these facts, and there now. */
function* salesTakenOut(events: readonly MoneyEvent[]): Fold<readonly RowChange[]> {
  const sales = events.filter((event) => event.type === 'SaleCompleted');
  const keyOf = ({ park, body }: (typeof sales)[number]): Row => ({ park, sale_id: body.saleId });
  const stored = yield* together(sales.map((event) => rowsOf('sales', keyOf(event))));
  return sales.flatMap((event, at): readonly RowChange[] => {
    const isOwn = stored[at]?.some((row) => isAt(row, event));
    return isOwn ? [{ op: 'remove', table: 'sales', key: keyOf(event) }] : [];
  });
}

const negated = (deltas: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(deltas).map(([column, delta]) => [column, -delta]));

const isAt = (row: Row, { node, epoch, seq }: Event): boolean =>
  row['node'] === node && Number(row['epoch']) === epoch && Number(row['seq']) === seq;

/** Every fact about money that a revoked incarnation dated after its revocation, wherever it was recorded. */
function* moneyAfterRevocation(key: Row, deps: RefoldDeps): Fold<readonly PlacedMoney[]> {
  const [revocation] = yield* rowsOf('kiosk_revocations', key);
  return revocation ? yield* moneyAfter(key, String(revocation['hlc']), deps) : [];
}

function* moneyAfter(key: Row, hlc: string, deps: RefoldDeps): Fold<readonly PlacedMoney[]> {
  const stream = { park: String(key['park']), node: String(key['node']), epoch: Number(key['epoch']) };
  const standing = yield* eventsAfter(stream, hlc);
  const known = new Set(standing.map((event) => event.hash));
  const facts = standing.flatMap((event) => placed(event, ''));
  for (const row of yield* rowsOf('recovered_events', key)) {
    if (!isMoneyType(row['type']) || known.has(String(row['hash']))) continue;
    const event = yield* recoveredEvent(row, stream.park, deps);
    if (event && event.hlc > hlc) facts.push(...placed(event, String(row['fork'])));
  }
  return facts;
}

function placed(event: Event, fork: string): readonly PlacedMoney[] {
  if (!isMoneyType(event.type)) return [];
  const read = readEvent(event);
  if (!read.ok) return []; // it is in quarantine, and in no sum
  const known = read.value;
  return known.type === 'SaleCompleted' || known.type === 'CashMoved' ? [{ event: known, fork }] : [];
}

/** The event that a row of `recovered_events` tells of, out of the `EventRecovered` that holds it. */
function* recoveredEvent(row: Row, park: string, { crypto }: RefoldDeps): Fold<Event | undefined> {
  const by = { park, node: String(row['by_node']), epoch: Number(row['by_epoch']) };
  const recorded = (yield* eventsAfter(by, '')).find(({ seq }) => seq === Number(row['by_seq']));
  if (!recorded) return undefined;
  const { node = null, epoch = null } = row;
  const key = (yield { ask: 'key', park, node: String(node), epoch: Number(epoch) }) as string | null;
  const run = recoveredRun(crypto, recorded, () => (key === null ? null : base64urlToBytes(key)));
  return run.ok ? run.value.events.find(({ hash }) => hash === row['hash']) : undefined;
}

const isMoneyType = (type: unknown): boolean => type === 'SaleCompleted' || type === 'CashMoved';

function rowOf(key: Row, { event, fork }: PlacedMoney): Row {
  const { seq, type, hlc, wallMs, actor, subject } = event;
  const money =
    event.type === 'SaleCompleted'
      ? { amount_minor: event.body.totalMinor, currency: event.body.currency }
      : { amount_minor: event.body.amountMinor, currency: '' };
  // A person has to see it whatever its author wrote there (X4), though no other row keeps such words.
  const words = { actor: storableText(actor), subject: storableText(subject) };
  return { ...key, seq, fork, type, hlc, wall_ms: wallMs, ...money, ...words };
}

const nameOf = (row: Row): string => `${row['seq']}~${row['fork']}`;

/** The fact of a row under the name that its fork has now. */
const inAnotherFork = (key: Row, facts: readonly PlacedMoney[], row: Row): PlacedMoney | undefined =>
  facts.find(({ event }) => {
    const cells = Object.entries(rowOf(key, { event, fork: String(row['fork']) }));
    return cells.every(([column, cell]) => row[column] === cell);
  });

function incarnationOf(change: RowChange): Row {
  const { park = null, node = null, epoch = null } = cellsOfChange(change);
  return { park, node, epoch };
}

// biome-ignore lint/correctness/useYield: the change names its incarnation
function* incarnationTouched(change: RowChange): Fold<readonly Row[]> {
  return [incarnationOf(change)];
}

/** A fact that came in, or that was recorded again; most incarnations are not revoked. */
function* ifRevoked(change: RowChange): Fold<readonly Row[]> {
  const key = incarnationOf(change);
  return (yield* rowsOf('kiosk_revocations', key)).length > 0 ? [key] : [];
}
