-- A person's link to an identity provider can be let go of, and is found by the person.
alter table external_identity_row add column ended_at bigint;
create index external_identity_of_user on external_identity_row (workspace_id, user_id);
