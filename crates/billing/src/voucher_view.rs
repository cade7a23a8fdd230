//! A voucher as pages, JSON and tables show it.
use crate::voucher::{BILL, Voucher, VoucherState};
use interpres_directory::ServiceType;
use interpres_gate::{ReadTx, Refusal, Shown, Val, bind_list};
use interpres_rates::Price;
use interpres_scheduling::{Appointment, Names, PointsTo, assignment_of};
use interpres_types::{AppointmentId, Cents, CustomerId, Instant, Line, Note, VoucherId};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;

/// A voucher as shown.
#[derive(Serialize, JsonSchema)]
pub struct VoucherView {
    /// Id.
    pub id: VoucherId,
    /// Version.
    pub version: i64,
    /// Where it stands.
    pub state: VoucherState,
    /// The appointment.
    pub appointment: AppointmentId,
    /// Its number.
    pub reference: String,
    /// Its language.
    pub language: String,
    /// Who worked.
    pub interpreter: String,
    /// Who pays.
    pub customer: String,
    /// Date at the place.
    pub date: String,
    /// From, on the wall clock.
    pub start: String,
    /// To.
    pub end: String,
    /// Real minutes worked.
    pub minutes: i64,
    /// Scheduled minutes.
    pub scheduled_minutes: i64,
    /// Miles, like 12.7.
    pub miles: String,
    /// Minutes of travel.
    pub travel_minutes: i64,
    /// What a reviewer should look at.
    pub flags: Vec<String>,
    /// Currency.
    pub currency: String,
    /// What the customer is charged, in cents; nothing where the caller may not know.
    pub bill_total: Option<Cents>,
    /// How that came about.
    pub bill: Option<Price>,
    /// What the interpreter is paid, in cents.
    pub pay_total: Cents,
    /// How that came about.
    pub pay: Option<Price>,
    /// The note.
    pub note: Option<Shown<Note<2000>>>,
    /// Who signed.
    pub signer: Option<Shown<Line<120>>>,
    /// The drawn signature, a PNG as a data URL; only in a single voucher's view.
    pub signature: Option<Shown<Note<200_000>>>,
    /// Why it was sent back.
    pub return_reason: Option<Shown<Note<500>>>,
    /// When it was submitted.
    pub submitted_at: Instant,
    /// When it was approved.
    pub approved_at: Option<Instant>,
    /// Who pays, by id.
    #[serde(skip)]
    pub customer_id: CustomerId,
    /// From when it was worked.
    #[serde(skip)]
    pub starts_at: Instant,
    /// Until when.
    #[serde(skip)]
    pub ends_at: Instant,
    /// From when to when it was booked; nothing once the appointment is purged.
    #[serde(skip)]
    pub booked: Option<AsBooked>,
    /// When the interpreter checked in or arrived; only in a single voucher's view.
    #[serde(skip)]
    pub checked_in_at: Option<Instant>,
    /// Zone of the place.
    #[serde(skip)]
    pub zone: String,
    /// The zone's short name then.
    #[serde(skip)]
    pub zone_short: String,
}

/// How an appointment was booked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AsBooked {
    /// Its start.
    pub starts_at: Instant,
    /// Its end.
    pub ends_at: Instant,
    /// How the interpreter is there.
    pub service_type: ServiceType,
}

/// What stands beside vouchers: their appointments, and who paid and who worked.
pub(crate) struct Beside {
    appointments: HashMap<AppointmentId, Appointment>,
    names: Names,
}

impl Beside {
    pub(crate) async fn of(tx: &mut ReadTx, vouchers: &[Voucher]) -> Result<Self, Refusal> {
        let mut args = Vec::new();
        let list = bind_list(
            &mut args,
            vouchers
                .iter()
                .map(|v| Val::text(v.appointment_id))
                .collect(),
        );
        let appointments: Vec<Appointment> =
            tx.list(&format!("where id in ({list})"), args).await?;
        let names = Names::of(
            tx,
            &vouchers
                .iter()
                .map(|v| PointsTo {
                    customer: v.customer_id,
                    interpreter: Some(v.interpreter_id),
                    team: v.team_id,
                })
                .collect::<Vec<_>>(),
        )
        .await?;
        Ok(Self {
            appointments: appointments.into_iter().map(|a| (a.id, a)).collect(),
            names,
        })
    }
}

/// One voucher, with its signature and when its interpreter was there.
pub(crate) async fn one(tx: &mut ReadTx, voucher: Voucher) -> Result<VoucherView, Refusal> {
    let beside = Beside::of(tx, std::slice::from_ref(&voucher)).await?;
    let has = assignment_of(tx, voucher.appointment_id)
        .await?
        .filter(|has| has.interpreter_id == voucher.interpreter_id);
    Ok(VoucherView {
        checked_in_at: has.and_then(|has| has.checked_in_at),
        ..view(tx, voucher, &beside, true)?
    })
}

pub(crate) fn view(
    tx: &mut ReadTx,
    v: Voucher,
    beside: &Beside,
    whole: bool,
) -> Result<VoucherView, Refusal> {
    // A purged appointment leaves its money lines behind.
    let a = beside.appointments.get(&v.appointment_id);
    let zone = a.map_or_else(|| tx.actor().zone(), |a| a.zone.clone());
    // What is opened here is said of the appointment as well, so that its client's account has it.
    let of = v.appointment_id;
    let note = tx.may_reveal_with::<Appointment, _>(v.note.as_ref(), of, "voucher_note")?;
    let signer = tx.may_reveal_with::<Appointment, _>(v.signer.as_ref(), of, "voucher_signer")?;
    let signature = v.signature.as_ref().filter(|_| whole);
    let signature = tx.may_reveal_with::<Appointment, _>(signature, of, "voucher_signature")?;
    let return_reason = v.return_reason.as_ref();
    let return_reason =
        tx.may_reveal_with::<Appointment, _>(return_reason, of, "voucher_return_reason")?;
    let for_biller = tx.is_among(BILL);
    let from = zone.wall_time(v.starts_at);
    let to = zone.wall_time(v.ends_at);
    Ok(VoucherView {
        id: v.id,
        version: v.version,
        state: v.state,
        appointment: v.appointment_id,
        reference: a.map_or_else(|| "(purged)".to_owned(), |a| a.reference.to_string()),
        language: a.map(|a| a.language.to_string()).unwrap_or_default(),
        interpreter: beside.names.of_id(v.interpreter_id).name,
        customer: beside.names.of_id(v.customer_id).name,
        date: from.date.to_string(),
        start: from.clock(),
        end: to.clock(),
        minutes: v.ends_at.minutes_since(v.starts_at),
        scheduled_minutes: a.map_or(0, |a| a.minutes.get()),
        miles: format!("{}.{}", v.miles_tenths / 10, v.miles_tenths % 10),
        travel_minutes: v.travel_minutes,
        flags: v.flags.0,
        currency: v.currency.to_string(),
        bill_total: for_biller.then_some(v.bill_total),
        bill: v.bill_trace.0.filter(|_| for_biller),
        pay_total: v.pay_total,
        pay: v.pay_trace.0,
        note,
        signer,
        signature,
        return_reason,
        submitted_at: v.submitted_at,
        approved_at: v.approved_at,
        customer_id: v.customer_id,
        starts_at: v.starts_at,
        ends_at: v.ends_at,
        booked: a.map(|a| AsBooked {
            starts_at: a.starts_at,
            ends_at: a.ends_at,
            service_type: a.service_type,
        }),
        checked_in_at: None,
        zone_short: zone.abbreviation(v.starts_at),
        zone: zone.to_string(),
    })
}
