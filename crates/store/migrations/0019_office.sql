-- Pictures of people and workspaces, and who sent an invoice as they were then.
create table picture_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  media text not null, body text not null, made_at bigint not null,
  primary key (workspace_id, id));
alter table member_row add column photo text;
alter table member_row add column reach_by text;
alter table invoice_row add column sender text;
