-- What a team is limited to, where it is.
alter table team_row add column customers text;
alter table team_row add column interpreters text;
alter table team_row add column service_types text;
