//~ is not satisfied
use interpres_gate::{Permission, PersonName, Phi, Query, ReadTx, Refusal};
pub struct Show;
impl Query for Show {
    const ACTION: &'static str = "x";
    const PERMISSION: Permission = Permission::ViewAppointments;
    type View = Phi<PersonName>;
    async fn answer(self, _: &mut ReadTx) -> Result<Phi<PersonName>, Refusal> {
        Err(Refusal::NotFound)
    }
}
