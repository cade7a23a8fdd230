//! Small parsed values that every room speaks in. No I/O, no clock, no randomness:
//! time and chance come in as arguments.
mod calendar;
mod card_number;
mod email;
mod field;
mod forbidden;
mod government_id;
mod ids;
mod instant;
mod label;
mod language;
mod language_search;
mod money;
mod networks;
mod number_words;
mod page_language;
mod phone;
mod place;
mod text;
mod written;
mod zones;

pub use calendar::{LocalDate, Moment, WallTime, Zone};
pub use email::Email;
pub use field::{Blank, Field, Problem, Problems, Rule};
pub use forbidden::forbidden_content;
pub use ids::*;
pub use instant::{Instant, Minutes, MinutesOrNone, Span};
pub use label::names_nobody;
pub use language::{Language, LanguageHint};
pub use money::{Cents, Currency, Mills};
pub use networks::{Networks, caller_of, is_this_machine};
pub use page_language::{Direction, PageLanguage};
pub use phone::Phone;
pub use place::{Point, Zip};
pub use text::{Line, Note, Reference, TypedReference, harmless_cell, searchable};
