//~ private
use interpres_gate::{PersonName, Shown};
pub fn f() -> Shown<PersonName> {
    Shown::new("Mei".to_owned(), false)
}
