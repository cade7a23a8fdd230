//~ private
use interpres_gate::{PersonName, Phi};
pub fn f(name: &Phi<PersonName>) -> bool {
    name.as_sealed().is_some()
}
