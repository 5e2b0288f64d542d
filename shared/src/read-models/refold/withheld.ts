import type { KnownEvent } from '../../events/catalogue.ts';
import type { Event } from '../../events/envelope.ts';
import { readEvent } from '../../events/read-event.ts';
import { base64urlToBytes } from '../../lib/bytes.ts';
import { recoveredRun } from '../../sync/recovery.ts';
import { eventsAfter, type Fold, rowsOf } from '../ask.ts';
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
  after: ['kiosk_revocations', 'fact_decisions', 'sales', 'recovered_events', 'shift_totals'],

  *touched(change) {
    switch (change.table) {
      case 'kiosk_revocations':
      case 'fact_decisions':
        return [incarnationOf(change)];
      case 'sales':
      case 'recovered_events':
        // A sale that is taken out or put back by this very table names no incarnation.
        return change.op === 'insert' ? yield* ifRevoked(incarnationOf(change)) : [];
      case 'shift_totals':
        // Cash that was moved names the drawer, not who moved it.
        return isCashMoved(change) ? (yield* revocationsOf(change)).map(incarnationOfRow) : [];
      default:
        return [];
    }
  },

  *rows(key, deps) {
    const decided = yield* rowsOf('fact_decisions', key);
    const accepted = new Set(decided.flatMap((row) => (Number(row['accepted']) === 1 ? [Number(row['seq'])] : [])));
    const facts = yield* moneyAfterRevocation(key, deps);
    return facts.filter(({ event }) => !accepted.has(event.seq)).map((fact) => rowOf(key, fact));
  },

  *follow({ key, removed, added }, deps) {
    const facts = new Map((yield* moneyAfterRevocation(key, deps)).map((fact) => [nameOf(rowOf(key, fact)), fact]));
    const changes: RowChange[] = [];
    // Back in before out: a fact whose fork has another name now is in both.
    for (const row of removed) {
      const fact = facts.get(nameOf(row)) ?? byPlace(facts, row);
      if (fact) changes.push(...moneyChanges(fact.event));
    }
    for (const row of added) {
      const fact = facts.get(nameOf(row));
      if (fact) changes.push(...(yield* takenOut(fact.event)));
    }
    return changes;
  },
};

/** What the fact does to the tables of money. */
const moneyChanges = (event: MoneyEvent): readonly RowChange[] =>
  projectEvent(event).filter(({ table }) => MONEY_TABLES.includes(table));

/** The same, undone. A sale's row is taken back where it is this fact's own. */
function* takenOut(event: MoneyEvent): Fold<readonly RowChange[]> {
  const changes: RowChange[] = [];
  for (const change of moneyChanges(event)) {
    if (change.op === 'add') changes.push({ ...change, deltas: negated(change.deltas) });
    if (change.op !== 'insert') continue;
    const { park = null, sale_id = null } = change.row;
    const [stored] = yield* rowsOf('sales', { park, sale_id });
    const isOwn = stored && isAt(stored, event);
    if (isOwn) changes.push({ op: 'remove', table: change.table, key: { park, sale_id } });
  }
  return changes;
}

const negated = (deltas: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(deltas).map(([column, delta]) => [column, -delta]));

const isAt = (row: Row, { node, epoch, seq }: Event): boolean =>
  row['node'] === node && Number(row['epoch']) === epoch && Number(row['seq']) === seq;

/** Every fact about money that a revoked incarnation dated after its revocation, wherever it was recorded. */
function* moneyAfterRevocation(key: Row, deps: RefoldDeps): Fold<readonly PlacedMoney[]> {
  const [revocation] = yield* rowsOf('kiosk_revocations', key);
  if (!revocation) return [];
  const hlc = String(revocation['hlc']);
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
  return { ...key, seq, fork, type, hlc, wall_ms: wallMs, ...money, actor, subject };
}

const nameOf = (row: Row): string => `${row['seq']}~${row['fork']}`;

const byPlace = (facts: ReadonlyMap<string, PlacedMoney>, row: Row): PlacedMoney | undefined =>
  [...facts.values()].find(({ event }) => event.seq === Number(row['seq']) && event.hlc === row['hlc']);

const isCashMoved = (change: RowChange): boolean => change.op === 'add' && change.deltas['moved_minor'] !== undefined;

const incarnationOf = (change: RowChange): Row => incarnationOfRow(cellsOfChange(change));

const incarnationOfRow = ({ park = null, node = null, epoch = null }: Row): Row => ({ park, node, epoch });

function* ifRevoked(key: Row): Fold<readonly Row[]> {
  return (yield* rowsOf('kiosk_revocations', key)).length > 0 ? [key] : [];
}

function* revocationsOf(change: RowChange): Fold<readonly Row[]> {
  const { park = null } = cellsOfChange(change);
  return yield* rowsOf('kiosk_revocations', { park });
}
