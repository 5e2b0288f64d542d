-- The log: one stream of positions per park, made of gap-free chained streams per (node, epoch).

create table parks (
  park text primary key,
  -- The newest position. Its row lock is the only serial point of a park (S3).
  head bigint not null default 0,
  -- Changes when the server lost acknowledged events or was restored (E8).
  log_id text not null,
  people_revision bigint not null default 0,
  created_ms bigint not null
);

-- One row per incarnation of a node (E1).
create table nodes (
  park text not null references parks (park),
  node text not null,
  epoch bigint not null check (epoch >= 1),
  role text not null check (role in ('gate', 'till', 'hq')),
  name text not null,
  gate_id text not null,
  -- The short number of a kiosk within its park; 0 for HQ.
  number bigint not null,
  public_key text not null,
  key_id text not null,
  signing_public_key text not null,
  state text not null check (state in ('open', 'closed', 'quarantined')),
  head_seq bigint not null default 0,
  head_hash text not null,
  head_hlc text not null,
  app_version text not null,
  enrolled_ms bigint not null,
  contact_ms bigint,
  -- What the kiosk last said of itself (S5) and when that came; null before its first word.
  telemetry_ms bigint,
  waiting bigint,
  oldest_waiting_ms bigint,
  skew_ms bigint,
  problem text,
  primary key (park, node, epoch)
);

create table events (
  park text not null,
  node text not null,
  epoch bigint not null,
  seq bigint not null,
  position bigint not null,
  hlc text not null,
  wall_ms bigint not null,
  trust text not null,
  type text not null,
  version bigint not null,
  subject text not null,
  cause text,
  actor text not null,
  -- Canonical JSON as it was hashed: text, because jsonb would reorder it (E2).
  body text not null,
  body_hash text not null,
  hash text not null,
  -- The envelope's texts as a JSON list where a text column cannot hold them (a NUL character); null almost always.
  exact_words text,
  received_ms bigint not null,
  primary key (park, node, epoch, seq)
);

create unique index events_by_position on events (park, position);

-- Each closes one batch: the positions first_position .. position, all of one stream (S2, S4).
create table seals (
  park text not null,
  node text not null,
  epoch bigint not null,
  from_seq bigint not null,
  to_seq bigint not null,
  first_position bigint not null,
  position bigint not null,
  -- About how many bytes the batch has on the wire.
  bytes bigint not null,
  head_hash text not null,
  hlc text not null,
  kid text not null,
  signature text not null,
  primary key (park, node, epoch, to_seq)
);

create unique index seals_by_position on seals (park, position);

-- Secret keys of this installation (HQ's log keys, ticket keys, token secret), each sealed with the master key.
create table server_keys (
  name text primary key,
  public_key text,
  box text not null,
  created_ms bigint not null
);

-- One-time enrolment codes (S1), only as hashes. A used one keeps what it led to, for a retry after a lost answer.
create table enrolment_codes (
  code_hash text primary key,
  park text not null references parks (park),
  node text,
  role text not null check (role in ('gate', 'till')),
  name text not null,
  gate_id text not null,
  expires_ms bigint not null,
  used_public_key text,
  used_node text,
  used_epoch bigint
);

create table nonces (
  nonce text primary key,
  expires_ms bigint not null
);

create index nonces_by_expiry on nonces (expires_ms);

-- People stand beside the log (P1): revisioned, erasable.
create table people (
  park text not null references parks (park),
  staff_id text not null,
  revision bigint not null,
  removed bigint not null check (removed in (0, 1)),
  name text not null,
  role text not null check (role in ('gate', 'cashier', 'supervisor')),
  -- The PIN's verifier as JSON; null without a PIN.
  pin text,
  primary key (park, staff_id)
);

create unique index people_by_revision on people (park, revision);

create table hq_users (
  user_id text primary key,
  email text not null unique,
  name text not null,
  -- The password's scrypt verifier as JSON.
  password text not null,
  created_ms bigint not null
);

create table hq_sessions (
  -- SHA-256 of the cookie.
  session_hash text primary key,
  user_id text not null references hq_users (user_id),
  expires_ms bigint not null
);

-- Answers to commands by idempotency key, so that a repeated request gets the first answer.
create table commands (
  park text not null,
  command_id text not null,
  request_hash text not null,
  status bigint not null,
  answer text not null,
  created_ms bigint not null,
  primary key (park, command_id)
);
