-- The read models of shared/src/read-models/tables.ts. Clustered by key: every question a scan asks is one range of one table.

CREATE TABLE tickets (
  park TEXT NOT NULL,
  ticket_id TEXT NOT NULL,
  sale_id TEXT,
  product_id TEXT NOT NULL,
  party TEXT NOT NULL,
  parks TEXT NOT NULL,
  date TEXT NOT NULL,
  slot TEXT NOT NULL,
  issued_ms INTEGER NOT NULL,
  not_before_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  kid TEXT NOT NULL,
  flags INTEGER NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (park, ticket_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE ticket_facts (
  park TEXT NOT NULL,
  ticket_id TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  hlc TEXT NOT NULL,
  wall_ms INTEGER NOT NULL,
  trust TEXT NOT NULL,
  gate_id TEXT,
  people INTEGER,
  verdict TEXT,
  original_node TEXT,
  original_epoch INTEGER,
  original_seq INTEGER,
  business_date TEXT,
  actor TEXT NOT NULL,
  PRIMARY KEY (park, ticket_id, node, epoch, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE gate_totals (
  park TEXT NOT NULL,
  business_date TEXT NOT NULL,
  gate_id TEXT NOT NULL,
  admitted INTEGER NOT NULL DEFAULT 0,
  exited INTEGER NOT NULL DEFAULT 0,
  unmatched INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (park, business_date, gate_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE gate_activity (
  park TEXT NOT NULL,
  business_date TEXT NOT NULL,
  gate_id TEXT NOT NULL,
  bucket_ms INTEGER NOT NULL,
  admitted INTEGER NOT NULL DEFAULT 0,
  exited INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (park, business_date, gate_id, bucket_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE refusals (
  park TEXT NOT NULL,
  business_date TEXT NOT NULL,
  gate_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  count INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (park, business_date, gate_id, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE sales (
  park TEXT NOT NULL,
  sale_id TEXT NOT NULL,
  number TEXT NOT NULL,
  shift_id TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  business_date TEXT NOT NULL,
  currency TEXT NOT NULL,
  total_minor INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  lines TEXT NOT NULL,
  PRIMARY KEY (park, sale_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sales_totals (
  park TEXT NOT NULL,
  business_date TEXT NOT NULL,
  product_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  currency TEXT NOT NULL,
  quantity INTEGER NOT NULL DEFAULT 0,
  amount_minor INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (park, business_date, product_id, unit_id, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE payment_totals (
  park TEXT NOT NULL,
  business_date TEXT NOT NULL,
  method TEXT NOT NULL,
  currency TEXT NOT NULL,
  count INTEGER NOT NULL DEFAULT 0,
  amount_minor INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (park, business_date, method, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE shifts (
  park TEXT NOT NULL,
  shift_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  staff_id TEXT NOT NULL,
  business_date TEXT NOT NULL,
  currency TEXT NOT NULL,
  float_minor INTEGER NOT NULL,
  opened_ms INTEGER NOT NULL,
  PRIMARY KEY (park, shift_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE shift_totals (
  park TEXT NOT NULL,
  shift_id TEXT NOT NULL,
  sales_count INTEGER NOT NULL DEFAULT 0,
  sales_minor INTEGER NOT NULL DEFAULT 0,
  cash_minor INTEGER NOT NULL DEFAULT 0,
  moved_minor INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (park, shift_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE shift_closings (
  park TEXT NOT NULL,
  shift_id TEXT NOT NULL,
  closed_ms INTEGER NOT NULL,
  counted_minor INTEGER NOT NULL,
  expected_minor INTEGER NOT NULL,
  difference_minor INTEGER NOT NULL,
  sales_count INTEGER NOT NULL,
  reason TEXT NOT NULL,
  denominations TEXT NOT NULL,
  actor TEXT NOT NULL,
  PRIMARY KEY (park, shift_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE capacity (
  park TEXT NOT NULL,
  date TEXT NOT NULL,
  slot TEXT NOT NULL,
  places INTEGER NOT NULL,
  change_order TEXT NOT NULL,
  PRIMARY KEY (park, date, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
  park TEXT NOT NULL,
  lease_id TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  date TEXT NOT NULL,
  slot TEXT NOT NULL,
  places INTEGER NOT NULL,
  ends_hlc TEXT NOT NULL,
  PRIMARY KEY (park, lease_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE lease_use (
  park TEXT NOT NULL,
  lease_id TEXT NOT NULL,
  used INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (park, lease_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE kiosks (
  park TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  gate_id TEXT NOT NULL,
  public_key TEXT NOT NULL,
  key_id TEXT NOT NULL,
  enrolled_ms INTEGER NOT NULL,
  PRIMARY KEY (park, node, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE kiosk_revocations (
  park TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  reason TEXT NOT NULL,
  revoked_ms INTEGER NOT NULL,
  PRIMARY KEY (park, node, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE signing_keys (
  park TEXT NOT NULL,
  kid TEXT NOT NULL,
  public_key TEXT NOT NULL,
  holder TEXT NOT NULL,
  holder_epoch INTEGER NOT NULL,
  parks TEXT NOT NULL,
  not_before_ms INTEGER NOT NULL,
  not_after_ms INTEGER NOT NULL,
  PRIMARY KEY (park, kid)
) STRICT, WITHOUT ROWID;

CREATE TABLE signing_key_revocations (
  park TEXT NOT NULL,
  kid TEXT NOT NULL,
  holder_epoch INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  reason TEXT NOT NULL,
  revoked_ms INTEGER NOT NULL,
  PRIMARY KEY (park, kid)
) STRICT, WITHOUT ROWID;

CREATE TABLE document_changes (
  park TEXT NOT NULL,
  document_id TEXT NOT NULL,
  change_hash TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  hlc TEXT NOT NULL,
  wall_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  about TEXT,
  change TEXT NOT NULL,
  PRIMARY KEY (park, document_id, change_hash)
) STRICT, WITHOUT ROWID;
-- People read out the last six characters of a ticket's number.
CREATE INDEX tickets_by_ending ON tickets (park, substr(ticket_id, -6));
CREATE INDEX leases_by_date ON leases (park, node, epoch, date, slot);
CREATE INDEX shifts_by_node ON shifts (park, node, epoch, number);
-- The newest sales of a till: its list, and the number of its next one. An index costs each sale a page more to write.
CREATE INDEX sales_by_node ON sales (park, node, epoch, seq);
-- Today's admissions that other gates could not be asked about, for the occupancy's uncertainty (T4).
CREATE INDEX ticket_facts_provisional ON ticket_facts (park, business_date, people)
  WHERE kind = 'admitted' AND verdict = 'provisional';
CREATE INDEX ticket_facts_annulled ON ticket_facts (park, business_date, original_node, original_epoch, original_seq)
  WHERE kind = 'annulled';
