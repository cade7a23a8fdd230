-- How far each log has gone to a collector.
create table audit_stream (workspace_id text not null primary key, number bigint not null);
