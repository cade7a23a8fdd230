//! A test house: an installation with the named world, on either engine, with a clock that can be
//! set; and the checks that run after every story. Dev only.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test house that can't be built should stop"
)]
mod house;
mod postgres;
mod watch;

pub use house::{DRAWN, House, Step, booking};
pub use interpres::{KANARYA, World};
pub use interpres_store::Engine;
pub use macro_rules_attribute::apply;
pub use postgres::by_tls;

/// Makes a story of a function, by `#[apply(story)]`: two tests, one on each engine, named after
/// the function's sentence. After each, the log is verified and everything that leaves the vault is
/// searched for the canary.
#[macro_export]
macro_rules! story {
    ($(#[$mark:meta])* async fn $name:ident($house:ident: $of:ty $(,)?) $body:block) => {
        mod $name {
            use super::*;
            async fn story($house: $of) $body
            $(#[$mark])*
            #[test]
            fn on_the_embedded_engine() {
                $crate::House::tell($crate::Engine::Sqlite, |house| Box::pin(story(house)));
            }
            $(#[$mark])*
            #[test]
            fn on_postgresql() {
                $crate::House::tell($crate::Engine::Postgres, |house| Box::pin(story(house)));
            }
        }
    };
}
