-- Programs that work in a workspace with a role of their own, their keys, and what keys are narrowed to.
create table service_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  name text not null, role text not null, role_id text, team_ids text not null, networks text not null, kept_by text not null, created_at bigint not null, ended_at bigint,
  primary key (workspace_id, id));
create index service_kept_by on service_row (workspace_id, kept_by);
create index service_role on service_row (workspace_id, role_id);
create table service_key (
  token_hash bytes primary key, id text not null, workspace_id text not null, service_id text not null, made_with text,
  name text not null, created_at bigint not null, ends_at bigint not null, last_used_at bigint, strength bigint not null, scopes text);
create index service_key_of on service_key (workspace_id, service_id);
alter table api_key add column scopes text;
alter table api_key add column networks text;

-- Whether an interpreter can sign in is looked up among members, where it is true.
alter table interpreter_row drop column invite_state;
create index invitation_of_interpreter on invitation_row (workspace_id, interpreter_id) where interpreter_id is not null;
