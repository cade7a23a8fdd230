-- Second factors that were lost: who asked for a way back in, and who else agreed.
create table recovery_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  member_id text not null, recognised text not null, asked_by text not null, asked_name text not null, asked_at bigint not null,
  answered_by text, agreed boolean, answered_at bigint,
  primary key (workspace_id, id));
create index recovery_of on recovery_row (workspace_id, member_id, asked_at);
