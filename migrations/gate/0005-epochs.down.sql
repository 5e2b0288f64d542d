DROP INDEX fork_runs_to_do;
DROP TABLE fork_runs;
DROP TABLE deliveries;
DROP TABLE own_epochs;
DROP TABLE enrolment_attempt;
ALTER TABLE commands DROP COLUMN fork;
ALTER TABLE sync_position DROP COLUMN caught_up;
ALTER TABLE sync_position DROP COLUMN stopped_code;
ALTER TABLE identity DROP COLUMN key_generation;
