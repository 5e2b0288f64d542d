-- What recovery, leases, bookings, cases, revocation, the clock and published documents keep in the read models.

ALTER TABLE ticket_facts RENAME TO ticket_facts_before;
CREATE TABLE ticket_facts (
  park TEXT NOT NULL,
  ticket_id TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  -- Empty for what stands in its stream; names the past of a recovered event (E6).
  fork TEXT NOT NULL,
  kind TEXT NOT NULL,
  hlc TEXT NOT NULL,
  wall_ms INTEGER NOT NULL,
  trust TEXT NOT NULL,
  gate_id TEXT,
  people INTEGER,
  verdict TEXT,
  original_node TEXT,
  original_epoch INTEGER,
  original_seq INTEGER,
  original_fork TEXT,
  business_date TEXT,
  actor TEXT NOT NULL,
  PRIMARY KEY (park, ticket_id, node, epoch, seq, fork)
) STRICT, WITHOUT ROWID;
INSERT INTO ticket_facts (park, ticket_id, node, epoch, seq, kind, hlc, wall_ms, trust, gate_id, people, verdict, original_node, original_epoch, original_seq, business_date, actor, fork, original_fork)
SELECT park, ticket_id, node, epoch, seq, kind, hlc, wall_ms, trust, gate_id, people, verdict, original_node, original_epoch, original_seq, business_date, actor, '', CASE WHEN original_node IS NULL THEN NULL ELSE '' END FROM ticket_facts_before;
DROP TABLE ticket_facts_before;
CREATE INDEX ticket_facts_provisional ON ticket_facts (park, business_date, people)
  WHERE kind = 'admitted' AND verdict = 'provisional';
CREATE INDEX ticket_facts_annulled ON ticket_facts (park, business_date, original_node, original_epoch, original_seq)
  WHERE kind = 'annulled';

ALTER TABLE leases RENAME TO leases_before;
CREATE TABLE leases (
  park TEXT NOT NULL,
  lease_id TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  date TEXT NOT NULL,
  slot TEXT NOT NULL,
  places INTEGER NOT NULL,
  ends_hlc TEXT NOT NULL,
  -- The lease it was given from; null if HQ lent it.
  from_lease TEXT,
  -- Who gave it (C4); empty and 0 if HQ lent it. Who names a lease that is there cannot take its place.
  from_node TEXT NOT NULL,
  from_epoch INTEGER NOT NULL,
  PRIMARY KEY (park, lease_id, from_node, from_epoch)
) STRICT, WITHOUT ROWID;
INSERT INTO leases (park, lease_id, node, epoch, date, slot, places, ends_hlc, from_node, from_epoch)
SELECT park, lease_id, node, epoch, date, slot, places, ends_hlc, '', 0 FROM leases_before;
DROP TABLE leases_before;
CREATE INDEX leases_by_date ON leases (park, node, epoch, date, slot);

ALTER TABLE lease_use RENAME TO lease_use_before;
CREATE TABLE lease_use (
  park TEXT NOT NULL,
  lease_id TEXT NOT NULL,
  -- Whose word it is: only the holder's own counts (C1).
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  used INTEGER NOT NULL DEFAULT 0,
  returned INTEGER NOT NULL DEFAULT 0,
  given INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (park, lease_id, node, epoch)
) STRICT, WITHOUT ROWID;
INSERT INTO lease_use (park, lease_id, node, epoch, used)
SELECT u.park, u.lease_id, l.node, l.epoch, u.used FROM lease_use_before u JOIN leases l ON l.park = u.park AND l.lease_id = u.lease_id;
DROP TABLE lease_use_before;

ALTER TABLE document_changes RENAME TO document_changes_before;
CREATE TABLE document_changes (
  park TEXT NOT NULL,
  document_id TEXT NOT NULL,
  change_hash TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  hlc TEXT NOT NULL,
  wall_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  about TEXT,
  change TEXT NOT NULL,
  generation INTEGER NOT NULL,
  PRIMARY KEY (park, document_id, change_hash)
) STRICT, WITHOUT ROWID;
INSERT INTO document_changes (park, document_id, change_hash, node, epoch, seq, hlc, wall_ms, actor, about, change, generation)
SELECT park, document_id, change_hash, node, epoch, seq, hlc, wall_ms, actor, about, change, 1 FROM document_changes_before;
DROP TABLE document_changes_before;

CREATE TABLE capacity_overrides (
  park TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  fork TEXT NOT NULL,
  kind TEXT NOT NULL,
  date TEXT,
  slot TEXT,
  places INTEGER NOT NULL,
  lease_id TEXT,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  wall_ms INTEGER NOT NULL,
  PRIMARY KEY (park, node, epoch, seq, fork)
) STRICT, WITHOUT ROWID;

CREATE TABLE bookings (
  park TEXT NOT NULL,
  booking_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  lines TEXT NOT NULL,
  expires_ms INTEGER NOT NULL,
  held_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  PRIMARY KEY (park, booking_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE booking_ends (
  park TEXT NOT NULL,
  booking_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT,
  wall_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  PRIMARY KEY (park, booking_id, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE epoch_closings (
  park TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  last_hash TEXT NOT NULL,
  reason TEXT NOT NULL,
  closed_ms INTEGER NOT NULL,
  PRIMARY KEY (park, node, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE clock_confirmations (
  park TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  fork TEXT NOT NULL,
  confirmed_ms INTEGER NOT NULL,
  offset_ms INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  PRIMARY KEY (park, node, epoch, seq, fork)
) STRICT, WITHOUT ROWID;

-- By the event's own hash: each counts once, however often it is recorded again (E6).
CREATE TABLE recovered_events (
  park TEXT NOT NULL,
  hash TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  fork TEXT NOT NULL,
  type TEXT NOT NULL,
  hlc TEXT NOT NULL,
  by_node TEXT NOT NULL,
  by_epoch INTEGER NOT NULL,
  by_seq INTEGER NOT NULL,
  PRIMARY KEY (park, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX recovered_events_of ON recovered_events (park, node, epoch, seq);
CREATE INDEX recovered_events_by ON recovered_events (by_node, by_epoch, by_seq);

-- By the event's own hash: of one place there may be several pasts (E6).
CREATE TABLE fact_decisions (
  park TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  hash TEXT NOT NULL,
  seq INTEGER NOT NULL,
  accepted INTEGER NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  decided_ms INTEGER NOT NULL,
  change_order TEXT NOT NULL,
  PRIMARY KEY (park, node, epoch, hash)
) STRICT, WITHOUT ROWID;

-- What stays out of money until a person accepts it (X4); made anew, stream by stream, from the log.
CREATE TABLE withheld_facts (
  park TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  hash TEXT NOT NULL,
  seq INTEGER NOT NULL,
  fork TEXT NOT NULL,
  type TEXT NOT NULL,
  hlc TEXT NOT NULL,
  wall_ms INTEGER NOT NULL,
  amount_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  actor TEXT NOT NULL,
  subject TEXT NOT NULL,
  PRIMARY KEY (park, node, epoch, hash)
) STRICT, WITHOUT ROWID;

-- Contested admissions and admissions after a void (T3, T5); made anew, ticket by ticket, from its facts.
CREATE TABLE cases (
  park TEXT NOT NULL,
  case_id TEXT NOT NULL,
  ticket_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  fork TEXT NOT NULL,
  hlc TEXT NOT NULL,
  wall_ms INTEGER NOT NULL,
  gate_id TEXT NOT NULL,
  people INTEGER NOT NULL,
  business_date TEXT NOT NULL,
  -- A ticket's cases stand together: they are made together, and by an index of its own the planner would read all of a park's.
  PRIMARY KEY (park, ticket_id, case_id),
  UNIQUE (park, case_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_closings (
  park TEXT NOT NULL,
  case_id TEXT NOT NULL,
  ticket_id TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  closed_ms INTEGER NOT NULL,
  PRIMARY KEY (park, case_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE document_publications (
  park TEXT NOT NULL,
  document_id TEXT NOT NULL,
  generation INTEGER NOT NULL,
  heads TEXT NOT NULL,
  state_hash TEXT NOT NULL,
  changes INTEGER NOT NULL,
  published_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  change_order TEXT NOT NULL,
  PRIMARY KEY (park, document_id, generation)
) STRICT, WITHOUT ROWID;

CREATE INDEX leases_by_slot ON leases (park, date, slot);
