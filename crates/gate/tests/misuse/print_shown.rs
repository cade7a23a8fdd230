//~ doesn't implement `std::fmt::Display`
use interpres_gate::{PersonName, Shown};
pub fn f(name: &Shown<PersonName>) -> String {
    format!("{name}")
}
