DROP TABLE documents_in_use;
ALTER TABLE sync_position DROP COLUMN people_stamp;
DROP TABLE clock_memory;
