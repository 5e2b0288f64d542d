-- Incarnations of this kiosk (E6): whose keys it uses, why one ended, and what of the old ones is still on its way.

-- Every enrolment has its own key files; the first ones have no number in their names.
ALTER TABLE identity ADD COLUMN key_generation INTEGER NOT NULL DEFAULT 1;

-- Why this node may write no more, for programs; the words are in stopped.
ALTER TABLE sync_position ADD COLUMN stopped_code TEXT;
-- Whether everything the park had when this incarnation began, or a new log of the server, has been pulled.
ALTER TABLE sync_position ADD COLUMN caught_up INTEGER NOT NULL DEFAULT 1 CHECK (caught_up IN (0, 1));
-- What the server said stands at the cursor; null where it did not say (E8).
ALTER TABLE sync_position ADD COLUMN cursor_stamp TEXT;

-- A command of a past that was cut off here: its event is in fork_runs.
ALTER TABLE commands ADD COLUMN fork TEXT;

-- Keys that were made for an enrolment whose answer is not known: whichever code asks next, it asks with them (S1).
CREATE TABLE enrolment_attempt (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  generation INTEGER NOT NULL CHECK (generation >= 1)
) STRICT;

-- What this kiosk was before: streams it wrote and does not write any more.
CREATE TABLE own_epochs (
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  public_key TEXT NOT NULL,
  PRIMARY KEY (node, epoch)
) STRICT, WITHOUT ROWID;

-- Other streams than the present one of which the server may lack something: own old ones, and those it asked for (E8).
CREATE TABLE deliveries (
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  -- The highest seq that the server is known to have.
  delivered INTEGER NOT NULL CHECK (delivered >= 0),
  PRIMARY KEY (node, epoch)
) STRICT, WITHOUT ROWID;

-- Sealed transactions that stood in the local copy of a stream where the park's log has another past. Kept for good.
CREATE TABLE fork_runs (
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  -- The hash that the transaction's seal is over: each is kept once.
  head_hash TEXT NOT NULL,
  from_seq INTEGER NOT NULL,
  to_seq INTEGER NOT NULL,
  -- The hash before the first event.
  prev TEXT NOT NULL,
  fork_from INTEGER NOT NULL,
  fork_hash TEXT NOT NULL,
  -- As it would be pushed.
  run TEXT NOT NULL,
  -- Recorded again in a stream of this kiosk, or delivered to the server as it is.
  done INTEGER NOT NULL CHECK (done IN (0, 1)),
  PRIMARY KEY (node, epoch, head_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX fork_runs_to_do ON fork_runs (node, epoch, from_seq) WHERE done = 0;
