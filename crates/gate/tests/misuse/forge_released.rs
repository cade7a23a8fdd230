//~ cannot initialize a tuple struct which contains private fields
use interpres_gate::Released;
pub fn f() -> Released<String> {
    Released("all of it".to_owned())
}
