/**
 * The read models of both databases: same names, same columns (the kiosk's tables hold one park, keyed alike).
 * `kind` says which row change a table takes. The SQL stands in migrations/; a test holds it against this list.
 */
interface Table {
  /** `folded`: rows that are made anew, key by key, from other tables (read-models/refold). No event writes them itself. */
  readonly kind: 'insert' | 'add' | 'latest' | 'folded';
  readonly key: readonly string[];
  readonly columns: readonly string[];
}

export const TABLES = {
  /** `forked` is 1 where it is known from a fork alone (E6): a row that stands in its stream comes before such. */
  tickets: {
    kind: 'insert',
    key: ['park', 'ticket_id'],
    columns: [
      'forked',
      'sale_id',
      'product_id',
      'party',
      'parks',
      'date',
      'slot',
      'issued_ms',
      'not_before_ms',
      'expires_ms',
      'kid',
      'flags',
      'node',
      'epoch',
      'seq',
    ],
  },
  /**
   * What happened to a ticket, one row an event; folded by (hlc, node, epoch, seq) when the ticket is looked at.
   * `fork` is empty for what stands in its stream, and names the past of a recovered event (E6).
   */
  ticket_facts: {
    kind: 'insert',
    key: ['park', 'ticket_id', 'node', 'epoch', 'seq', 'fork'],
    columns: [
      'kind',
      'hlc',
      'wall_ms',
      'trust',
      'gate_id',
      'people',
      'verdict',
      'original_node',
      'original_epoch',
      'original_seq',
      'original_fork',
      'business_date',
      'actor',
    ],
  },
  gate_totals: {
    kind: 'add',
    key: ['park', 'business_date', 'gate_id'],
    columns: ['admitted', 'exited', 'unmatched', 'refused'],
  },
  /** Entries and exits in buckets of five minutes. */
  gate_activity: {
    kind: 'add',
    key: ['park', 'business_date', 'gate_id', 'bucket_ms'],
    columns: ['admitted', 'exited'],
  },
  refusals: { kind: 'add', key: ['park', 'business_date', 'gate_id', 'reason'], columns: ['count'] },
  sales: {
    kind: 'insert',
    key: ['park', 'sale_id'],
    columns: [
      'number',
      'shift_id',
      'node',
      'epoch',
      'seq',
      'business_date',
      'currency',
      'total_minor',
      'wall_ms',
      'actor',
      'lines',
    ],
  },
  sales_totals: {
    kind: 'add',
    key: ['park', 'business_date', 'product_id', 'unit_id', 'currency'],
    columns: ['quantity', 'amount_minor'],
  },
  payment_totals: {
    kind: 'add',
    key: ['park', 'business_date', 'method', 'currency'],
    columns: ['count', 'amount_minor'],
  },
  shifts: {
    kind: 'insert',
    key: ['park', 'shift_id'],
    columns: ['number', 'node', 'epoch', 'staff_id', 'business_date', 'currency', 'float_minor', 'opened_ms'],
  },
  shift_totals: {
    kind: 'add',
    key: ['park', 'shift_id'],
    columns: ['sales_count', 'sales_minor', 'cash_minor', 'moved_minor'],
  },
  shift_closings: {
    kind: 'insert',
    key: ['park', 'shift_id'],
    columns: [
      'closed_ms',
      'counted_minor',
      'expected_minor',
      'difference_minor',
      'sales_count',
      'reason',
      'denominations',
      'actor',
    ],
  },
  capacity: { kind: 'latest', key: ['park', 'date', 'slot'], columns: ['places'] },
  leases: {
    kind: 'insert',
    /** With its giver (C4; empty and 0 if HQ lent it): who names a lease that is there cannot take its place. */
    key: ['park', 'lease_id', 'from_node', 'from_epoch'],
    columns: ['node', 'epoch', 'date', 'slot', 'places', 'ends_hlc', 'from_lease'],
  },
  /** By who wrote it: only what a lease's own holder says of it counts (C1). */
  lease_use: {
    kind: 'add',
    key: ['park', 'lease_id', 'node', 'epoch'],
    columns: ['used', 'returned', 'given'],
  },
  capacity_overrides: {
    kind: 'insert',
    key: ['park', 'node', 'epoch', 'seq', 'fork'],
    columns: ['kind', 'date', 'slot', 'places', 'lease_id', 'reason', 'actor', 'wall_ms'],
  },
  bookings: {
    kind: 'insert',
    key: ['park', 'booking_id'],
    columns: ['channel', 'lines', 'expires_ms', 'held_ms', 'actor'],
  },
  /** What became of a booking: `confirmed`, `cancelled`, `expired`; folded when it is looked at. */
  booking_ends: {
    kind: 'insert',
    key: ['park', 'booking_id', 'kind'],
    columns: ['reason', 'wall_ms', 'actor'],
  },
  kiosks: {
    kind: 'insert',
    key: ['park', 'node', 'epoch'],
    columns: ['name', 'role', 'gate_id', 'public_key', 'key_id', 'enrolled_ms'],
  },
  /** Revoked again by HQ that had lost that it was (E8), a kiosk is revoked since the first time: the smaller row stands. */
  kiosk_revocations: { kind: 'insert', key: ['park', 'node', 'epoch'], columns: ['hlc', 'revoked_ms', 'reason'] },
  epoch_closings: {
    kind: 'insert',
    key: ['park', 'node', 'epoch'],
    columns: ['last_seq', 'last_hash', 'reason', 'closed_ms'],
  },
  clock_confirmations: {
    kind: 'insert',
    key: ['park', 'node', 'epoch', 'seq', 'fork'],
    columns: ['confirmed_ms', 'offset_ms', 'wall_ms', 'actor'],
  },
  /** Events that were recorded again (E6), by their own hash: each counts once. */
  recovered_events: {
    kind: 'insert',
    key: ['park', 'hash'],
    columns: ['node', 'epoch', 'seq', 'fork', 'type', 'hlc', 'by_node', 'by_epoch', 'by_seq'],
  },
  /** What a person decided on facts of after a revocation (X4), by the fact's own hash: its place may have two pasts. */
  fact_decisions: {
    kind: 'latest',
    key: ['park', 'node', 'epoch', 'hash'],
    columns: ['seq', 'accepted', 'reason', 'actor', 'decided_ms'],
  },
  /** Facts that stay out of money until a person accepts them (X4): folded from the log, the revocations and decisions. */
  withheld_facts: {
    kind: 'folded',
    key: ['park', 'node', 'epoch', 'hash'],
    columns: ['seq', 'fork', 'type', 'hlc', 'wall_ms', 'amount_minor', 'currency', 'actor', 'subject'],
  },
  /** More people let in than a ticket allows, or after its void (T3, T5): folded from the ticket's facts. */
  cases: {
    kind: 'folded',
    key: ['park', 'case_id'],
    columns: [
      'ticket_id',
      'kind',
      'node',
      'epoch',
      'seq',
      'fork',
      'hlc',
      'wall_ms',
      'gate_id',
      'people',
      'business_date',
    ],
  },
  /** How often a product's tickets may enter: folded from the catalogue in use. Without a row: once. */
  entry_limits: { kind: 'folded', key: ['park', 'product_id'], columns: ['entries_allowed'] },
  case_closings: {
    kind: 'insert',
    key: ['park', 'case_id'],
    columns: ['ticket_id', 'outcome', 'reason', 'actor', 'closed_ms'],
  },
  /** What HQ erased of what people typed (E5), by its name. Whoever stores a text looks here first. */
  erased_texts: { kind: 'insert', key: ['park', 'name'], columns: ['why', 'actor', 'erased_ms'] },
  signing_keys: {
    kind: 'insert',
    key: ['park', 'kid'],
    columns: ['public_key', 'holder', 'holder_epoch', 'parks', 'not_before_ms', 'not_after_ms'],
  },
  signing_key_revocations: {
    kind: 'insert',
    key: ['park', 'kid'],
    columns: ['holder_epoch', 'last_seq', 'reason', 'revoked_ms'],
  },
  /** Every document change, in any order: the material of the documents and of their history. */
  document_changes: {
    kind: 'insert',
    key: ['park', 'document_id', 'change_hash'],
    columns: ['node', 'epoch', 'seq', 'hlc', 'wall_ms', 'actor', 'about', 'change', 'generation'],
  },
  /** The state of each generation of a document that HQ validated; gates use the newest generation's (D1). */
  document_publications: {
    kind: 'latest',
    key: ['park', 'document_id', 'generation'],
    columns: ['heads', 'state_hash', 'changes', 'published_ms', 'actor'],
  },
} as const satisfies Readonly<Record<string, Table>>;

export type TableName = keyof typeof TABLES;

/** Column added to every `latest` table: the order of the change that holds. */
export const ORDER_COLUMN = 'change_order';
