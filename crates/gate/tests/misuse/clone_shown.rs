//~ no method named `clone`
use interpres_gate::{PersonName, Shown};
pub fn f(name: Shown<PersonName>) -> Shown<PersonName> {
    name.clone()
}
