//~ private
use interpres_gate::{ReadTx, Refusal};
pub async fn f(tx: &mut ReadTx) -> Result<usize, Refusal> {
    Ok(tx.raw("select id from appointment_row", &[]).await?.len())
}
