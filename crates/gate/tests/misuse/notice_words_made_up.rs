//~ lifetime
use interpres_gate::Notice;
pub fn f<'a>(name: &'a str) -> Notice {
    Notice::new("x", name)
}
