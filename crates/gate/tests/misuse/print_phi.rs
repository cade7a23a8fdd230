//~ `Phi<PersonName>` doesn't implement `std::fmt::Display`
use interpres_gate::{PersonName, Phi};
pub fn f(name: &Phi<PersonName>) -> String {
    format!("{name}")
}
