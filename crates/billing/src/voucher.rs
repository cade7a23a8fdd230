use crate::system_voucher::not_worked;
use interpres_accounts::OFFICE;
use interpres_directory::ServiceType;
use interpres_gate::{Audience, Json, Phi, Refusal, record, words};
use interpres_rates::{Basis, Price, Work, price};
use interpres_scheduling::{Appointment, Assignment};
use interpres_types::{
    AppointmentId, Cents, Currency, CustomerId, Instant, InterpreterId, InvoiceId, Line, Moment,
    Note, TeamId, UserId, VoucherId, Zone,
};

/// Those who may know what a customer is charged: not the interpreter.
pub(crate) const BILL: Audience = OFFICE;

words! {
    /// Where a voucher stands (SV4).
    VoucherState, "must be a voucher's state" {
        /// Waiting for review.
        Submitted = "submitted", "Submitted";
        /// Sent back to be corrected.
        Returned = "returned", "Returned";
        /// Good to bill and pay.
        Approved = "approved", "Approved";
        /// On an invoice.
        Billed = "billed", "Billed";
        /// Made by the system for a job that is on again.
        Withdrawn = "withdrawn", "Withdrawn";
    }
}

record! {
    /// The record of what was worked. Feeds bill and pay.
    pub struct Voucher from NewVoucher in "voucher" by VoucherId, sealed {
        /// Of which appointment.
        appointment_id: AppointmentId,
        /// Who worked.
        interpreter_id: InterpreterId,
        /// Who pays.
        customer_id: CustomerId,
        /// The team that scheduled it.
        team_id: TeamId,
        /// Where it stands.
        state: VoucherState,
        /// From.
        starts_at: Instant,
        /// To.
        ends_at: Instant,
        /// Tenths of a mile.
        miles_tenths: i64,
        /// Minutes of travel.
        travel_minutes: i64,
        /// What the interpreter wrote: may name the client.
        note: Option<Phi<Note<2000>>>,
        /// Printed name of who signed: may be the client.
        signer: Option<Phi<Line<120>>>,
        /// The drawn signature, a PNG as a data URL.
        signature: Option<Phi<Note<200_000>>>,
        /// What a reviewer should look at.
        flags: Json<Vec<String>>,
        /// When it was submitted.
        submitted_at: Instant,
        /// When it was approved.
        approved_at: Option<Instant>,
        /// By whom.
        approved_by: Option<UserId>,
        /// Why it was sent back.
        return_reason: Option<Phi<Note<500>>>,
        /// The currency of both totals.
        currency: Currency,
        /// What the customer is charged.
        bill_total: Cents => BILL,
        /// What the interpreter is paid.
        pay_total: Cents,
        /// How the charge came about.
        bill_trace: Json<Option<Price>> => BILL,
        /// How the pay came about.
        pay_trace: Json<Option<Price>>,
        /// The invoice it stands on.
        invoice_id: Option<InvoiceId> => BILL,
    }
}

impl Voucher {
    /// Prices the voucher by the cards frozen on its appointment and on the assignment of who has it.
    pub(crate) fn reprice(&mut self, appointment: &Appointment, assignment: Option<&Assignment>) {
        let basis = if not_worked(appointment).is_some() {
            Basis::Scheduled
        } else {
            Basis::Worked
        };
        let work = Work {
            basis,
            minutes: self.ends_at.minutes_since(self.starts_at),
            shown_minutes: self.shown_minutes(&appointment.zone),
            miles_tenths: self.miles_tenths,
        };
        let bill = appointment.bill_rate.as_ref().map(|card| price(card, work));
        let pay = assignment
            .and_then(|has| has.pay_rate.as_ref())
            .map(|card| price(card, work));
        self.bill_total = bill.as_ref().map(|p| p.total).unwrap_or_default();
        self.pay_total = pay.as_ref().map(|p| p.total).unwrap_or_default();
        self.bill_trace = Json(bill);
        self.pay_trace = Json(pay);
    }
    /// Minutes between the two times that a clock on the wall showed.
    fn shown_minutes(&self, zone: &Zone) -> i64 {
        let as_shown = |at: Instant| match Zone::utc().moment(zone.wall_time(at)) {
            Moment::Once(at) | Moment::Twice { first: at, .. } => at,
            Moment::Never { .. } => at,
        };
        as_shown(self.ends_at).minutes_since(as_shown(self.starts_at))
    }
    /// What a reviewer should look at, in words.
    pub(crate) fn find_flags(
        &self,
        appointment: &Appointment,
        assignment: Option<&Assignment>,
    ) -> Vec<String> {
        let mut flags: Vec<String> = not_worked(appointment)
            .map(str::to_owned)
            .into_iter()
            .collect();
        let minutes = self.ends_at.minutes_since(self.starts_at);
        let in_person = appointment.service_type == ServiceType::InPerson;
        if flags.is_empty() && assignment.is_none_or(|has| has.checked_in_at.is_none()) {
            flags.push(
                if in_person {
                    "Did not mark arrived"
                } else {
                    "Did not check in"
                }
                .to_owned(),
            );
        }
        if not_worked(appointment).is_none() && in_person && self.signature.is_none() {
            flags.push("Not signed".to_owned());
        }
        if minutes > appointment.minutes.get() + 30 {
            flags.push(format!(
                "{} min over schedule",
                minutes - appointment.minutes.get()
            ));
        }
        if not_worked(appointment).is_none() && minutes * 2 < appointment.minutes.get() {
            flags.push(format!(
                "{minutes} of {} min scheduled",
                appointment.minutes.get()
            ));
        }
        if appointment.bill_rate.is_none() {
            flags.push("No bill rate".to_owned());
        }
        if assignment.is_none_or(|has| has.pay_rate.is_none()) {
            flags.push("No pay rate".to_owned());
        }
        flags
    }
}

/// Refuses what needs another state, and says so.
pub(crate) fn must_be(state: VoucherState, wanted: &[VoucherState]) -> Result<(), Refusal> {
    if wanted.contains(&state) {
        Ok(())
    } else {
        Err(Refusal::conflict(format!(
            "This voucher is {}.",
            state.label().to_lowercase()
        )))
    }
}
