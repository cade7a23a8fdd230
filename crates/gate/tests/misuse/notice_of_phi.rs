//~ Mention
use interpres_gate::{Notice, PersonName, Phi};
pub fn f(name: &Phi<PersonName>) -> Notice {
    Notice::new("x", "For ").mention(name)
}
