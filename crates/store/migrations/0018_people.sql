-- Members are found by their names, however they are capitalised.
alter table member_row add column name_key text;
create index member_by_name on member_row (workspace_id, coalesce(name_key, lower(name)), id);

-- A review holds a record for each member and service, so that it can be of any length. Those of before keep all
-- of theirs in one column.
create table access_review_line_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  review_id text not null, name text not null, name_key text not null, member_id text, service_id text, role text not null, holds text not null, teams bigint not null,
  last_seen_at bigint, enrolled boolean, decision text, decided_by text, decided_at bigint,
  primary key (workspace_id, id));
create index access_review_line_of on access_review_line_row (workspace_id, review_id, name_key, id);
