create table appointment_row (
  workspace_id text not null, id text not null, version bigint not null, key_id text,
  reference text not null, team_id text not null, customer_id text not null, requester_id text,
  language text not null, service_type text not null, mode text not null,
  wall_start text not null, zone text not null, minutes bigint not null, starts_at bigint not null, ends_at bigint not null,
  status text not null, interpreter_id text, held boolean not null, overridden boolean not null,
  address text, city text, state text, zip text, latitude bigint, longitude bigint, meeting text,
  gender text, client_name bytes, client_label text, notes bytes, internal_notes bytes,
  checked_in_at bigint, started_at bigint, ended_at bigint, closed_at bigint,
  ended_by text, end_reason text, end_note bytes,
  bill_rate text, pay_rate text,
  primary key (workspace_id, id));
create unique index appointment_reference on appointment_row (workspace_id, reference);
create index appointment_start on appointment_row (workspace_id, starts_at, id);
create index appointment_team on appointment_row (workspace_id, team_id, starts_at, id);
create index appointment_interpreter on appointment_row (workspace_id, interpreter_id, starts_at, id);
create index appointment_status on appointment_row (workspace_id, status, starts_at, id);
create index appointment_customer on appointment_row (workspace_id, customer_id, starts_at, id);
create index appointment_requester on appointment_row (workspace_id, requester_id, starts_at, id);

-- The second wall against double booking; the first is the check under the interpreter's lock.
--sqlite:create trigger double_booking_insert before insert on appointment_row when new.held and not new.overridden begin
--sqlite:  select raise(abort, 'double_booking') where exists (select 1 from appointment_row a where a.workspace_id = new.workspace_id and a.interpreter_id = new.interpreter_id and a.id <> new.id and a.held and not a.overridden and a.starts_at < new.ends_at and a.ends_at > new.starts_at and a.starts_at > new.starts_at - 86400000000);
--sqlite:end;
--sqlite:create trigger double_booking_update before update of held, interpreter_id, starts_at, ends_at, overridden on appointment_row when new.held and not new.overridden and (old.held <> new.held or old.interpreter_id is not new.interpreter_id or old.starts_at <> new.starts_at or old.ends_at <> new.ends_at or old.overridden <> new.overridden) begin
--sqlite:  select raise(abort, 'double_booking') where exists (select 1 from appointment_row a where a.workspace_id = new.workspace_id and a.interpreter_id = new.interpreter_id and a.id <> new.id and a.held and not a.overridden and a.starts_at < new.ends_at and a.ends_at > new.starts_at and a.starts_at > new.starts_at - 86400000000);
--sqlite:end;
--postgres:create extension if not exists btree_gist;
--postgres:alter table appointment_row add constraint double_booking exclude using gist (workspace_id with =, interpreter_id with =, int8range(starts_at, ends_at) with &&) where (held and not overridden);

create table offer_round_row (
  workspace_id text not null, id text not null, version bigint not null,
  appointment_id text not null, team_id text not null, kind text not null, state text not null,
  queue text not null, minutes_each bigint,
  primary key (workspace_id, id));
create index offer_round_appointment on offer_round_row (workspace_id, appointment_id, id);

create table offer_row (
  workspace_id text not null, id text not null, version bigint not null, key_id text,
  appointment_id text not null, interpreter_id text not null, team_id text not null, round_id text not null,
  state text not null, offered_at bigint not null, expires_at bigint, answered_at bigint, reason bytes,
  primary key (workspace_id, id));
create index offer_appointment on offer_row (workspace_id, appointment_id, state, id);
create index offer_interpreter on offer_row (workspace_id, interpreter_id, state, id);
create index offer_expiry on offer_row (workspace_id, state, expires_at);
