use crate::voucher::{Voucher, VoucherState};
use interpres_gate::{Action, Command, Granted, Json, Phi, Refusal, Val, WriteTx, async_trait};
use interpres_rates::{Card, Side, card_in_effect};
use interpres_scheduling::{
    Appointment, Assignment, about, appointment_alone, assignment_of, tell_interpreter,
};
use interpres_types::{AppointmentId, Field, Note, Problems};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is frozen anew and why, as it comes in.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RecalculateInput {
    /// bill or pay; both unless said.
    pub side: Field,
    /// Why; required.
    pub reason: Field,
}

/// Freezes an appointment's rates anew, by the cards in effect on its day (BI1). Nothing else does: edits and
/// restorations keep what was agreed. The interpreter is told when the pay changes.
#[derive(Debug)]
pub struct RecalculateRates {
    /// Which.
    pub id: AppointmentId,
    /// What and why.
    pub input: RecalculateInput,
}

/// The rates an appointment has now.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Recalculated {
    /// Which.
    pub id: AppointmentId,
    /// Its version now.
    pub version: i64,
    /// What the customer is charged by.
    pub bill_rate: Option<Card>,
    /// What the interpreter is paid by.
    pub pay_rate: Option<Card>,
}

#[async_trait]
impl Command for RecalculateRates {
    const ACTION: Action = Action::AppointmentRecalculate;
    type Outcome = Recalculated;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Recalculated, Refusal> {
        let mut p = Problems::none();
        let side = p.may::<Side>("side", &self.input.side);
        let (Some(reason), true) = (
            p.need::<Note<500>>("reason", &self.input.reason),
            p.is_empty(),
        ) else {
            return Err(p.into());
        };
        let mut a = appointment_alone(tx, self.id).await?;
        let voucher = tx
            .list::<Voucher>("where appointment_id = $1", vec![Val::text(a.id)])
            .await?
            .pop();
        if voucher
            .as_ref()
            .is_some_and(|v| matches!(v.state, VoucherState::Approved | VoucherState::Billed))
        {
            return Err(Refusal::conflict(
                "The voucher is approved already; its amounts stay.",
            ));
        }
        let mut has = assignment_of(tx, a.id).await?;
        let agreed = has
            .as_ref()
            .and_then(|has| has.pay_rate.as_deref().cloned());
        if side != Some(Side::Pay) {
            a.bill_rate = Some(Json(card(tx, &a, Side::Bill).await?));
        }
        if let Some(has) = has.as_mut().filter(|_| side != Some(Side::Bill)) {
            has.pay_rate = Some(Json(card(tx, &a, Side::Pay).await?));
        }
        a.rates_reason = Some(Phi::new(reason));
        a.version = tx.save(&a).await?.version;
        if let Some(has) = &has {
            tx.save(has).await?;
        }
        if let Some(mut v) = voucher {
            v.reprice(&a, has.as_ref());
            v.flags = Json(v.find_flags(&a, has.as_ref()));
            tx.save(&v).await?;
        }
        tell(tx, &a, has.as_ref(), agreed).await?;
        Ok(Recalculated {
            id: a.id,
            version: a.version,
            bill_rate: a.bill_rate.map(|card| card.0),
            pay_rate: has.and_then(|has| has.pay_rate).map(|card| card.0),
        })
    }
}

async fn card(tx: &mut WriteTx, a: &Appointment, side: Side) -> Result<Card, Refusal> {
    let none = || {
        Refusal::conflict(
            "There is no rate in effect on that day. Set bill and pay rates under Billing → Rates first.",
        )
    };
    card_in_effect(tx, side, a.wall_start.date)
        .await?
        .ok_or_else(none)
}

/// Tells the interpreter that the agreed pay is another.
async fn tell(
    tx: &mut WriteTx,
    a: &Appointment,
    has: Option<&Assignment>,
    agreed: Option<Card>,
) -> Result<(), Refusal> {
    let Some(interpreter) = has
        .filter(|has| agreed.as_ref() != has.pay_rate.as_deref())
        .map(|has| has.interpreter_id)
    else {
        return Ok(());
    };
    let notice = about(a, "appointment.recalculated", "Your pay was recalculated: ");
    tell_interpreter(tx, interpreter, notice.leads_to("/appointments", a.id)).await
}
