-- What people typed at this kiosk (E5), beside the log whose events only name it. Rows are never moved nor removed: an
-- erased one is overwritten where it stands, so that no copy of it stays in another page.
CREATE TABLE texts (
  id INTEGER PRIMARY KEY,
  -- SHA-256 of salt and words: what the event holds of it.
  name TEXT NOT NULL UNIQUE,
  -- Both empty where it is erased.
  salt TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;

-- The event that names it, as the server will look for it; and whether the server has it: 0, or one more than how many of
-- this node's it said it had then.
CREATE TABLE text_deliveries (
  name TEXT PRIMARY KEY,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  delivered INTEGER NOT NULL CHECK (delivered >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX text_deliveries_waiting ON text_deliveries (node, epoch, seq) WHERE delivered = 0;

-- What HQ erased: a read model.
CREATE TABLE erased_texts (
  park TEXT NOT NULL,
  name TEXT NOT NULL,
  why TEXT NOT NULL,
  actor TEXT NOT NULL,
  erased_ms INTEGER NOT NULL,
  PRIMARY KEY (park, name)
) STRICT, WITHOUT ROWID;
