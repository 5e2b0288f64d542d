-- What a read model could not take in, per key (S7), and what of the log was pruned under which checkpoint (K4).

ALTER TABLE quarantine RENAME TO quarantine_before;
CREATE TABLE quarantine (
  -- A table, or all where the event as a whole could not be read.
  read_model TEXT NOT NULL,
  -- The row's key as JSON, or the event's subject.
  key TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  error TEXT NOT NULL,
  -- The projection version that put it aside: a newer one tries again.
  program INTEGER NOT NULL,
  -- node/epoch of the stream whose key it waits for; null if it waits for a newer program.
  waits_for TEXT,
  PRIMARY KEY (read_model, key, node, epoch, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO quarantine (read_model, key, node, epoch, seq, error, program)
SELECT read_model, '', node, epoch, seq, error, 0 FROM quarantine_before;
DROP TABLE quarantine_before;
CREATE INDEX quarantine_by_place ON quarantine (node, epoch, seq);

-- How far a stream's events are gone from here. Its head never goes.
CREATE TABLE pruned_streams (
  stream INTEGER PRIMARY KEY REFERENCES streams (stream),
  to_seq INTEGER NOT NULL CHECK (to_seq >= 1)
) STRICT;

-- The hashes of what is gone, 32 bytes each, from a seq on: chains, overlaps and recoveries are held against them.
CREATE TABLE pruned_hashes (
  stream INTEGER NOT NULL REFERENCES streams (stream),
  from_seq INTEGER NOT NULL,
  hashes BLOB NOT NULL,
  PRIMARY KEY (stream, from_seq)
) STRICT, WITHOUT ROWID;

-- The state of the read models that pruned events are in: checkpoint-<number>.sqlite of the data folder has the rows.
CREATE TABLE checkpoints (
  number INTEGER PRIMARY KEY,
  -- By the server's time.
  made_ms INTEGER NOT NULL,
  -- Canonical JSON of what is signed: vector with last hashes, state hash, schema and projection version.
  content TEXT NOT NULL,
  kid TEXT NOT NULL,
  signature TEXT NOT NULL
) STRICT;

-- Whether the server's log, as far as it was pulled, survives a power cut there (E9), and which log that was.
CREATE TABLE foreign_durability (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  log_id TEXT,
  -- Since when, by the server's time: a log that was restored is left time to ask for what it lost (E8).
  since_ms INTEGER NOT NULL
) STRICT;
INSERT INTO foreign_durability (only_row, log_id, since_ms) VALUES (1, NULL, 0);
