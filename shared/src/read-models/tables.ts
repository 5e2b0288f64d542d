/**
 * The read models of both databases: same names, same columns (the kiosk's tables hold one park, keyed alike).
 * `kind` says which row change a table takes. The SQL stands in migrations/; a test holds it against this list.
 */
interface Table {
  readonly kind: 'insert' | 'add' | 'latest';
  readonly key: readonly string[];
  readonly columns: readonly string[];
}

export const TABLES = {
  tickets: {
    kind: 'insert',
    key: ['park', 'ticket_id'],
    columns: [
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
  /** What happened to a ticket, one row an event; folded by (hlc, node, epoch, seq) when the ticket is looked at. */
  ticket_facts: {
    kind: 'insert',
    key: ['park', 'ticket_id', 'node', 'epoch', 'seq'],
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
    key: ['park', 'lease_id'],
    columns: ['node', 'epoch', 'date', 'slot', 'places', 'ends_hlc'],
  },
  lease_use: { kind: 'add', key: ['park', 'lease_id'], columns: ['used'] },
  kiosks: {
    kind: 'insert',
    key: ['park', 'node', 'epoch'],
    columns: ['name', 'role', 'gate_id', 'public_key', 'key_id', 'enrolled_ms'],
  },
  kiosk_revocations: { kind: 'insert', key: ['park', 'node', 'epoch'], columns: ['reason', 'revoked_ms'] },
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
    columns: ['node', 'epoch', 'seq', 'hlc', 'wall_ms', 'actor', 'about', 'change'],
  },
} as const satisfies Readonly<Record<string, Table>>;

export type TableName = keyof typeof TABLES;

/** Column added to every `latest` table: the order of the change that holds. */
export const ORDER_COLUMN = 'change_order';
