-- Keys whose records were erased, until they are destroyed in the key store; certificates; holds.
create table key_destruction (
  workspace_id text not null, key_id text not null, at bigint not null,
  primary key (workspace_id, key_id));

create table erasure_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  appointment_id text not null, reference text not null, erased_at bigint not null, erased_by text, reason text not null,
  records bigint not null, keys bigint not null,
  primary key (workspace_id, id));

create table hold_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  appointment_id text not null, matter text not null, begun_at bigint not null, begun_by text, ended_at bigint,
  primary key (workspace_id, id));
create index hold_appointment on hold_row (workspace_id, appointment_id, ended_at);
create index import_line_record on import_line_row (workspace_id, record_id);
