-- What somebody has typed so far of something that is done in steps, sealed for them; let go after half a day.
create table draft (
    workspace_id text not null,
    user_id text not null,
    id text not null,
    saved_at bigint not null,
    body bytes not null,
    primary key (workspace_id, user_id, id)
);
create index draft_by_age on draft (saved_at);
