-- Keys that were destroyed stay listed, so that they are destroyed again where an earlier key store is put back.
alter table key_destruction add column destroyed_at bigint;
create index key_destruction_waiting on key_destruction (workspace_id, key_id) where destroyed_at is null;
