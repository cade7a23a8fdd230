-- A reference is found by any part of it, whatever its case and spaces, and compared like that. Whether one is
-- taken is told of what the asker may see, so the index is no longer what keeps it unique.
drop index appointment_reference;
create index appointment_reference on appointment_row (workspace_id, lower(replace(replace(reference, ' ', ''), ' ', '')));
-- The embedded engine reads the reference out of the index it walks, and a row only once its reference fits.
--sqlite:drop index appointment_start;
--sqlite:create index appointment_start on appointment_row (workspace_id, starts_at, id, reference);
--sqlite:drop index appointment_team;
--sqlite:create index appointment_team on appointment_row (workspace_id, team_id, starts_at, id, reference);
