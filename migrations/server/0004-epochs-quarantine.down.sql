drop table quarantined_runs;
alter table nodes drop column runs_dropped;
alter table nodes drop column given_log_id;
alter table nodes drop column given_position;
alter table nodes drop column pulled_log_id;
alter table nodes drop column pulled_position;
