-- Whom an appointment is for is a record of its own, under a key of its own.
create table client_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes, key_id text,
  team_id text not null, customer_id text not null, health_care boolean not null,
  name bytes, label text, preferred text, blocked text, unlinked_at bigint,
  primary key (workspace_id, id));
create index client_team on client_row (workspace_id, team_id, id);
create index client_customer on client_row (workspace_id, customer_id, id);
create index client_unlinked on client_row (workspace_id, unlinked_at, id) where unlinked_at is not null;
alter table appointment_row add column client_id text;
alter table appointment_row add column client_version bigint;
create index appointment_client on appointment_row (workspace_id, client_id, starts_at, id);
-- What an earlier version kept on the appointment itself, until it is carried over.
create index appointment_uncarried on appointment_row (workspace_id, id) where client_id is null and key_id is not null and (client_name is not null or client_label is not null);
alter table erasure_row add column client_id text;
