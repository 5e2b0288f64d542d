-- What a kiosk says of its clock and of the people it holds, in its newest word (H2, P1).
alter table nodes add column trust text collate "C";
alter table nodes add column people_revision bigint;
-- When a person was erased: who has not confirmed it is shown since then (P1).
alter table people add column removed_ms bigint;
