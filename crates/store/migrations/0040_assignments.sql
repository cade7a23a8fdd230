-- Who covers an appointment stands in a record of its own, one for each time that somebody had a seat of it. What stood on the
-- appointment's row is carried over by the program, since it is sealed and has a checksum (scheduling/src/carry_over.rs).
create table assignment_row (
  workspace_id text not null, id text not null, version bigint not null, key_id text, checksum bytes,
  appointment_id text not null, seat bigint not null, interpreter_id text, state text not null,
  assigned_how text, assigned_at bigint, assigned_by text,
  reference text not null, language text not null, service_type text not null,
  wall_start text not null, zone text not null, minutes bigint not null, starts_at bigint not null, ends_at bigint not null,
  overridden boolean not null, override_reason bytes, pay_rate text,
  checked_in_at bigint, started_at bigint, ended_at bigint, removed_at bigint, removed_by text,
  primary key (workspace_id, id));
create unique index assignment_seat on assignment_row (workspace_id, appointment_id, seat) where state <> 'ended';
create index assignment_appointment on assignment_row (workspace_id, appointment_id, id);
create index assignment_interpreter on assignment_row (workspace_id, interpreter_id, starts_at, id);
create index assignment_start on assignment_row (workspace_id, starts_at, id) where state = 'active';
create index assignment_removed on assignment_row (workspace_id, interpreter_id, removed_at, id) where state = 'ended';

-- The second wall against double booking goes along.
--sqlite:drop trigger double_booking_insert;
--sqlite:drop trigger double_booking_update;
--sqlite:create trigger double_booking_insert before insert on assignment_row when new.state = 'active' and not new.overridden begin
--sqlite:  select raise(abort, 'double_booking') where exists (select 1 from assignment_row a where a.workspace_id = new.workspace_id and a.interpreter_id = new.interpreter_id and a.id <> new.id and a.state = 'active' and not a.overridden and a.starts_at < new.ends_at and a.ends_at > new.starts_at and a.starts_at > new.starts_at - 86400000000);
--sqlite:end;
--sqlite:create trigger double_booking_update before update of state, interpreter_id, starts_at, ends_at, overridden on assignment_row when new.state = 'active' and not new.overridden and (old.state <> new.state or old.interpreter_id is not new.interpreter_id or old.starts_at <> new.starts_at or old.ends_at <> new.ends_at or old.overridden <> new.overridden) begin
--sqlite:  select raise(abort, 'double_booking') where exists (select 1 from assignment_row a where a.workspace_id = new.workspace_id and a.interpreter_id = new.interpreter_id and a.id <> new.id and a.state = 'active' and not a.overridden and a.starts_at < new.ends_at and a.ends_at > new.starts_at and a.starts_at > new.starts_at - 86400000000);
--sqlite:end;
--postgres:alter table appointment_row drop constraint double_booking;
--postgres:alter table assignment_row add constraint double_booking exclude using gist (workspace_id with =, interpreter_id with =, int8range(starts_at, ends_at) with &&) where (state = 'active' and not overridden);

-- Of an appointment the column may be empty from now on, which the embedded engine takes of a new column only.
alter table appointment_row add column overridden_before boolean;
update appointment_row set overridden_before = overridden;
alter table appointment_row drop column overridden;
alter table appointment_row rename column overridden_before to overridden;

-- What is to be carried over, found at once and soon empty.
drop index appointment_interpreter;
create index appointment_to_carry on appointment_row (workspace_id, id) where interpreter_id is not null;
drop index former_assignment_interpreter;
alter table former_assignment_row add column assignment_id text;
create index former_assignment_to_carry on former_assignment_row (workspace_id, id) where assignment_id is null;
insert into job (workspace_id, kind, subject, due_at)
    select workspace_id, 'assignments.carry-over', '', 0 from workspace_row where workspace_id = id;

-- A process that does not know this would find nobody assigned, and assign somebody where nobody looks. It may have begun before
-- and still run: it can write no entry any more, so it answers nothing, and asks people to try again.
--postgres:create function newer_only() returns trigger language plpgsql as $$ begin if coalesce(nullif(current_setting('interpres.schema', true), ''), '0')::bigint < 40 then raise exception 'a newer Interpres has brought this database up to date' using errcode = '40001'; end if; return null; end $$;
--postgres:create trigger audit_entry_newer before insert on audit_entry for each statement execute function newer_only();
