use crate::{
    Filed,
    voucher::{Voucher, VoucherState, must_be},
};
use interpres_gate::{Action, Command, Granted, Json, Phi, Refusal, WriteTx, async_trait};
use interpres_rates::{Side, card_in_effect};
use interpres_scheduling::{Status, about, appointment_alone, assignment_of, tell_interpreter};
use interpres_types::{Field, Note, Problems, VoucherId};

/// Approves a voucher: it is priced for good, and from now on its interpreter no longer sees the
/// client's name.
#[derive(Debug)]
pub struct ApproveVoucher {
    /// Which.
    pub id: VoucherId,
    /// The version the caller saw.
    pub version: Option<i64>,
}

#[async_trait]
impl Command for ApproveVoucher {
    const ACTION: Action = Action::VoucherApprove;
    type Outcome = Filed;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Filed, Refusal> {
        let known: Voucher = tx.find(self.id).await?;
        let mut a = appointment_alone(tx, known.appointment_id).await?;
        let mut v: Voucher = tx.find(self.id).await?;
        tx.expect_version(&v, self.version)?;
        must_be(v.state, &[VoucherState::Submitted])?;
        // A job booked before there was any rate takes the one in effect on its day.
        let day = a.wall_start.date;
        if a.bill_rate.is_none() {
            a.bill_rate = card_in_effect(tx, Side::Bill, day).await?.map(Json);
        }
        let mut has = assignment_of(tx, a.id).await?;
        if let Some(has) = has.as_mut().filter(|has| has.pay_rate.is_none()) {
            has.pay_rate = card_in_effect(tx, Side::Pay, day).await?.map(Json);
        }
        v.reprice(&a, has.as_ref());
        v.flags = Json(v.find_flags(&a, has.as_ref()));
        if v.bill_trace.is_none() || v.pay_trace.is_none() {
            return Err(Refusal::conflict(
                "No rate is in effect on that day. Add bill and pay rates under Rates, then approve.",
            ));
        }
        v.state = VoucherState::Approved;
        v.approved_at = Some(tx.now());
        v.approved_by = tx.actor().user();
        let saved = tx.save(&v).await?;
        a.closed_at = Some(tx.now());
        tx.save(&a).await?;
        if let Some(has) = &has {
            tx.save(has).await?;
        }
        let notice = about(&a, "voucher.approved", "A voucher of yours was approved: ");
        tell_interpreter(tx, v.interpreter_id, notice.leads_to("/appointments", a.id)).await?;
        Ok(Filed::of(&v, saved.version))
    }
}

/// Sends a voucher back to its interpreter to be corrected.
#[derive(Debug)]
pub struct ReturnVoucher {
    /// Which.
    pub id: VoucherId,
    /// Why; required.
    pub reason: Field,
}

#[async_trait]
impl Command for ReturnVoucher {
    const ACTION: Action = Action::VoucherReturn;
    type Outcome = Filed;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Filed, Refusal> {
        let mut p = Problems::none();
        let Some(reason) = p.need::<Note<500>>("reason", &self.reason) else {
            return Err(p.into());
        };
        let known: Voucher = tx.find(self.id).await?;
        let a = appointment_alone(tx, known.appointment_id).await?;
        let mut v: Voucher = tx.find(self.id).await?;
        must_be(v.state, &[VoucherState::Submitted])?;
        if a.status != Status::Completed {
            return Err(Refusal::conflict(
                "This voucher was created automatically for a job that didn’t take place. To change it, restore the appointment.",
            ));
        }
        v.state = VoucherState::Returned;
        v.return_reason = Some(Phi::new(reason));
        let saved = tx.save(&v).await?;
        let notice = about(&a, "voucher.returned", "Your voucher needs a correction: ");
        tell_interpreter(tx, v.interpreter_id, notice.leads_to("/appointments", a.id)).await?;
        Ok(Filed::of(&v, saved.version))
    }
}
