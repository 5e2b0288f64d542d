drop index log_roots;
drop table truncated_nodes;
drop table lost_people;
drop table hq_fork_events;
drop table park_reports;
drop table park_recovery;
