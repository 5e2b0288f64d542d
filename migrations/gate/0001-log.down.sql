DROP TABLE held_runs;
DROP TABLE quarantine;
DROP TABLE commands;
DROP TABLE events;
DROP TABLE streams;
DROP TABLE sync_position;
DROP TABLE hq_keys;
DROP TABLE identity;
