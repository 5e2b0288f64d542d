DROP INDEX leases_by_slot;
DROP TABLE document_publications;
DROP TABLE case_closings;
DROP TABLE cases;
DROP TABLE withheld_facts;
DROP TABLE fact_decisions;
DROP TABLE recovered_events;
DROP TABLE clock_confirmations;
DROP TABLE epoch_closings;
DROP TABLE booking_ends;
DROP TABLE bookings;
DROP TABLE capacity_overrides;
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
  PRIMARY KEY (park, document_id, change_hash)
) STRICT, WITHOUT ROWID;
INSERT INTO document_changes (park, document_id, change_hash, node, epoch, seq, hlc, wall_ms, actor, about, change)
SELECT park, document_id, change_hash, node, epoch, seq, hlc, wall_ms, actor, about, change FROM document_changes_before;
DROP TABLE document_changes_before;
ALTER TABLE lease_use RENAME TO lease_use_before;
CREATE TABLE lease_use (
  park TEXT NOT NULL,
  lease_id TEXT NOT NULL,
  used INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (park, lease_id)
) STRICT, WITHOUT ROWID;
INSERT INTO lease_use (park, lease_id, used)
SELECT park, lease_id, sum(used) FROM lease_use_before GROUP BY park, lease_id;
DROP TABLE lease_use_before;
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
  PRIMARY KEY (park, lease_id)
) STRICT, WITHOUT ROWID;
INSERT INTO leases (park, lease_id, node, epoch, date, slot, places, ends_hlc)
SELECT park, lease_id, node, epoch, date, slot, places, ends_hlc FROM leases_before WHERE from_lease IS NULL;
DROP TABLE leases_before;
CREATE INDEX leases_by_date ON leases (park, node, epoch, date, slot);
ALTER TABLE ticket_facts RENAME TO ticket_facts_before;
CREATE TABLE ticket_facts (
  park TEXT NOT NULL,
  ticket_id TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
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
  business_date TEXT,
  actor TEXT NOT NULL,
  PRIMARY KEY (park, ticket_id, node, epoch, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO ticket_facts (park, ticket_id, node, epoch, seq, kind, hlc, wall_ms, trust, gate_id, people, verdict, original_node, original_epoch, original_seq, business_date, actor)
SELECT park, ticket_id, node, epoch, seq, kind, hlc, wall_ms, trust, gate_id, people, verdict, original_node, original_epoch, original_seq, business_date, actor FROM ticket_facts_before WHERE fork = '';
DROP TABLE ticket_facts_before;
CREATE INDEX ticket_facts_provisional ON ticket_facts (park, business_date, people)
  WHERE kind = 'admitted' AND verdict = 'provisional';
CREATE INDEX ticket_facts_annulled ON ticket_facts (park, business_date, original_node, original_epoch, original_seq)
  WHERE kind = 'annulled';
