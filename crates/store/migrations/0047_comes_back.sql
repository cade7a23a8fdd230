-- When an appointment that is on hold comes back: one job a workspace waits for the first of them. There was one for each
-- appointment, which did not come along when a workspace moved.
alter table on_hold_row add column comes_back_at bigint;
delete from job where kind = 'appointment.comes-back';
-- What each process asks every minute, of all workspaces: which of them are owed such a job.
create index appointment_on_hold on appointment_row (status, workspace_id, id) where status = 'on-hold';
create index offer_open on offer_row (state, workspace_id, expires_at) where state = 'open';
