-- The log of this kiosk and of the other nodes of its park, and where this kiosk stands towards the server.

-- Who this kiosk is: one row once enrolled, replaced when it enrols anew.
CREATE TABLE identity (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  park TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('gate', 'till')),
  gate_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  server_url TEXT NOT NULL
) STRICT;

-- HQ's keys, one an epoch of HQ in this park. Kiosks' keys are in the table kiosks, which HQ's stream fills.
CREATE TABLE hq_keys (
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  public_key TEXT NOT NULL,
  PRIMARY KEY (node, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_position (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  acknowledged INTEGER NOT NULL CHECK (acknowledged >= 0),
  durable INTEGER NOT NULL CHECK (durable >= 0),
  log_id TEXT,
  cursor INTEGER NOT NULL CHECK (cursor >= 0),
  people_revision INTEGER NOT NULL CHECK (people_revision >= 0),
  -- What was received of other clocks (H1); own events carry the rest.
  hlc TEXT NOT NULL CHECK (length(hlc) = 16),
  -- Why this node may write no more (E6).
  stopped TEXT
) STRICT;
INSERT INTO sync_position (only_row, acknowledged, durable, log_id, cursor, people_revision, hlc, stopped)
VALUES (1, 0, 0, NULL, 0, 0, '0000000000000000', NULL);

-- A short number for (node, epoch), so that an event's row does not repeat them.
CREATE TABLE streams (
  stream INTEGER PRIMARY KEY,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  UNIQUE (node, epoch)
) STRICT;

-- Clustered by place in the log. What can be computed is not kept: prev is the hash before, bodyHash that of the body,
-- and a seal's head hash, clock and key id are those of its event and stream.
CREATE TABLE events (
  stream INTEGER NOT NULL REFERENCES streams (stream),
  seq INTEGER NOT NULL CHECK (seq >= 1),
  hlc TEXT NOT NULL CHECK (length(hlc) = 16),
  wall_ms INTEGER NOT NULL,
  trust INTEGER NOT NULL,
  type TEXT NOT NULL,
  version INTEGER NOT NULL,
  subject TEXT NOT NULL,
  cause TEXT,
  actor TEXT NOT NULL,
  body TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  -- The author's signature over the chain up to here; only where its transaction or run ended (E3).
  seal BLOB CHECK (seal IS NULL OR length(seal) = 64),
  PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID;

-- Commands that led to an event: a repeated one is answered from the log.
CREATE TABLE commands (
  command_id TEXT PRIMARY KEY,
  stream INTEGER NOT NULL,
  seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Events that are in the log but could not be folded (E4, S7); a later version replays them.
CREATE TABLE quarantine (
  read_model TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  error TEXT NOT NULL,
  PRIMARY KEY (read_model, node, epoch, seq)
) STRICT, WITHOUT ROWID;

-- Runs that did not verify (no key yet, a gap, another chain): kept aside and tried again with every page (K5).
CREATE TABLE held_runs (
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  from_seq INTEGER NOT NULL,
  to_seq INTEGER NOT NULL,
  run TEXT NOT NULL,
  problem TEXT NOT NULL,
  PRIMARY KEY (node, epoch, from_seq, to_seq)
) STRICT, WITHOUT ROWID;
