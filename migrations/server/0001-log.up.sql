-- The log: one stream of positions per park, made of gap-free chained streams per (node, epoch).
-- Every text column is collate "C": ids and clocks are ordered by their bytes on every node, whatever the language of the
-- database (S7).

create table parks (
  park text collate "C" primary key,
  -- The newest position. Its row lock is the only serial point of a park (S3).
  head bigint not null default 0,
  -- Changes when the server lost acknowledged events or was restored (E8).
  log_id text collate "C" not null,
  people_revision bigint not null default 0,
  created_ms bigint not null
);

-- One row per incarnation of a node (E1).
create table nodes (
  park text collate "C" not null references parks (park),
  node text collate "C" not null,
  epoch bigint not null check (epoch >= 1),
  role text collate "C" not null check (role in ('gate', 'till', 'hq')),
  name text collate "C" not null,
  gate_id text collate "C" not null,
  -- The short number of a kiosk within its park; 0 for HQ.
  number bigint not null,
  public_key text collate "C" not null,
  key_id text collate "C" not null,
  signing_public_key text collate "C" not null,
  state text collate "C" not null check (state in ('open', 'closed', 'quarantined')),
  head_seq bigint not null default 0,
  head_hash text collate "C" not null,
  head_hlc text collate "C" not null,
  app_version text collate "C" not null,
  enrolled_ms bigint not null,
  contact_ms bigint,
  -- What the kiosk last said of itself (S5) and when that came; null before its first word.
  telemetry_ms bigint,
  waiting bigint,
  oldest_waiting_ms bigint,
  skew_ms bigint,
  problem text collate "C",
  primary key (park, node, epoch)
);

create table events (
  park text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  seq bigint not null,
  position bigint not null,
  hlc text collate "C" not null,
  wall_ms bigint not null,
  trust text collate "C" not null,
  type text collate "C" not null,
  version bigint not null,
  subject text collate "C" not null,
  cause text collate "C",
  actor text collate "C" not null,
  -- Canonical JSON as it was hashed: text, because jsonb would reorder it (E2).
  body text collate "C" not null,
  body_hash text collate "C" not null,
  hash text collate "C" not null,
  -- The envelope's texts as a JSON list where a text column cannot hold them (a NUL character); null almost always.
  exact_words text collate "C",
  received_ms bigint not null,
  primary key (park, node, epoch, seq)
);

create unique index events_by_position on events (park, position);

-- Each closes one batch: the positions first_position .. position, all of one stream (S2, S4).
create table seals (
  park text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  from_seq bigint not null,
  to_seq bigint not null,
  first_position bigint not null,
  position bigint not null,
  -- About how many bytes the batch has on the wire.
  bytes bigint not null,
  head_hash text collate "C" not null,
  hlc text collate "C" not null,
  kid text collate "C" not null,
  signature text collate "C" not null,
  primary key (park, node, epoch, to_seq)
);

create unique index seals_by_position on seals (park, position);

-- Secret keys of this installation (HQ's log keys, ticket keys, token secret), each sealed with the master key.
create table server_keys (
  name text collate "C" primary key,
  public_key text collate "C",
  box text collate "C" not null,
  created_ms bigint not null
);

-- One-time enrolment codes (S1), only as hashes. A used one keeps what it led to, for a retry after a lost answer.
create table enrolment_codes (
  code_hash text collate "C" primary key,
  park text collate "C" not null references parks (park),
  node text collate "C",
  role text collate "C" not null check (role in ('gate', 'till')),
  name text collate "C" not null,
  gate_id text collate "C" not null,
  expires_ms bigint not null,
  used_public_key text collate "C",
  used_node text collate "C",
  used_epoch bigint
);

create table nonces (
  nonce text collate "C" primary key,
  expires_ms bigint not null
);

create index nonces_by_expiry on nonces (expires_ms);

-- People stand beside the log (P1): revisioned, erasable.
create table people (
  park text collate "C" not null references parks (park),
  staff_id text collate "C" not null,
  revision bigint not null,
  removed bigint not null check (removed in (0, 1)),
  name text collate "C" not null,
  role text collate "C" not null check (role in ('gate', 'cashier', 'supervisor')),
  -- The PIN's verifier as JSON; null without a PIN.
  pin text collate "C",
  primary key (park, staff_id)
);

create unique index people_by_revision on people (park, revision);

create table hq_users (
  user_id text collate "C" primary key,
  email text collate "C" not null unique,
  name text collate "C" not null,
  -- The password's scrypt verifier as JSON.
  password text collate "C" not null,
  created_ms bigint not null
);

create table hq_sessions (
  -- SHA-256 of the cookie.
  session_hash text collate "C" primary key,
  user_id text collate "C" not null references hq_users (user_id),
  expires_ms bigint not null
);
