-- That an appointment was put on hold: until which day, why, and by whom.
create table on_hold_row (
  workspace_id text not null, id text not null, version bigint not null, key_id text, checksum bytes,
  appointment_id text not null, until text not null, reason bytes, put_at bigint not null, put_by text,
  primary key (workspace_id, id));
create index on_hold_appointment on on_hold_row (workspace_id, appointment_id, id);
-- What staff remark on an appointment, for each other.
create table remark_row (
  workspace_id text not null, id text not null, version bigint not null, key_id text, checksum bytes,
  appointment_id text not null, text bytes, left_at bigint not null, left_by text,
  primary key (workspace_id, id));
create index remark_appointment on remark_row (workspace_id, appointment_id, id);
