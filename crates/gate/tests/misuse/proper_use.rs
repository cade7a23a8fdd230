//~ compiles
use interpres_gate::{Action, Permission, PersonName, Phi, Query, ReadTx, Refusal, Shown, async_trait};
pub struct Show(pub Phi<PersonName>);
#[async_trait]
impl Query for Show {
    const ACTION: Action = Action::AppointmentShow;
    const PERMISSION: Permission = Permission::ViewAppointments;
    type View = Shown<PersonName>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Shown<PersonName>, Refusal> {
        tx.reveal(&self.0)
    }
}
