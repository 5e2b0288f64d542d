-- People beside the log (P1): revisioned, erasable. A tombstone keeps the id and revision only.
CREATE TABLE people (
  staff_id TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  removed INTEGER NOT NULL CHECK (removed IN (0, 1)),
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  -- JSON of the PIN's scrypt verifier.
  pin TEXT
) STRICT, WITHOUT ROWID;

-- Wrong PINs in a row (X3). A wall clock that jumps back must not shorten a lock-out: see log-in.ts.
CREATE TABLE pin_failures (
  staff_id TEXT PRIMARY KEY,
  failures INTEGER NOT NULL CHECK (failures >= 1),
  failed_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who is logged in; outlives a power cut within the business day.
CREATE TABLE session (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  staff_id TEXT NOT NULL,
  business_date TEXT NOT NULL
) STRICT;

CREATE TABLE settings (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  gate_mode TEXT NOT NULL CHECK (gate_mode IN ('entry', 'exit', 'both')),
  scanner_library TEXT NOT NULL CHECK (scanner_library IN ('zxing-wasm', 'zxing-js')),
  -- The browser's name for the camera; null for the one that faces the guest.
  scanner_camera TEXT,
  -- What the hand scanner types around each code.
  scanner_prefix TEXT NOT NULL,
  scanner_suffix TEXT NOT NULL
) STRICT;
INSERT INTO settings (only_row, gate_mode, scanner_library, scanner_camera, scanner_prefix, scanner_suffix)
VALUES (1, 'entry', 'zxing-wasm', NULL, '', '');
