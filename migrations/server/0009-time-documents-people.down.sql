alter table nodes drop column people_revision;
alter table nodes drop column trust;
