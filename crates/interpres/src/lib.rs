//! The wiring: a data folder, its keys and databases, the rooms' names, and the gate over them.
pub mod backup;
mod cbom;
pub mod connections;
pub mod control;
pub mod demo;
mod fields;
pub mod file_limit;
pub mod mail;
mod masters;
mod open;
mod outward;
mod pem;
mod private_file;
pub mod serve;
mod server_copy;
pub mod setup;
pub mod siem;
pub mod tls;
mod witnesses;
pub mod workspace_file;
mod world;

pub use cbom::cbom;
pub use fields::{fields, kinds};
pub use masters::{MasterAt, OpenMaster, Transit};
pub use open::{Databases, OpenError, file_key_of, names, open, rotate_master, system_clock};
pub use witnesses::{WitnessAt, Witnesses};
pub use world::{KANARYA, Person, World, enrol, enter, fill_world};
