-- What recovery, leases, bookings, cases, revocation, the clock and published documents keep in the read models.

-- Empty for what stands in its stream; names the past of a recovered event (E6).
alter table ticket_facts add column fork text collate "C" not null default '';
alter table ticket_facts alter column fork drop default;
alter table ticket_facts add column original_fork text collate "C";
update ticket_facts set original_fork = '' where original_node is not null;
alter table ticket_facts drop constraint ticket_facts_pkey;
alter table ticket_facts add primary key (park, ticket_id, node, epoch, seq, fork);

-- The lease it was given from (null if HQ lent it) and by whom (C4; empty and 0 if HQ lent it).
alter table leases add column from_lease text collate "C";
alter table leases add column from_node text collate "C" not null default '';
alter table leases add column from_epoch bigint not null default 0;
alter table leases alter column from_node drop default;
alter table leases alter column from_epoch drop default;
alter table leases drop constraint leases_pkey;
alter table leases add primary key (park, lease_id, from_node, from_epoch);

-- Whose word it is: only the holder's own counts (C1).
alter table lease_use add column node text collate "C";
alter table lease_use add column epoch bigint;
alter table lease_use add column returned bigint not null default 0;
alter table lease_use add column given bigint not null default 0;
update lease_use u set node = l.node, epoch = l.epoch from leases l where l.park = u.park and l.lease_id = u.lease_id;
delete from lease_use where node is null;
alter table lease_use alter column node set not null;
alter table lease_use alter column epoch set not null;
alter table lease_use drop constraint lease_use_pkey;
alter table lease_use add primary key (park, lease_id, node, epoch);

alter table document_changes add column generation bigint not null default 1;
alter table document_changes alter column generation drop default;

create table capacity_overrides (
  park text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  seq bigint not null,
  fork text collate "C" not null,
  kind text collate "C" not null,
  date text collate "C",
  slot text collate "C",
  places bigint not null,
  lease_id text collate "C",
  reason text collate "C" not null,
  actor text collate "C" not null,
  wall_ms bigint not null,
  primary key (park, node, epoch, seq, fork)
);

create table bookings (
  park text collate "C" not null,
  booking_id text collate "C" not null,
  channel text collate "C" not null,
  lines text collate "C" not null,
  expires_ms bigint not null,
  held_ms bigint not null,
  actor text collate "C" not null,
  primary key (park, booking_id)
);

create table booking_ends (
  park text collate "C" not null,
  booking_id text collate "C" not null,
  kind text collate "C" not null,
  reason text collate "C",
  wall_ms bigint not null,
  actor text collate "C" not null,
  primary key (park, booking_id, kind)
);

create table epoch_closings (
  park text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  last_seq bigint not null,
  last_hash text collate "C" not null,
  reason text collate "C" not null,
  closed_ms bigint not null,
  primary key (park, node, epoch)
);

create table clock_confirmations (
  park text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  seq bigint not null,
  fork text collate "C" not null,
  confirmed_ms bigint not null,
  offset_ms bigint not null,
  wall_ms bigint not null,
  actor text collate "C" not null,
  primary key (park, node, epoch, seq, fork)
);

-- By the event's own hash: each counts once, however often it is recorded again (E6).
create table recovered_events (
  park text collate "C" not null,
  hash text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  seq bigint not null,
  fork text collate "C" not null,
  type text collate "C" not null,
  hlc text collate "C" not null,
  by_node text collate "C" not null,
  by_epoch bigint not null,
  by_seq bigint not null,
  primary key (park, hash)
);
create index recovered_events_of on recovered_events (park, node, epoch, seq);

-- By the event's own hash: of one place there may be several pasts (E6).
create table fact_decisions (
  park text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  hash text collate "C" not null,
  seq bigint not null,
  accepted bigint not null,
  reason text collate "C" not null,
  actor text collate "C" not null,
  decided_ms bigint not null,
  change_order text collate "C" not null,
  primary key (park, node, epoch, hash)
);

-- What stays out of money until a person accepts it (X4); made anew, stream by stream, from the log.
create table withheld_facts (
  park text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  hash text collate "C" not null,
  seq bigint not null,
  fork text collate "C" not null,
  type text collate "C" not null,
  hlc text collate "C" not null,
  wall_ms bigint not null,
  amount_minor bigint not null,
  currency text collate "C" not null,
  actor text collate "C" not null,
  subject text collate "C" not null,
  primary key (park, node, epoch, hash)
);

-- Contested admissions and admissions after a void (T3, T5); made anew, ticket by ticket, from its facts.
create table cases (
  park text collate "C" not null,
  case_id text collate "C" not null,
  ticket_id text collate "C" not null,
  kind text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  seq bigint not null,
  fork text collate "C" not null,
  hlc text collate "C" not null,
  wall_ms bigint not null,
  gate_id text collate "C" not null,
  people bigint not null,
  business_date text collate "C" not null,
  primary key (park, case_id)
);

create table case_closings (
  park text collate "C" not null,
  case_id text collate "C" not null,
  ticket_id text collate "C" not null,
  outcome text collate "C" not null,
  reason text collate "C" not null,
  actor text collate "C" not null,
  closed_ms bigint not null,
  primary key (park, case_id)
);

create table document_publications (
  park text collate "C" not null,
  document_id text collate "C" not null,
  generation bigint not null,
  heads text collate "C" not null,
  state_hash text collate "C" not null,
  changes bigint not null,
  published_ms bigint not null,
  actor text collate "C" not null,
  change_order text collate "C" not null,
  primary key (park, document_id, generation)
);

create index cases_by_ticket on cases (park, ticket_id);
create index cases_by_time on cases (park, hlc);
create index leases_by_slot on leases (park, date, slot);
create index bookings_by_expiry on bookings (park, expires_ms);
