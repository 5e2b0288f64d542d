import type { KnownEvent } from '../../events/catalogue.ts';
import type { Event } from '../../events/envelope.ts';
import { readEvent } from '../../events/read-event.ts';
import { assert } from '../../lib/assert.ts';
import { eventWithin } from '../../sync/recovery.ts';
import { type Fold, rowsOf } from '../ask.ts';
import { checkChanges, storableText } from '../check-change.ts';
import { projectEvent } from '../project.ts';
import type { Row, RowChange } from '../row-change.ts';
import { columnsOf } from '../row-order.ts';
import type { TableName } from '../tables.ts';
import { BEFORE_ALL, FACTS_AT_ONCE, incarnationOfRow, isMoneyType, lateFacts, streamOfRow } from './late-facts.ts';
import { cellsOfChange, type Refolder } from './refolder.ts';

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
  // Fact by fact: a kiosk that goes on writing after its revocation makes none of the others be looked at again.
  key: ['park', 'node', 'epoch', 'hash', 'seq'],

  touched: {
    kiosk_revocations: firstFacts,
    // biome-ignore lint/correctness/useYield: the decision names its fact
    *fact_decisions(change) {
      return change.op === 'latest' ? [{ ...change.key, seq: change.values['seq'] ?? null }] : [];
    },
    withheld_facts: ifRevoked,
    *recovered_events(change) {
      const { type } = cellsOfChange(change);
      return isMoneyType(type) ? yield* ifRevoked(change) : [];
    },
  },

  *rows(key) {
    const [decision] = yield* rowsOf('fact_decisions', key);
    if (Number(decision?.['accepted'] ?? 0) === 1) return [];
    const fact = yield* lateFact(key);
    return fact ? [rowOf(key, fact)] : [];
  },

  *follow({ key, rows, removed, added }) {
    const fact = yield* lateFact(key);
    if (!fact) return [];
    // It may wait, and its sale may have come in after that was seen: by a log that is folded anew, or once more, by a stream
    // that brings what was recovered before.
    const taken = rows.length > 0 ? yield* saleTakenOut(fact.event) : [];
    // A fact whose fork has another name now is in both, and stays out.
    if (removed.length > 0 && added.length === 0) return [...taken, ...moneyChanges(fact.event)];
    if (added.length > 0 && removed.length === 0) return [...taken, ...moneyChanges(fact.event).flatMap(undone)];
    return taken;
  },
};

/** What the fact does to the tables of money. What of it was put aside is in none of them (S7). */
const moneyChanges = (event: MoneyEvent): readonly RowChange[] =>
  checkChanges(projectEvent(event)).changes.filter(({ table }) => MONEY_TABLES.includes(table));

const undone = (change: RowChange): readonly RowChange[] =>
  change.op === 'add' ? [{ ...change, deltas: negated(change.deltas) }] : [];

/** Takes back the row of a sale that is of this fact, and there now. */
function* saleTakenOut(event: MoneyEvent): Fold<readonly RowChange[]> {
  const sale = moneyChanges(event).find((change) => change.op === 'insert');
  if (!sale) return [];
  const key: Row = { park: sale.row['park'] ?? null, sale_id: sale.row['sale_id'] ?? null };
  const stored = yield* rowsOf('sales', key);
  const isThere = stored.some((row) => columnsOf('sales').every((column) => row[column] === sale.row[column]));
  return isThere ? [{ op: 'remove', table: 'sales', key }] : [];
}

const negated = (deltas: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(deltas).map(([column, delta]) => [column, -delta]));

/** A fact about money that a revoked incarnation dated after its revocation, wherever it was recorded. */
function* lateFact(key: Row): Fold<PlacedMoney | null> {
  const [revocation] = yield* rowsOf('kiosk_revocations', incarnationOfRow(key));
  if (!revocation) return null;
  const fact = (yield* standingFact(key)) ?? (yield* recoveredFact(key));
  return fact && fact.event.hlc > String(revocation['hlc']) ? fact : null;
}

function* standingFact(key: Row): Fold<PlacedMoney | null> {
  const event = (yield { ask: 'event', ...streamOfRow(key), seq: Number(key['seq']) }) as Event | null;
  return event !== null && event.hash === key['hash'] ? placed(event, '') : null;
}

/**
 * What a row of `recovered_events` tells of, out of the `EventRecovered` that holds it. That was believed when it was noted,
 * and stays here while its facts may have to be put back (K4).
 */
function* recoveredFact({ park = null, hash = null }: Row): Fold<PlacedMoney | null> {
  const [row] = yield* rowsOf('recovered_events', { park, hash });
  if (!row || !isMoneyType(row['type'])) return null;
  const by = { node: String(row['by_node']), epoch: Number(row['by_epoch']), seq: Number(row['by_seq']) };
  const recorded = (yield { ask: 'event', park: String(park), ...by }) as Event | null;
  assert(recorded, `what ${by.node}/${by.epoch}/${by.seq} recorded again of a revoked kiosk is here`);
  const event = eventWithin(recorded, { seq: Number(row['seq']), hash: String(hash) });
  return event && placed(event, String(row['fork']));
}

function placed(event: Event, fork: string): PlacedMoney | null {
  if (!isMoneyType(event.type)) return null;
  const read = readEvent(event);
  if (!read.ok) return null; // it is in quarantine, and in no sum
  const known = read.value;
  return known.type === 'SaleCompleted' || known.type === 'CashMoved' ? { event: known, fork } : null;
}

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

/**
 * The first of all that may wait by a revocation; the others are noted, to be looked at some at a time: there may be any
 * number. What waits already stays so: a kiosk is revoked since the first of its revocations (E8).
 */
function* firstFacts(change: RowChange): Fold<readonly Row[]> {
  const key = incarnationOfRow(cellsOfChange(change));
  const { places, next } = yield* lateFacts(key, BEFORE_ALL, FACTS_AT_ONCE);
  if (next) yield { ask: 'later', ...streamOfRow(key), after: { seq: next.seq, hash: next.hash } };
  return places.map(({ seq, hash }) => ({ ...key, hash, seq }));
}

/** A fact that came in, or that was recorded again; most incarnations are not revoked. */
function* ifRevoked(change: RowChange): Fold<readonly Row[]> {
  const { hash = null, seq = null, ...cells } = cellsOfChange(change);
  const key = incarnationOfRow(cells);
  return (yield* rowsOf('kiosk_revocations', key)).length > 0 ? [{ ...key, hash, seq }] : [];
}
