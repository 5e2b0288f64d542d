-- What this kiosk learnt of the time, so that a restart without a network goes on with it (H2).
CREATE TABLE clock_memory (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  -- server, peer or supervisor; null where the clock was set since, and the correction is void.
  source TEXT CHECK (source IN ('server', 'peer', 'supervisor')),
  -- The true time minus the machine's wall clock.
  offset_ms INTEGER NOT NULL,
  -- The true time when it was learnt: it is later than that now.
  known_ms INTEGER NOT NULL,
  -- Whether the durable hybrid clock stood far ahead of the true time then: it tells nothing of the time any more.
  hlc_leads INTEGER NOT NULL CHECK (hlc_leads IN (0, 1))
) STRICT;

-- Which list of people the server named when all of it was taken over (P1): revisions may be given twice by a server that was
-- put back, and a row may come back to it below the newest one.
ALTER TABLE sync_position ADD COLUMN people_stamp TEXT;

-- The state of each document that gates and tills go by: gone on with where a newer publication cannot be used yet, also
-- over a restart (D1).
CREATE TABLE documents_in_use (
  document_id TEXT PRIMARY KEY,
  generation INTEGER NOT NULL,
  -- JSON, as in document_publications.
  heads TEXT NOT NULL,
  state_hash TEXT NOT NULL,
  changes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
