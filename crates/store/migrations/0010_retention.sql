-- For how long appointments are kept, what waits to be purged, and what stays of what was.
create table retention_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  years bigint, file_first boolean not null,
  primary key (workspace_id, id));

create unique index retention_one on retention_row (workspace_id);

create table purge_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  appointment_id text not null, reference text not null, queued_at bigint not null, due_at bigint not null,
  years bigint not null, file_receipt text, filed_at bigint, purged_at bigint, keys bigint not null,
  primary key (workspace_id, id));
create unique index purge_appointment on purge_row (workspace_id, appointment_id);
create index purge_due on purge_row (workspace_id, purged_at, due_at);
create index appointment_closed on appointment_row (workspace_id, closed_at);

create table tombstone_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  kind text not null, record_id text not null, label text not null, rule text not null, removed_at bigint not null,
  primary key (workspace_id, id));
create index tombstone_record on tombstone_row (workspace_id, record_id);

-- Versions go only with their whole record, and only when it has a tombstone.
--sqlite:drop trigger record_version_delete;
--sqlite:create trigger record_version_delete before delete on record_version when not exists (select 1 from tombstone_row t where t.workspace_id = old.workspace_id and t.record_id = old.record_id) begin select raise(abort, 'record_version is insert-only'); end;
--postgres:drop trigger record_version_guard on record_version;
--postgres:create trigger record_version_guard before update or truncate on record_version for each statement execute function insert_only();
--postgres:create function removed_only() returns trigger language plpgsql as $$ begin if exists (select 1 from tombstone_row t where t.workspace_id = old.workspace_id and t.record_id = old.record_id) then return old; end if; raise exception 'record_version is insert-only'; end $$;
--postgres:create trigger record_version_delete before delete on record_version for each row execute function removed_only();
