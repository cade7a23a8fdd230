-- Answers that are given again are sealed by the caller's key, and are let go after a week. Those kept in clear go.
delete from idempotency;
create index idempotency_by_age on idempotency (workspace_id, actor, at);
