-- A server that was restored from an older backup (E8): what it takes back from kiosks, and who has told what it holds.

-- One row a park that was ever restored: the newest restore.
create table park_recovery (
  park text collate "C" primary key references parks (park),
  -- HQ's epoch that began with the restore.
  hq_epoch bigint not null,
  -- Who noticed: the operator, the server's own note, or a kiosk.
  noticed_by text collate "C" not null,
  started_ms bigint not null,
  -- When every kiosk had reported; null while some have not.
  ended_ms bigint
);

-- Kiosks that have met the new log, and of which nothing was left to be taken.
create table park_reports (
  park text collate "C" not null,
  hq_epoch bigint not null,
  node text collate "C" not null,
  epoch bigint not null,
  reported_ms bigint not null,
  primary key (park, hq_epoch, node, epoch)
);

-- HQ's own lost past where another one stands in its stream: recorded again as EventRecovered, found here by place.
create table hq_fork_events (
  park text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  seq bigint not null,
  hash text collate "C" not null,
  -- Where this past parted from the stream: the fork's name.
  fork_seq bigint not null,
  fork_hash text collate "C" not null,
  primary key (park, hash)
);
create index hq_fork_events_by_place on hq_fork_events (park, node, epoch, seq);

-- People whose change was in the lost part: names and PINs are not in the log, so a person enters them again (P1).
create table lost_people (
  park text collate "C" not null references parks (park),
  staff_id text collate "C" not null,
  revision bigint not null,
  -- When a person at HQ said that this one need not be entered again; null till then.
  dismissed_ms bigint,
  primary key (park, staff_id)
);

-- Kiosks that showed less of their own stream than the server has (X5).
create table truncated_nodes (
  park text collate "C" not null,
  node text collate "C" not null,
  epoch bigint not null,
  shown_seq bigint not null,
  held_seq bigint not null,
  seen_ms bigint not null,
  primary key (park, node, epoch)
);

-- The daily roots of a park's log (X5): is there one of this day?
create index log_roots on events (park, subject) where type = 'LogRooted';
