//~ no method named `clone`
use interpres_gate::{PersonName, Phi};
pub fn f(name: Phi<PersonName>) -> Phi<PersonName> {
    name.clone()
}
