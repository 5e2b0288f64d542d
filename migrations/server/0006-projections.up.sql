-- What a read model could not take in, per key (S7).

alter table quarantine add column key text collate "C" not null default '';
alter table quarantine alter column key drop default;
-- The projection version that put it aside: a newer one tries again.
alter table quarantine add column program bigint not null default 0;
alter table quarantine alter column program drop default;
-- node/epoch of the stream whose key it waits for; null if it waits for a newer program.
alter table quarantine add column waits_for text collate "C";
alter table quarantine drop constraint quarantine_pkey;
alter table quarantine add primary key (park, read_model, key, node, epoch, seq);


-- How many times in a row folding the next page ran out of time: each halves the page (S7, S5).
alter table projection_cursors add column timeouts bigint not null default 0;
-- Recoveries that wait for the key of a stream, looked at after every page.
create index quarantine_waiting on quarantine (park, waits_for) where waits_for is not null;
