-- Who holds a job: whoever took it, and nobody else, renews it, ends it or gives it back.
alter table job add column holder text;
drop index job_held;
create index job_held on job (workspace_id, free_at) where holder is not null;
-- A process of the version before still writes here until it is replaced; nobody reads it. The next version drops it.
create table alarm (
    workspace_id text not null, kind text not null, at bigint not null,
    primary key (workspace_id, kind, at)
);
create index alarm_time on alarm (at);
