//~ is not satisfied
use interpres_gate::{Action, Permission, PersonName, Phi, Query, ReadTx, Refusal, async_trait};
pub struct Show;
#[async_trait]
impl Query for Show {
    const ACTION: Action = Action::AppointmentShow;
    const PERMISSION: Permission = Permission::ViewAppointments;
    type View = Phi<PersonName>;
    async fn answer(self, _: &mut ReadTx) -> Result<Phi<PersonName>, Refusal> {
        Err(Refusal::NotFound)
    }
}
