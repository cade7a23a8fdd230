//~ doesn't implement `Debug`
use interpres_gate::{PersonName, Shown};
pub fn f(name: &Shown<PersonName>) -> String {
    format!("{name:?}")
}
