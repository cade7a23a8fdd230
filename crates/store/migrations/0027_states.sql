-- Why somebody accepted a conflict of the interpreter, and why rates were frozen anew.
alter table appointment_row add column override_reason bytes;
alter table appointment_row add column rates_reason bytes;

-- What an interpreter keeps of an appointment that was taken away from them: its number, its time and the
-- agreed pay, never the client.
create table former_assignment_row (
  workspace_id text not null, id text not null, version bigint not null, checksum bytes,
  appointment_id text not null, interpreter_id text not null, team_id text not null, reference text not null,
  language text not null, service_type text not null, wall_start text not null, zone text not null, minutes bigint not null,
  pay_rate text, removed_at bigint not null, removed_by text,
  primary key (workspace_id, id));
create index former_assignment_interpreter on former_assignment_row (workspace_id, interpreter_id, id);
create index former_assignment_appointment on former_assignment_row (workspace_id, appointment_id, id);
