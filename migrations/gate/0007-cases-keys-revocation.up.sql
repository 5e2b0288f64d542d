-- Cases of admissions (T3, T5), facts of revoked kiosks (X4) and ticket keys (T1).

-- How often a product's tickets may enter, as the catalogue in use says it: what cases are folded by. One that is
-- not here admits once.
CREATE TABLE entry_limits (
  park TEXT NOT NULL,
  product_id TEXT NOT NULL,
  entries_allowed INTEGER NOT NULL,
  PRIMARY KEY (park, product_id)
) STRICT, WITHOUT ROWID;

-- Products whose limit is another one now, and up to which ticket theirs have been folded anew since.
CREATE TABLE entry_limit_refolds (
  park TEXT NOT NULL,
  product_id TEXT NOT NULL,
  after_ticket TEXT NOT NULL,
  PRIMARY KEY (park, product_id)
) STRICT, WITHOUT ROWID;

-- Revoked kiosks with more facts dated after it than one transaction looks at, and up to which theirs have been (X4).
CREATE TABLE late_fact_refolds (
  park TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  after_seq INTEGER NOT NULL,
  after_hash TEXT NOT NULL,
  PRIMARY KEY (park, node, epoch)
) STRICT, WITHOUT ROWID;

-- When the revocation was said, on the clock that all nodes share: later facts wait for a person (X4).
ALTER TABLE kiosk_revocations ADD COLUMN hlc TEXT NOT NULL DEFAULT '0000000000000000';
UPDATE kiosk_revocations SET hlc = coalesce(
  (SELECT min(e.hlc) FROM events e WHERE e.type = 'KioskRevoked'
     AND json_extract(e.body, '$.kiosk') = kiosk_revocations.node
     AND json_extract(e.body, '$.kioskEpoch') = kiosk_revocations.epoch),
  '0000000000000000');

CREATE INDEX cases_by_day ON cases (park, business_date);
CREATE INDEX tickets_by_product ON tickets (park, product_id);

-- 1 where a ticket's issue is known from another past of its stream alone (E6): no proof for a revoked key (T1).
ALTER TABLE tickets ADD COLUMN forked INTEGER NOT NULL DEFAULT 0;
