-- The read models (shared/src/read-models/tables.ts): the same names and columns as at the kiosk.

create table tickets (
  park text collate "C" not null,
  ticket_id text collate "C" not null,
  sale_id text collate "C",
  product_id text collate "C" not null,
  party text collate "C" not null,
  parks text collate "C" not null,
  date text collate "C" not null,
  slot text collate "C" not null,
  issued_ms bigint not null,
  not_before_ms bigint not null,
  expires_ms bigint not null,
  kid text collate "C" not null,
  flags bigint not null,
  node text collate "C" not null,
  epoch bigint not null,
  seq bigint not null,
  primary key (park, ticket_id)
);

create table ticket_facts (
  park text collate "C" not null,
  ticket_id text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  seq bigint not null,
  kind text collate "C" not null,
  hlc text collate "C" not null,
  wall_ms bigint not null,
  trust text collate "C" not null,
  gate_id text collate "C",
  people bigint,
  verdict text collate "C",
  original_node text collate "C",
  original_epoch bigint,
  original_seq bigint,
  business_date text collate "C",
  actor text collate "C" not null,
  primary key (park, ticket_id, node, epoch, seq)
);

create table gate_totals (
  park text collate "C" not null,
  business_date text collate "C" not null,
  gate_id text collate "C" not null,
  admitted bigint not null default 0,
  exited bigint not null default 0,
  unmatched bigint not null default 0,
  refused bigint not null default 0,
  primary key (park, business_date, gate_id)
);

create table gate_activity (
  park text collate "C" not null,
  business_date text collate "C" not null,
  gate_id text collate "C" not null,
  bucket_ms bigint not null,
  admitted bigint not null default 0,
  exited bigint not null default 0,
  primary key (park, business_date, gate_id, bucket_ms)
);

create table refusals (
  park text collate "C" not null,
  business_date text collate "C" not null,
  gate_id text collate "C" not null,
  reason text collate "C" not null,
  count bigint not null default 0,
  primary key (park, business_date, gate_id, reason)
);

create table sales (
  park text collate "C" not null,
  sale_id text collate "C" not null,
  number text collate "C" not null,
  shift_id text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  seq bigint not null,
  business_date text collate "C" not null,
  currency text collate "C" not null,
  total_minor bigint not null,
  wall_ms bigint not null,
  actor text collate "C" not null,
  lines text collate "C" not null,
  primary key (park, sale_id)
);

create table sales_totals (
  park text collate "C" not null,
  business_date text collate "C" not null,
  product_id text collate "C" not null,
  unit_id text collate "C" not null,
  currency text collate "C" not null,
  quantity bigint not null default 0,
  amount_minor bigint not null default 0,
  primary key (park, business_date, product_id, unit_id, currency)
);

create table payment_totals (
  park text collate "C" not null,
  business_date text collate "C" not null,
  method text collate "C" not null,
  currency text collate "C" not null,
  count bigint not null default 0,
  amount_minor bigint not null default 0,
  primary key (park, business_date, method, currency)
);

create table shifts (
  park text collate "C" not null,
  shift_id text collate "C" not null,
  number bigint not null,
  node text collate "C" not null,
  epoch bigint not null,
  staff_id text collate "C" not null,
  business_date text collate "C" not null,
  currency text collate "C" not null,
  float_minor bigint not null,
  opened_ms bigint not null,
  primary key (park, shift_id)
);

create table shift_totals (
  park text collate "C" not null,
  shift_id text collate "C" not null,
  sales_count bigint not null default 0,
  sales_minor bigint not null default 0,
  cash_minor bigint not null default 0,
  moved_minor bigint not null default 0,
  primary key (park, shift_id)
);

create table shift_closings (
  park text collate "C" not null,
  shift_id text collate "C" not null,
  closed_ms bigint not null,
  counted_minor bigint not null,
  expected_minor bigint not null,
  difference_minor bigint not null,
  sales_count bigint not null,
  reason text collate "C" not null,
  denominations text collate "C" not null,
  actor text collate "C" not null,
  primary key (park, shift_id)
);

create table capacity (
  park text collate "C" not null,
  date text collate "C" not null,
  slot text collate "C" not null,
  places bigint not null,
  change_order text collate "C" not null,
  primary key (park, date, slot)
);

create table leases (
  park text collate "C" not null,
  lease_id text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  date text collate "C" not null,
  slot text collate "C" not null,
  places bigint not null,
  ends_hlc text collate "C" not null,
  primary key (park, lease_id)
);

create table lease_use (
  park text collate "C" not null,
  lease_id text collate "C" not null,
  used bigint not null default 0,
  primary key (park, lease_id)
);

create table kiosks (
  park text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  name text collate "C" not null,
  role text collate "C" not null,
  gate_id text collate "C" not null,
  public_key text collate "C" not null,
  key_id text collate "C" not null,
  enrolled_ms bigint not null,
  primary key (park, node, epoch)
);

create table kiosk_revocations (
  park text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  reason text collate "C" not null,
  revoked_ms bigint not null,
  primary key (park, node, epoch)
);

create table signing_keys (
  park text collate "C" not null,
  kid text collate "C" not null,
  public_key text collate "C" not null,
  holder text collate "C" not null,
  holder_epoch bigint not null,
  parks text collate "C" not null,
  not_before_ms bigint not null,
  not_after_ms bigint not null,
  primary key (park, kid)
);

create table signing_key_revocations (
  park text collate "C" not null,
  kid text collate "C" not null,
  holder_epoch bigint not null,
  last_seq bigint not null,
  reason text collate "C" not null,
  revoked_ms bigint not null,
  primary key (park, kid)
);

create table document_changes (
  park text collate "C" not null,
  document_id text collate "C" not null,
  change_hash text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  seq bigint not null,
  hlc text collate "C" not null,
  wall_ms bigint not null,
  actor text collate "C" not null,
  about text collate "C",
  change text collate "C" not null,
  primary key (park, document_id, change_hash)
);

create index tickets_by_sale on tickets (park, sale_id);
create index sales_by_date on sales (park, business_date);
create index document_changes_by_order on document_changes (park, document_id, hlc, node, epoch, seq);

-- How far each park's events are in the read models; moves in the same transaction as they do.
create table projection_cursors (
  park text collate "C" primary key references parks (park),
  position bigint not null
);

-- Events a read model could not take in (S7): stored and forwarded all the same.
create table quarantine (
  park text collate "C" not null,
  read_model text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  seq bigint not null,
  error text collate "C" not null,
  primary key (park, read_model, node, epoch, seq)
);
