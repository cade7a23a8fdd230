//~ no method named `save`
use interpres_gate::{Action, Permission, Query, ReadTx, Record, Refusal, async_trait};
pub struct Sneaky<R>(pub R);
#[async_trait]
impl<R: Record + Sync> Query for Sneaky<R> {
    const ACTION: Action = Action::AppointmentShow;
    const PERMISSION: Permission = Permission::ViewAppointments;
    type View = ();
    async fn answer(self, tx: &mut ReadTx) -> Result<(), Refusal> {
        tx.save(&self.0).await.map(drop)
    }
}
