//~ private
use interpres_gate::Actor;
pub fn f(other: Actor) -> Actor {
    Actor { hipaa: false, ..other }
}
