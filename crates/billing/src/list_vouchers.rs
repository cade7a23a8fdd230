use crate::voucher::{Voucher, VoucherState};
use interpres_accounts::OWN_INTERPRETER;
use interpres_gate::{
    Action, Filter, Page, Query, ReadTx, Refusal, Shown, Val, async_trait, bind_list,
};
use interpres_rates::Price;
use interpres_scheduling::{Appointment, Names};
use interpres_types::{AppointmentId, Cents, Field, Instant, Line, Note, Problems, VoucherId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Vouchers of one's reach, latest first.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListVouchers {
    /// A state; submitted unless said.
    pub state: Field,
    /// Where the page begins.
    pub cursor: Field,
    /// How many, up to 200; 50 unless said.
    pub limit: Field,
}

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
}

/// What stands beside vouchers: their appointments, and who paid and who worked.
struct Beside {
    appointments: HashMap<AppointmentId, Appointment>,
    names: Names,
}

impl Beside {
    async fn of(tx: &mut ReadTx, vouchers: &[Voucher]) -> Result<Self, Refusal> {
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
                .map(|v| (v.customer_id, Some(v.interpreter_id), v.team_id))
                .collect::<Vec<_>>(),
        )
        .await?;
        Ok(Self {
            appointments: appointments.into_iter().map(|a| (a.id, a)).collect(),
            names,
        })
    }
}

async fn one(tx: &mut ReadTx, voucher: Voucher) -> Result<VoucherView, Refusal> {
    let beside = Beside::of(tx, std::slice::from_ref(&voucher)).await?;
    view(tx, voucher, &beside, true)
}

fn view(tx: &mut ReadTx, v: Voucher, beside: &Beside, whole: bool) -> Result<VoucherView, Refusal> {
    // A purged appointment leaves its money lines behind.
    let a = beside.appointments.get(&v.appointment_id);
    let zone = a.map_or_else(|| tx.actor().zone(), |a| a.zone.clone());
    let (note, signer) = (
        tx.may_reveal(v.note.as_ref())?,
        tx.may_reveal(v.signer.as_ref())?,
    );
    let signature = if whole {
        tx.may_reveal(v.signature.as_ref())?
    } else {
        None
    };
    let return_reason = tx.may_reveal(v.return_reason.as_ref())?;
    // What a customer is charged is not the interpreter's to know.
    let own = tx.actor().rights().own(&OWN_INTERPRETER).is_some();
    let (from, to) = (zone.wall_time(v.starts_at), zone.wall_time(v.ends_at));
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
        bill_total: (!own).then_some(v.bill_total),
        bill: if own { None } else { v.bill_trace.0 },
        pay_total: v.pay_total,
        pay: v.pay_trace.0,
        note,
        signer,
        signature,
        return_reason,
        submitted_at: v.submitted_at,
        approved_at: v.approved_at,
    })
}

#[async_trait]
impl Query for ListVouchers {
    const ACTION: Action = Action::VouchersList;
    type View = Page<VoucherView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<VoucherView>, Refusal> {
        let mut p = Problems::none();
        let state = p
            .may::<VoucherState>("state", &self.state)
            .unwrap_or(VoucherState::Submitted);
        let (cursor, limit) = (
            p.may::<VoucherId>("cursor", &self.cursor),
            p.page_limit(&self.limit),
        );
        if !p.is_empty() {
            return Err(p.into());
        }
        let mut filter = Filter::before(cursor);
        filter.and("state = ?", state.word());
        let page: Page<Voucher> = tx.latest(filter, limit).await?;
        let beside = Beside::of(tx, &page.items).await?;
        let items = page
            .items
            .into_iter()
            .map(|v| view(tx, v, &beside, false))
            .collect::<Result<_, _>>()?;
        Ok(Page {
            items,
            next: page.next,
        })
    }
}

/// One voucher with signature and traces.
#[derive(Debug)]
pub struct ShowVoucher(pub VoucherId);

#[async_trait]
impl Query for ShowVoucher {
    const ACTION: Action = Action::VoucherShow;
    type View = VoucherView;
    async fn answer(self, tx: &mut ReadTx) -> Result<VoucherView, Refusal> {
        let voucher: Voucher = tx.find(self.0).await?;
        one(tx, voucher).await
    }
}

/// The voucher of an appointment, if there is one.
#[derive(Debug)]
pub struct VoucherOfAppointment(pub AppointmentId);

#[async_trait]
impl Query for VoucherOfAppointment {
    const ACTION: Action = Action::AppointmentVoucher;
    type View = Option<VoucherView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Option<VoucherView>, Refusal> {
        let found = tx
            .list::<Voucher>("where appointment_id = $1", vec![Val::text(self.0)])
            .await?
            .pop();
        match found {
            Some(voucher) => one(tx, voucher).await.map(Some),
            None => Ok(None),
        }
    }
}
