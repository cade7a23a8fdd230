//~ is not satisfied
use interpres_gate::{PersonName, Phi};
pub fn f(name: &Phi<PersonName>) -> String {
    serde_json::to_string(name).unwrap()
}
