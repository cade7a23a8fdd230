-- Who pressed Import: the job that goes on with it acts as them.
alter table import_row add column started_by text;
