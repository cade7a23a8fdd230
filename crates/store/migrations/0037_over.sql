-- Outcomes of requests that are told no more are found by their age alone, whoever's they are.
drop index idempotency_by_age;
create index idempotency_by_age on idempotency (at);
-- Drafts are sealed by their workspace's key; those sealed before can't be opened by it, and none is older than half a day.
delete from draft;
