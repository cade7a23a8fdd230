-- What was found in the log, names under watch, and saved queries of the log.
create table finding_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  pattern text not null, who text not null, address text, hour bigint not null, first_entry text not null, times bigint not null, records text not null,
  verdict text, remark text, signed_by text, signed_at bigint,
  primary key (workspace_id, id));
create index finding_hour on finding_row (workspace_id, hour, pattern, who);

create table watch_row (
  workspace_id text not null, id text not null, version bigint not null, key_id text, checksum bytes,
  client_name bytes not null, reason text not null, begun_at bigint not null, begun_by text, ended_at bigint,
  primary key (workspace_id, id));

create table saved_query_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  name text not null, filter text not null, saved_by text, dropped_at bigint,
  primary key (workspace_id, id));
