//! The only crate that names a SQL driver: pools, turns, shared commits, scoped names,
//! migrations and the two dialects. One SQL text serves both engines.
mod connect;
mod copies;
mod database;
mod dialect;
mod driver;
mod erased;
mod error;
mod group;
mod ids;
mod journal;
mod migrate;
mod news;
mod notes;
mod put_together;
mod room;
mod row;
mod scope;
mod server_address;
mod statistics;
mod turn;
mod val;
mod wal;

pub use copies::check_pages;
pub use database::{Config, Database, Engine, Reader};
pub use erased::{Erased, Shared};
pub use error::StoreError;
pub use migrate::{Migration, SCHEMA};
pub use news::Look;
pub use notes::{Shape, Write};
pub use put_together::{moments, put_together};
pub use room::{Pending, free_bytes, make_room};
pub use row::Row;
pub use scope::{Scope, Scoped, scoped};
pub use server_address::ServerAddress;
pub use turn::{Durable, Turn};
pub use val::{Kind, Val, bind_list};
