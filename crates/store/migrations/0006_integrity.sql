-- A keyed checksum on every record (AL7), the same that its latest version carries, so that a
-- change behind our back is seen when the record is read.
alter table user_account_row add column checksum bytes;
alter table workspace_row add column checksum bytes;
alter table agreement_row add column checksum bytes;
alter table team_row add column checksum bytes;
alter table member_row add column checksum bytes;
alter table interpreter_row add column checksum bytes;
alter table customer_row add column checksum bytes;
alter table import_row add column checksum bytes;
alter table import_line_row add column checksum bytes;
alter table appointment_row add column checksum bytes;
alter table offer_round_row add column checksum bytes;
alter table offer_row add column checksum bytes;
alter table rate_row add column checksum bytes;
alter table voucher_row add column checksum bytes;
alter table notice_row add column checksum bytes;
alter table invoice_row add column checksum bytes;

-- Records and versions found changed: when, and when they were taken out of sight.
create table integrity_incident (
  workspace_id text not null, kind text not null, record_id text not null, version bigint not null, found text not null,
  at bigint not null, quarantined_at bigint, restored_at bigint,
  primary key (workspace_id, kind, record_id, version, found, at));
create index integrity_incident_open on integrity_incident (at) where quarantined_at is null;

-- When each workspace's records were last gone through, and how many there were.
create table integrity_sweep (
  workspace_id text not null primary key, at bigint not null, records bigint not null, versions bigint not null, incidents bigint not null);
