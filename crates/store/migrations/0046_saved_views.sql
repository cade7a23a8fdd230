-- A list as somebody keeps it: what it is narrowed to and sorted by, under a name.
create table saved_view_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  list text not null, name text not null, filter text not null, kept_by text not null, shared_at bigint, dropped_at bigint,
  primary key (workspace_id, id));
create index saved_view_list on saved_view_row (workspace_id, list, id);
-- How somebody looks at a list: which view opens first, and which columns are left out.
create table list_layout_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  user_id text not null, list text not null, opens text, hidden text not null,
  primary key (workspace_id, id));
create index list_layout_user on list_layout_row (workspace_id, user_id, list);
