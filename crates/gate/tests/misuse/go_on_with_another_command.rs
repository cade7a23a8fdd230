//~ mismatched types
use interpres_gate::{Command, Granted, Refusal, WriteTx};
pub async fn sneak<C: Command, D: Command>(
    other: D,
    tx: &mut WriteTx,
    granted: Granted<C>,
) -> Result<D::Outcome, Refusal> {
    other.run(tx, granted).await
}
