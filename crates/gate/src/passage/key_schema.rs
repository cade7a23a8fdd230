//! The key store's own tables.
use interpres_store::Migration;

/// The key store's own schema.
pub const KEY_SCHEMA: &[Migration] = &[
    Migration {
        number: 1,
        name: "keys",
        sql: "create table workspace_key (workspace_id text primary key, wrapped bytes not null, log_seed bytes not null);
              create table record_key (workspace_id text not null, id text not null, wrapped bytes not null, primary key (workspace_id, id));",
    },
    Migration {
        number: 2,
        name: "rotation",
        sql: "create table log_key (workspace_id text not null, number bigint not null, wrapped bytes not null, primary key (workspace_id, number));
              create table old_workspace_key (workspace_id text not null, number bigint not null, wrapped bytes not null, primary key (workspace_id, number));
              alter table workspace_key add column number bigint not null default 0;
              alter table workspace_key add column seals bigint not null default 0;
              alter table workspace_key add column checksum bytes;
              alter table record_key add column above bigint not null default 0;
              create index record_key_above on record_key (workspace_id, above, id);",
    },
    Migration {
        number: 3,
        name: "poison",
        sql: "alter table record_key add column poison bigint not null default 0;
              create index record_key_poison on record_key (workspace_id, id) where poison = 1;",
    },
    Migration { number: 4, name: "bond", sql: "create table data_bond (one bigint not null primary key, installation text not null, mark bigint not null);" },
    // What was done once with the data, kept where whoever has only the data can't have it done again.
    Migration { number: 23, name: "once", sql: "create table once (name text primary key, at bigint not null);" },
    Migration {
        number: 24,
        name: "destroyed",
        sql: "create table destroyed_key (workspace_id text not null, id text not null, seal bytes not null, primary key (workspace_id, id));",
    },
];
