-- What commands leave for later, by kind and the id of what it is about. A job holds no value.
create table job (
    workspace_id text not null,
    kind text not null,
    subject text not null,
    due_at bigint not null,
    -- How often it was asked for: who does it notices when it was asked for again meanwhile.
    asked bigint not null default 1,
    tries bigint not null default 0,
    -- Until when nobody takes it: somebody is at it, or it failed and waits.
    free_at bigint not null default 0,
    -- Why it failed, as a fixed word.
    last_error text,
    -- Since when it waits for a person.
    failed_at bigint,
    primary key (workspace_id, kind, subject)
);
create index job_due on job (due_at) where failed_at is null;
create index job_held on job (workspace_id, free_at);
insert into job (workspace_id, kind, subject, due_at)
    select workspace_id, case kind when 'Dispatcher' then 'offers.advance' when 'Reviewer' then 'log.judge' else 'retention.keep' end, '', min(at)
    from alarm where kind in ('Dispatcher', 'Reviewer', 'Keeper') group by workspace_id, kind;
drop table alarm;
