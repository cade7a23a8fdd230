-- What lets somebody in or speaks for something outside the records carries a keyed checksum as well, made where it is
-- issued. Rows from before are sealed once, at the first start (gate/src/passes.rs).
alter table session add column checksum bytes;
alter table api_key add column checksum bytes;
alter table service_key add column checksum bytes;
alter table scim_token add column checksum bytes;
alter table ticket add column checksum bytes;
alter table letter add column checksum bytes;
alter table provider_domain add column checksum bytes;

-- By whom a record was seen is found by this table, so nothing goes from it either.
--sqlite:create trigger audit_subject_update before update on audit_subject begin select raise(abort, 'audit_subject is insert-only'); end;
--sqlite:create trigger audit_subject_delete before delete on audit_subject begin select raise(abort, 'audit_subject is insert-only'); end;
--postgres:create trigger audit_subject_guard before update or delete or truncate on audit_subject for each statement execute function insert_only();
