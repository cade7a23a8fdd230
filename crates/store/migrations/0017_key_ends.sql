-- When whoever answers for a key was told that it ends soon.
alter table api_key add column told_at bigint;
alter table service_key add column told_at bigint;
create index api_key_end on api_key (workspace_id, ends_at);
create index service_key_end on service_key (workspace_id, ends_at);
