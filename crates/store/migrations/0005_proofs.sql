-- The roots of complete subtrees of each log, at every eighth level, so that a proof reads a few
-- hundred hashes and not the log; by which keys it was signed; and what witnesses have signed.
create table audit_node (
  workspace_id text not null, level bigint not null, number bigint not null, hash bytes not null,
  primary key (workspace_id, level, number));
create table audit_handover (
  workspace_id text not null, number bigint not null, note text not null, at bigint not null,
  primary key (workspace_id, number));
create table audit_cosignature (
  workspace_id text not null, witness text not null, size bigint not null, checkpoint text not null, line text not null, at bigint not null,
  primary key (workspace_id, witness));

-- How an entry ended when it was not done: refused or fault. Few are, and those are looked for.
alter table audit_entry add column trouble text;
create index audit_entry_trouble on audit_entry (workspace_id, trouble, id) where trouble is not null;

--sqlite:create trigger audit_node_update before update on audit_node begin select raise(abort, 'audit_node is insert-only'); end;
--sqlite:create trigger audit_node_delete before delete on audit_node begin select raise(abort, 'audit_node is insert-only'); end;
--sqlite:create trigger audit_handover_update before update on audit_handover begin select raise(abort, 'audit_handover is insert-only'); end;
--sqlite:create trigger audit_handover_delete before delete on audit_handover begin select raise(abort, 'audit_handover is insert-only'); end;
--postgres:create trigger audit_node_guard before update or delete or truncate on audit_node for each statement execute function insert_only();
--postgres:create trigger audit_handover_guard before update or delete or truncate on audit_handover for each statement execute function insert_only();
