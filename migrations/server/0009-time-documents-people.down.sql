alter table people drop column removed_ms;
alter table nodes drop column people_revision;
alter table nodes drop column trust;
