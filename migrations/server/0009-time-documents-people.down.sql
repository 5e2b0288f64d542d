alter table nodes drop column program_behind_ms;
alter table nodes drop column catalogue_behind_ms;
alter table nodes drop column known_events;
alter table nodes drop column catalogue_hash;
alter table nodes drop column catalogue_generation;
alter table people drop column removed_ms;
alter table nodes drop column people_revision;
alter table nodes drop column trust;
