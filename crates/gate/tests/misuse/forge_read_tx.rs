//~ private
use interpres_gate::{Actor, ReadTx};
pub fn f(actor: Actor, other: ReadTx) -> ReadTx {
    ReadTx { actor, ..other }
}
