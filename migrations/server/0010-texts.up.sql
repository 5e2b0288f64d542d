-- What people typed (E5), beside the log whose events only name it.
create table texts (
  park text collate "C" not null references parks (park),
  -- SHA-256 of salt and words: what the event holds of it.
  name text collate "C" not null,
  -- The event that names it; unknown where it was erased before it came.
  node text collate "C",
  epoch bigint,
  seq bigint,
  -- Both null where it is erased.
  salt text collate "C",
  text text collate "C",
  primary key (park, name),
  check ((salt is null) = (text is null))
);
create index texts_by_event on texts (park, node, epoch, seq);

-- What HQ erased: a read model.
create table erased_texts (
  park text collate "C" not null,
  name text collate "C" not null,
  why text collate "C" not null,
  actor text collate "C" not null,
  erased_ms bigint not null,
  primary key (park, name)
);
-- How far a kiosk has to have pulled to have met the erasure.
create index text_erasures on events (park, subject) where type = 'TextErased';
