DROP TABLE foreign_durability;
DROP TABLE checkpoints;
DROP TABLE pruned_hashes;
DROP TABLE pruned_streams;

ALTER TABLE quarantine RENAME TO quarantine_after;
CREATE TABLE quarantine (
  read_model TEXT NOT NULL,
  node TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  error TEXT NOT NULL,
  PRIMARY KEY (read_model, node, epoch, seq)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO quarantine (read_model, node, epoch, seq, error)
SELECT read_model, node, epoch, seq, error FROM quarantine_after;
DROP TABLE quarantine_after;
