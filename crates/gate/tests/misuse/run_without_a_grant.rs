//~ which contains private fields
use interpres_gate::{Command, Granted, Refusal, WriteTx};
pub async fn sneak<C: Command>(command: C, tx: &mut WriteTx) -> Result<C::Outcome, Refusal> {
    command.run(tx, Granted(std::marker::PhantomData)).await
}
