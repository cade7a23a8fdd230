-- What the gate itself keeps. Tables without "_row" are plumbing: written in store and gate only,
-- never holding a protected value.

create table user_account_row (
  workspace_id text not null, id text not null, version bigint not null,
  email text not null, name text not null, password_hash text not null,
  failures bigint not null, locked_until bigint, last_sign_in_at bigint,
  primary key (workspace_id, id));
create unique index user_account_email on user_account_row (workspace_id, email);

create table workspace_row (
  workspace_id text not null, id text not null, version bigint not null,
  name text not null, zone text not null, currency text not null,
  hipaa_mode_since bigint, settings text not null,
  primary key (workspace_id, id));

create table agreement_row (
  workspace_id text not null, id text not null, version bigint not null,
  kind text not null, text_version text not null, accepted_by text not null, accepted_at bigint not null, ended_at bigint,
  primary key (workspace_id, id));

create table team_row (
  workspace_id text not null, id text not null, version bigint not null,
  name text not null, name_key text not null,
  primary key (workspace_id, id));
create unique index team_name on team_row (workspace_id, name_key);

create table member_row (
  workspace_id text not null, id text not null, version bigint not null,
  user_id text not null, role text not null, team_ids text not null, name text not null, email text not null,
  interpreter_id text, customer_id text, ended_at bigint,
  primary key (workspace_id, id));
create unique index member_user on member_row (workspace_id, user_id);
create index member_of_user on member_row (user_id);

create table session (
  token_hash bytes primary key, id text not null, workspace_id text not null, user_id text not null,
  created_at bigint not null, last_seen_at bigint not null, ends_at bigint not null, idle_seconds bigint not null,
  csrf text not null, address text, agent text);
create index session_of_user on session (user_id);

create table api_key (
  token_hash bytes primary key, id text not null, workspace_id text not null, user_id text not null,
  name text not null, created_at bigint not null, ends_at bigint not null, last_used_at bigint);
create index api_key_of_user on api_key (user_id);

create table idempotency (
  workspace_id text not null, actor text not null, key text not null,
  digest bytes not null, outcome text not null, at bigint not null,
  primary key (workspace_id, actor, key));

create table notice_row (
  workspace_id text not null, id text not null, version bigint not null,
  user_id text not null, at bigint not null, kind text not null, text text not null, path text not null, read_at bigint,
  primary key (workspace_id, id));
create index notice_of_user on notice_row (workspace_id, user_id, id);

-- Every version of every record. Insert only.
create table record_version (
  workspace_id text not null, kind text not null, record_id text not null, version bigint not null,
  entry_id text not null, at bigint not null, actor text not null, body text not null, checksum bytes not null,
  primary key (workspace_id, record_id, version));

-- The audit log: entries as they are hashed, verbatim; which are not numbered yet; their numbers.
create table audit_entry (
  workspace_id text not null, id text not null, at bigint not null, actor text not null, action text not null,
  leaf bytes not null,
  primary key (workspace_id, id));
create index audit_entry_actor on audit_entry (workspace_id, actor, id);
create index audit_entry_action on audit_entry (workspace_id, action, id);
create table audit_subject (
  workspace_id text not null, subject_id text not null, entry_id text not null,
  primary key (workspace_id, subject_id, entry_id))
--sqlite: without rowid
;
create table audit_pending (
  workspace_id text not null, entry_id text not null,
  primary key (workspace_id, entry_id))
--sqlite: without rowid
;
create table audit_leaf (
  workspace_id text not null, number bigint not null, entry_id text not null, hash bytes not null,
  primary key (workspace_id, number))
--sqlite: without rowid
;
create unique index audit_leaf_entry on audit_leaf (workspace_id, entry_id);
create table audit_head (
  workspace_id text not null primary key, size bigint not null, peaks bytes not null, checkpoint text not null, at bigint not null);

--sqlite:create trigger record_version_update before update on record_version begin select raise(abort, 'record_version is insert-only'); end;
--sqlite:create trigger record_version_delete before delete on record_version begin select raise(abort, 'record_version is insert-only'); end;
--sqlite:create trigger audit_entry_update before update on audit_entry begin select raise(abort, 'audit_entry is insert-only'); end;
--sqlite:create trigger audit_entry_delete before delete on audit_entry begin select raise(abort, 'audit_entry is insert-only'); end;
--sqlite:create trigger audit_leaf_update before update on audit_leaf begin select raise(abort, 'audit_leaf is insert-only'); end;
--sqlite:create trigger audit_leaf_delete before delete on audit_leaf begin select raise(abort, 'audit_leaf is insert-only'); end;
--postgres:create function insert_only() returns trigger language plpgsql as $$ begin raise exception '% is insert-only', tg_table_name; end $$;
--postgres:create trigger record_version_guard before update or delete or truncate on record_version for each statement execute function insert_only();
--postgres:create trigger audit_entry_guard before update or delete or truncate on audit_entry for each statement execute function insert_only();
--postgres:create trigger audit_leaf_guard before update or delete or truncate on audit_leaf for each statement execute function insert_only();
create index member_of_interpreter on member_row (workspace_id, interpreter_id);

-- When a background job has something to do in a workspace; set with the act that makes it so.
create table alarm (
  workspace_id text not null, kind text not null, at bigint not null,
  primary key (workspace_id, kind, at));
create index alarm_time on alarm (at);
