import { ticketFactFromRow } from '../../domain/admission/known-rows.ts';
import { caseIdOf, foundCases } from '../../domain/case/fold.ts';
import { type Fold, rowsOf } from '../ask.ts';
import type { Row, RowChange } from '../row-change.ts';
import { cellsOfChange, type Refolder } from './refolder.ts';

/** Facts that can open, change or end a case. */
const KINDS: readonly unknown[] = ['admitted', 'annulled', 'voided', 'blocked'];

/** A ticket whose product nobody knows here admits once, and so does one whose product is gone (T3). */
const ENTRIES_UNKNOWN = 1;

/** T3, T5: the cases of a ticket, from all its facts and from how often its product may enter. */
export const casesRefolder: Refolder = {
  table: 'cases',
  key: ['park', 'ticket_id'],

  touched: {
    // biome-ignore lint/correctness/useYield: the change names its ticket
    *ticket_facts(change) {
      return isOfACase(change) ? [ticketOf(change)] : [];
    },
    *tickets(change) {
      // A ticket that was just sold has no facts yet: nothing to fold.
      const key = ticketOf(change);
      return (yield* rowsOf('ticket_facts', key)).length > 0 ? [key] : [];
    },
  },

  *rows(key, { crypto }) {
    const facts = (yield* rowsOf('ticket_facts', key)).map(ticketFactFromRow);
    if (!facts.some(({ kind }) => kind === 'admitted')) return [];
    // More entries allowed are fewer cases: where one entry leaves none, nobody has to ask for the limit.
    const byOne = foundCases(facts, ENTRIES_UNKNOWN);
    if (byOne.length === 0) return [];
    const ticketId = String(key['ticket_id']);
    const allowed = yield* entriesAllowed(key);
    const found = allowed === ENTRIES_UNKNOWN ? byOne : foundCases(facts, allowed);
    return found.map(
      ({ kind, admission }): Row => ({
        park: key['park'] ?? null,
        case_id: caseIdOf(crypto, ticketId, admission),
        ticket_id: ticketId,
        kind,
        node: admission.node,
        epoch: admission.epoch,
        seq: admission.seq,
        fork: admission.fork,
        hlc: admission.hlc,
        wall_ms: admission.wallMs,
        gate_id: admission.gateId,
        people: admission.people,
        business_date: admission.businessDate,
      }),
    );
  },
};

// A fact that is taken back names its place alone.
const isOfACase = (change: RowChange): boolean => change.op !== 'insert' || KINDS.includes(change.row['kind']);

function ticketOf(change: RowChange): Row {
  const { park = null, ticket_id = null } = cellsOfChange(change);
  return { park, ticket_id };
}

function* entriesAllowed(key: Row): Fold<number> {
  const [ticket] = yield* rowsOf('tickets', key);
  if (!ticket) return ENTRIES_UNKNOWN;
  const { park = null } = key;
  const { product_id = null } = ticket;
  const [limit] = yield* rowsOf('entry_limits', { park, product_id });
  return limit ? Number(limit['entries_allowed']) : ENTRIES_UNKNOWN;
}
