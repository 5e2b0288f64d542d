-- The read models (shared/src/read-models/tables.ts): the same names and columns as at the kiosk.

create table tickets (
  park text not null,
  ticket_id text not null,
  sale_id text,
  product_id text not null,
  party text not null,
  parks text not null,
  date text not null,
  slot text not null,
  issued_ms bigint not null,
  not_before_ms bigint not null,
  expires_ms bigint not null,
  kid text not null,
  flags bigint not null,
  node text not null,
  epoch bigint not null,
  seq bigint not null,
  primary key (park, ticket_id)
);

create table ticket_facts (
  park text not null,
  ticket_id text not null,
  node text not null,
  epoch bigint not null,
  seq bigint not null,
  kind text not null,
  hlc text not null,
  wall_ms bigint not null,
  trust text not null,
  gate_id text,
  people bigint,
  verdict text,
  original_node text,
  original_epoch bigint,
  original_seq bigint,
  business_date text,
  actor text not null,
  primary key (park, ticket_id, node, epoch, seq)
);

create table gate_totals (
  park text not null,
  business_date text not null,
  gate_id text not null,
  admitted bigint not null default 0,
  exited bigint not null default 0,
  unmatched bigint not null default 0,
  refused bigint not null default 0,
  primary key (park, business_date, gate_id)
);

create table gate_activity (
  park text not null,
  business_date text not null,
  gate_id text not null,
  bucket_ms bigint not null,
  admitted bigint not null default 0,
  exited bigint not null default 0,
  primary key (park, business_date, gate_id, bucket_ms)
);

create table refusals (
  park text not null,
  business_date text not null,
  gate_id text not null,
  reason text not null,
  count bigint not null default 0,
  primary key (park, business_date, gate_id, reason)
);

create table sales (
  park text not null,
  sale_id text not null,
  number text not null,
  shift_id text not null,
  node text not null,
  epoch bigint not null,
  seq bigint not null,
  business_date text not null,
  currency text not null,
  total_minor bigint not null,
  wall_ms bigint not null,
  actor text not null,
  lines text not null,
  primary key (park, sale_id)
);

create table sales_totals (
  park text not null,
  business_date text not null,
  product_id text not null,
  unit_id text not null,
  currency text not null,
  quantity bigint not null default 0,
  amount_minor bigint not null default 0,
  primary key (park, business_date, product_id, unit_id, currency)
);

create table payment_totals (
  park text not null,
  business_date text not null,
  method text not null,
  currency text not null,
  count bigint not null default 0,
  amount_minor bigint not null default 0,
  primary key (park, business_date, method, currency)
);

create table shifts (
  park text not null,
  shift_id text not null,
  number bigint not null,
  node text not null,
  epoch bigint not null,
  staff_id text not null,
  business_date text not null,
  currency text not null,
  float_minor bigint not null,
  opened_ms bigint not null,
  primary key (park, shift_id)
);

create table shift_totals (
  park text not null,
  shift_id text not null,
  sales_count bigint not null default 0,
  sales_minor bigint not null default 0,
  cash_minor bigint not null default 0,
  moved_minor bigint not null default 0,
  primary key (park, shift_id)
);

create table shift_closings (
  park text not null,
  shift_id text not null,
  closed_ms bigint not null,
  counted_minor bigint not null,
  expected_minor bigint not null,
  difference_minor bigint not null,
  sales_count bigint not null,
  reason text not null,
  denominations text not null,
  actor text not null,
  primary key (park, shift_id)
);

create table capacity (
  park text not null,
  date text not null,
  slot text not null,
  places bigint not null,
  change_order text not null,
  primary key (park, date, slot)
);

create table leases (
  park text not null,
  lease_id text not null,
  node text not null,
  epoch bigint not null,
  date text not null,
  slot text not null,
  places bigint not null,
  ends_hlc text not null,
  primary key (park, lease_id)
);

create table lease_use (
  park text not null,
  lease_id text not null,
  used bigint not null default 0,
  primary key (park, lease_id)
);

create table kiosks (
  park text not null,
  node text not null,
  epoch bigint not null,
  name text not null,
  role text not null,
  gate_id text not null,
  public_key text not null,
  key_id text not null,
  enrolled_ms bigint not null,
  primary key (park, node, epoch)
);

create table kiosk_revocations (
  park text not null,
  node text not null,
  epoch bigint not null,
  reason text not null,
  revoked_ms bigint not null,
  primary key (park, node, epoch)
);

create table signing_keys (
  park text not null,
  kid text not null,
  public_key text not null,
  holder text not null,
  holder_epoch bigint not null,
  parks text not null,
  not_before_ms bigint not null,
  not_after_ms bigint not null,
  primary key (park, kid)
);

create table signing_key_revocations (
  park text not null,
  kid text not null,
  holder_epoch bigint not null,
  last_seq bigint not null,
  reason text not null,
  revoked_ms bigint not null,
  primary key (park, kid)
);

create table document_changes (
  park text not null,
  document_id text not null,
  change_hash text not null,
  node text not null,
  epoch bigint not null,
  seq bigint not null,
  hlc text not null,
  wall_ms bigint not null,
  actor text not null,
  about text,
  change text not null,
  primary key (park, document_id, change_hash)
);

create index tickets_by_sale on tickets (park, sale_id);
create index sales_by_date on sales (park, business_date);
create index document_changes_by_order on document_changes (park, document_id, hlc, node, epoch, seq);

-- How far each park's events are in the read models; moves in the same transaction as they do.
create table projection_cursors (
  park text primary key references parks (park),
  position bigint not null
);

-- Events a read model could not take in (S7): stored and forwarded all the same.
create table quarantine (
  park text not null,
  read_model text not null,
  node text not null,
  epoch bigint not null,
  seq bigint not null,
  error text not null,
  primary key (park, read_model, node, epoch, seq)
);
