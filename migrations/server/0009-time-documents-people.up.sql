-- What a kiosk says of its clock and of the people it holds, in its newest word (H2, P1).
alter table nodes add column trust text collate "C";
alter table nodes add column people_revision bigint;
-- When a person was erased: who has not confirmed it is shown since then (P1).
alter table people add column removed_ms bigint;
-- The published catalogue it goes by, and how many event versions its program knows, in its newest word (D1).
alter table nodes add column catalogue_generation bigint;
alter table nodes add column catalogue_hash text collate "C";
alter table nodes add column known_events bigint;
-- Since when its words showed an older catalogue than HQ's newest, or an older program; null while they do not.
alter table nodes add column catalogue_behind_ms bigint;
alter table nodes add column program_behind_ms bigint;
