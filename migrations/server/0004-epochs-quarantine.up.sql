-- How far a kiosk has pulled (C5): the last position it is known to have on disk, and of which log that is.
alter table nodes add column pulled_position bigint not null default 0;
alter table nodes add column pulled_log_id text collate "C" not null default '';
-- Where the last page ended that it was given, once a second at most: asked for what comes after that, any instance knows
-- that the kiosk keeps it.
alter table nodes add column given_position bigint not null default 0;
alter table nodes add column given_log_id text collate "C" not null default '';
-- Runs that were sent of it and not kept, because its share of quarantined_runs was full.
alter table nodes add column runs_dropped bigint not null default 0;

-- What was sent of a stream when its chain broke or another past of it showed (S2, E6): as it came, for HQ to look at.
create table quarantined_runs (
  park text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  from_seq bigint not null,
  to_seq bigint not null,
  -- SHA-256 of the run's text: the same run sent again is one row.
  run_hash text collate "C" not null,
  reason text collate "C" not null check (reason in ('equivocation', 'chain_broken')),
  -- The first seq that does not fit.
  at_seq bigint not null,
  -- Who delivered it: the author itself or a relay.
  by_node text collate "C" not null,
  by_epoch bigint not null,
  received_ms bigint not null,
  -- The push's JSON.
  run text collate "C" not null,
  primary key (park, node, epoch, run_hash)
);
