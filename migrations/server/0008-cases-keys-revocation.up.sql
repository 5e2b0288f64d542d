-- Cases of admissions (T3, T5), facts of revoked kiosks (X4) and ticket keys (T1).

-- How often a product's tickets may enter, as the catalogue in use says it: what cases are folded by. One that is
-- not here admits once.
create table entry_limits (
  park text collate "C" not null,
  product_id text collate "C" not null,
  entries_allowed bigint not null,
  primary key (park, product_id)
);

-- Products whose limit is another one now, and up to which ticket theirs have been folded anew since.
create table entry_limit_refolds (
  park text collate "C" not null,
  product_id text collate "C" not null,
  after_ticket text collate "C" not null,
  primary key (park, product_id)
);

-- Revoked kiosks with more facts dated after it than one transaction looks at, and up to which theirs have been (X4).
create table late_fact_refolds (
  park text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  after_seq bigint not null,
  after_hash text collate "C" not null,
  primary key (park, node, epoch)
);

-- When the revocation was said, on the clock that all nodes share: later facts wait for a person (X4).
alter table kiosk_revocations add column hlc text collate "C" not null default '0000000000000000';
update kiosk_revocations r set hlc = coalesce(
  (select min(e.hlc) from events e where e.park = r.park and e.type = 'KioskRevoked'
     and e.body::jsonb ->> 'kiosk' = r.node and (e.body::jsonb ->> 'kioskEpoch')::bigint = r.epoch),
  '0000000000000000');
alter table kiosk_revocations alter column hlc drop default;

-- What a kiosk's clock was off by, as it said when it changed: a case shows it as it was then (H1).
create table clock_readings (
  park text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  told_ms bigint not null,
  skew_ms bigint not null,
  primary key (park, node, epoch, told_ms)
);

-- A revoked kiosk that has delivered everything and said that it erased its data (X4).
create table wiped_kiosks (
  park text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  wiped_ms bigint not null,
  primary key (park, node, epoch)
);

-- Which of HQ's ticket keys signs in a park, since when and by whose word (T1). Without a row: the first one.
create table ticket_key_use (
  park text collate "C" primary key,
  number bigint not null,
  since_ms bigint not null,
  actor text collate "C" not null,
  -- Why it was not waited for every gate; null if it was.
  forced text collate "C"
);

create index tickets_by_product on tickets (park, product_id, ticket_id);
create index tickets_by_key on tickets (park, kid);
-- Where HQ published a ticket key: gates that have not pulled so far do not know it.
create index events_publishing_keys on events (park, subject) where type = 'SigningKeyPublished';
create index recovered_publishing_keys on recovered_events (park) where type = 'SigningKeyPublished';

-- 1 where a ticket's issue is known from another past of its stream alone (E6): no proof for a revoked key (T1).
alter table tickets add column forked bigint not null default 0;
alter table tickets alter column forked drop default;
