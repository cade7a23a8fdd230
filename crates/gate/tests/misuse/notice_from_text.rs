//~ Mention
use interpres_gate::Notice;
pub fn f(name: String) -> Notice {
    Notice::new("x", "For ").mention(&name)
}
