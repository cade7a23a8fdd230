-- How surely somebody came in, second factors, tickets at the door, and devices that are known.
alter table session add column strength bigint not null default 1;
alter table session add column proved_at bigint;
alter table api_key add column strength bigint not null default 1;
alter table member_row add column joined_at bigint;
alter table workspace_row add column hipaa_mode_ended_at bigint;

create table factor_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes, key_id text,
  user_id text not null, kind text not null, name text not null, secret bytes, public text, credential_id text, last_step bigint,
  created_at bigint not null, used_at bigint, ended_at bigint,
  primary key (workspace_id, id));
create index factor_of_user on factor_row (user_id, ended_at);
create index factor_at_home on factor_row (workspace_id, user_id, ended_at);
create unique index factor_credential on factor_row (credential_id) where credential_id is not null and ended_at is null;

create table ticket (
  token_hash bytes primary key, kind text not null, workspace_id text not null, user_id text,
  ends_at bigint not null, tries bigint not null, body text not null);
create index ticket_end on ticket (ends_at);
create index ticket_of_user on ticket (user_id);

-- Browsers that somebody signed in with before; what a stranger does elsewhere does not lock them out.
create table device (token_hash bytes primary key, user_id text not null, seen_at bigint not null);
create index device_of_user on device (user_id, seen_at);

-- Wrong tries in a row, by what was tried.
create table throttle (key bytes primary key, failures bigint not null, locked_until bigint not null, at bigint not null);
create index throttle_at on throttle (at);

-- Letters on their way, and what became of them. Links are made when a letter is sent.
create table letter (
  workspace_id text not null, id text not null, address text not null, subject text not null, text text not null, path text not null,
  ticket text, at bigint not null, next_at bigint, tries bigint not null, sent_at bigint, trouble text,
  primary key (workspace_id, id));
create index letter_next on letter (next_at) where next_at is not null;

-- Roles that workspaces make for themselves, invitations, and what people agreed to.
create table role_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  name text not null, name_key text not null, reaches text not null, fields text not null, ended_at bigint,
  primary key (workspace_id, id));
create unique index role_name on role_row (workspace_id, name_key) where ended_at is null;
alter table member_row add column role_id text;
alter table member_row add column owner_offered_by text;
alter table member_row add column terms text;
alter table member_row add column removed_at bigint;

create table invitation_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  email text not null, name text, role text not null, role_id text, team_ids text not null, interpreter_id text, customer_id text,
  invited_by text not null, invited_at bigint not null, ends_at bigint not null, sent bigint not null, accepted_at bigint, revoked_at bigint,
  primary key (workspace_id, id));
create unique index invitation_open on invitation_row (workspace_id, email) where accepted_at is null and revoked_at is null;
create index invitation_latest on invitation_row (workspace_id, invited_at, id);

-- Which customers are covered by HIPAA mode, who may take files away under it, and how it came on and off.
alter table appointment_row add column health_care boolean;
alter table member_row add column may_export boolean;
alter table agreement_row add column issued_by text;
alter table agreement_row add column offer_id text;
alter table agreement_row add column address text;

create table agreement_offer_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  kind text not null, text_version text not null, body text not null, issued_by text not null, issued_at bigint not null, signed_at bigint, ended_at bigint,
  primary key (workspace_id, id));

create table mode_change_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  turned_on boolean not null, terms_version text, reason text, asked_by text not null, asked_at bigint not null, confirmed_by text, done_at bigint, dropped_at bigint,
  primary key (workspace_id, id));
create index mode_change_latest on mode_change_row (workspace_id, asked_at);

-- Identity providers, who people are to them, and sessions that came by one.
create table provider_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes, key_id text,
  name text not null, preset text not null, issuer text not null, client_id text not null, client_secret bytes not null, domains text not null, joins boolean not null,
  default_role text not null, group_claim text not null, group_roles text not null, strong_values text not null, exclusive boolean not null, ended_at bigint,
  primary key (workspace_id, id));
create index provider_id on provider_row (id);
create table external_identity_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  issuer text not null, subject text not null, user_id text not null, linked_at bigint not null,
  primary key (workspace_id, id));
create unique index external_identity_of on external_identity_row (workspace_id, issuer, subject);
alter table session add column via text;
alter table session add column provider_session text;
create index session_via on session (via, provider_session) where via is not null;
-- Which provider addresses of a domain are sent to: one, granted by the operator.
create table provider_domain (domain text primary key, workspace_id text not null, provider_id text not null);
-- Tokens that count once, such as those for logging out.
create table seen_token (hash bytes primary key, ends_at bigint not null);
create index seen_token_end on seen_token (ends_at);

-- Reviews of who has access, and glasses that were broken.
create table access_review_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  opened_at bigint not null, due_at bigint not null, lines text not null, told_at bigint, signed_by text, signed_name text, signed_at bigint,
  primary key (workspace_id, id));
create index access_review_latest on access_review_row (workspace_id, opened_at);
create table break_glass_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  user_id text not null, name text not null, appointment_id text not null, reference text not null, reason text not null, opened_at bigint not null, ends_at bigint not null,
  reviewed_by text, justified boolean, reviewed_at bigint,
  primary key (workspace_id, id));

-- People and groups as an organization's directory knows them, and the tokens that it shows.
create table scim_user_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  user_name text not null, name_key text not null, external_id text, attributes text not null, active boolean not null, member_id text,
  created_at bigint not null, changed_at bigint not null, ended_at bigint,
  primary key (workspace_id, id));
create unique index scim_user_name on scim_user_row (workspace_id, name_key) where ended_at is null;
create table scim_group_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  display_name text not null, external_id text, members text not null, created_at bigint not null, changed_at bigint not null, ended_at bigint,
  primary key (workspace_id, id));
create table scim_token (
  token_hash bytes primary key, workspace_id text not null, created_at bigint not null, ends_at bigint not null, last_used_at bigint);
create index scim_token_of on scim_token (workspace_id);
