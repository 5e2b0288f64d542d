drop index quarantine_waiting;
alter table projection_cursors drop column timeouts;
alter table quarantine drop constraint quarantine_pkey;
-- One row an event and table, as it was before.
delete from quarantine q using quarantine o
  where q.park = o.park and q.read_model = o.read_model and q.node = o.node and q.epoch = o.epoch and q.seq = o.seq
    and q.key > o.key;
alter table quarantine drop column waits_for;
alter table quarantine drop column program;
alter table quarantine drop column key;
alter table quarantine add primary key (park, read_model, node, epoch, seq);
