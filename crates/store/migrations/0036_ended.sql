-- Passes that have ended, by the beginning of their token's hash, which the log calls them by as well: one that is put back
-- is known, and a row that is taken from here is missed by the log and made again. Nothing goes from it.
create table ended_pass (mark bytes primary key, id text not null, at bigint not null);
create unique index ended_pass_id on ended_pass (id);
--sqlite:create trigger ended_pass_update before update on ended_pass begin select raise(abort, 'ended_pass is insert-only'); end;
--sqlite:create trigger ended_pass_delete before delete on ended_pass begin select raise(abort, 'ended_pass is insert-only'); end;
--postgres:create trigger ended_pass_guard before update or delete or truncate on ended_pass for each statement execute function insert_only();
