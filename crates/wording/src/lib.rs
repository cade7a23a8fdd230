//! Everything that people read, in each language that it is there in: the files under `messages`, with a function for
//! each English message here, and which language is spoken. What a language does not have is said in English.
//! Who leans on this room calls it `say`: `say::offers_for_you(3)`.
mod bundle;
pub mod coverage;
mod markup;
mod overheard;
pub mod speech;

pub use bundle::{Argument, Count};
pub use markup::Markup;
pub use messages::said::*;
pub use overheard::{overheard, reworded};

/// A message without arguments, said once it is known in which language.
pub type Says = fn() -> &'static str;

mod messages {
    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}
