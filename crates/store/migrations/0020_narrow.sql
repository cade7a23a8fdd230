-- Most appointments have no interpreter yet, no requester and no end: those that have none need no place there.
drop index appointment_interpreter;
create index appointment_interpreter on appointment_row (workspace_id, interpreter_id, starts_at, id) where interpreter_id is not null;
drop index appointment_requester;
create index appointment_requester on appointment_row (workspace_id, requester_id, starts_at, id) where requester_id is not null;
drop index appointment_closed;
create index appointment_closed on appointment_row (workspace_id, closed_at) where closed_at is not null;
