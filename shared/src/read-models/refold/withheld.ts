import type { KnownEvent } from '../../events/catalogue.ts';
import type { Event } from '../../events/envelope.ts';
import { readEvent } from '../../events/read-event.ts';
import { assert } from '../../lib/assert.ts';
import { base64urlToBytes } from '../../lib/bytes.ts';
import { recoveredRun } from '../../sync/recovery.ts';
import { eventsAfter, type Fold, rowsOf, together } from '../ask.ts';
import { checkChanges, storableText } from '../check-change.ts';
import { projectEvent } from '../project.ts';
import type { Row, RowChange } from '../row-change.ts';
import { columnsOf } from '../row-order.ts';
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
    const accepted = new Set(decided.flatMap((row) => (Number(row['accepted']) === 1 ? [row['hash']] : [])));
    const facts = yield* moneyAfterRevocation(key, deps);
    return facts.filter(({ event }) => !accepted.has(event.hash)).map((fact) => rowOf(key, fact));
  },

  *follow({ key, rows, removed, added }, deps) {
    const known = yield* moneyAfterRevocation(key, deps);
    const facts = new Map(known.map(({ event }) => [event.hash, event]));
    const eventsOf = (some: readonly Row[]): readonly MoneyEvent[] =>
      some.flatMap((row) => facts.get(String(row['hash'])) ?? []);
    // A fact whose fork has another name now is in both, and stays out.
    const [counted, left, waiting] = [eventsOf(removed), eventsOf(added), eventsOf(rows)];
    return [
      // Of every fact that waits, not of those alone that are new here: its sale may come in after it was seen to wait, by
      // a log that is folded anew, or once more, by a stream that brings what was recovered before.
      ...(yield* salesTakenOut(waiting)),
      ...counted.filter((event) => !left.includes(event)).flatMap(moneyChanges),
      ...left
        .filter((event) => !counted.includes(event))
        .flatMap(moneyChanges)
        .flatMap(undone),
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
  const sales = events.flatMap(moneyChanges).filter((change) => change.op === 'insert');
  const keyOf = ({ row }: (typeof sales)[number]): Row => ({
    park: row['park'] ?? null,
    sale_id: row['sale_id'] ?? null,
  });
  const stored = yield* together(sales.map((sale) => rowsOf('sales', keyOf(sale))));
  return sales.flatMap((sale, at): readonly RowChange[] => {
    const isThere = stored[at]?.some((row) => columnsOf('sales').every((column) => row[column] === sale.row[column]));
    return isThere ? [{ op: 'remove', table: 'sales', key: keyOf(sale) }] : [];
  });
}

const negated = (deltas: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(deltas).map(([column, delta]) => [column, -delta]));

/** Every fact about money that a revoked incarnation dated after its revocation, wherever it was recorded. */
function* moneyAfterRevocation(key: Row, deps: RefoldDeps): Fold<readonly PlacedMoney[]> {
  const [revocation] = yield* rowsOf('kiosk_revocations', key);
  if (!revocation) return [];
  const hlc = String(revocation['hlc']);
  const stream = { park: String(key['park']), node: String(key['node']), epoch: Number(key['epoch']) };
  const standing = yield* eventsAfter(stream, hlc);
  const known = new Set(standing.map((event) => event.hash));
  const recovered = (yield* rowsOf('recovered_events', key)).filter(
    (row) => isMoneyType(row['type']) && String(row['hlc']) > hlc && !known.has(String(row['hash'])),
  );
  const runs = Map.groupBy(recovered, (row) => `${row['by_node']}/${row['by_epoch']}/${row['by_seq']}`);
  const facts = yield* together([...runs.values()].map((rows) => recoveredFacts(rows, stream, deps)));
  return [...standing.flatMap((event) => placed(event, '')), ...facts.flat()];
}

function placed(event: Event, fork: string): readonly PlacedMoney[] {
  if (!isMoneyType(event.type)) return [];
  const read = readEvent(event);
  if (!read.ok) return []; // it is in quarantine, and in no sum
  const known = read.value;
  return known.type === 'SaleCompleted' || known.type === 'CashMoved' ? [{ event: known, fork }] : [];
}

/**
 * The events that rows of `recovered_events` tell of, out of the one `EventRecovered` that holds them. It was believed when
 * they were noted, and stays here while its facts may have to be put back (K4).
 * @param rows all of one `EventRecovered`
 */
function* recoveredFacts(
  rows: readonly Row[],
  stream: { readonly park: string; readonly node: string; readonly epoch: number },
  { crypto }: RefoldDeps,
): Fold<readonly PlacedMoney[]> {
  const [{ by_node: node = '', by_epoch: epoch = 0, by_seq: seq = 0 } = {}] = rows;
  const place = { park: stream.park, node: String(node), epoch: Number(epoch), seq: Number(seq) };
  const recorded = (yield { ask: 'event', ...place }) as Event | null;
  assert(recorded, `what ${place.node}/${place.epoch}/${place.seq} recorded again of a revoked kiosk is here`);
  const key = (yield { ask: 'key', ...stream }) as string | null;
  const run = recoveredRun(crypto, recorded, () => (key === null ? null : base64urlToBytes(key)));
  assert(run.ok, 'what was noted as recovered is believed');
  const events = new Map(run.value.events.map((event) => [event.hash, event]));
  return rows.flatMap((row) => {
    const event = events.get(String(row['hash']));
    return event ? placed(event, String(row['fork'])) : [];
  });
}

const isMoneyType = (type: unknown): boolean => type === 'SaleCompleted' || type === 'CashMoved';

function rowOf(key: Row, { event, fork }: PlacedMoney): Row {
  const { hash, seq, type, hlc, wallMs, actor, subject } = event;
  const money =
    event.type === 'SaleCompleted'
      ? { amount_minor: event.body.totalMinor, currency: event.body.currency }
      : { amount_minor: event.body.amountMinor, currency: '' };
  // A person has to see it whatever its author wrote there (X4), though no other row keeps such words.
  const words = { actor: storableText(actor), subject: storableText(subject) };
  return { ...key, hash, seq, fork, type, hlc, wall_ms: wallMs, ...money, ...words };
}

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
