-- Restore drills and what they showed: evidence, so insert only.
create table backup_drill (id text not null primary key, at bigint not null, good boolean not null, report text not null);
--sqlite:create trigger backup_drill_update before update on backup_drill begin select raise(abort, 'backup_drill is insert-only'); end;
--sqlite:create trigger backup_drill_delete before delete on backup_drill begin select raise(abort, 'backup_drill is insert-only'); end;
--postgres:create trigger backup_drill_guard before update or delete or truncate on backup_drill for each statement execute function insert_only();
