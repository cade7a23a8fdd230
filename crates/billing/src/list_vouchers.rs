use crate::voucher::{Voucher, VoucherState};
use interpres_directory::{customer_card, interpreter_cards};
use interpres_gate::{Action, Page, Permission, Query, ReadTx, Refusal, Shown, Val};
use interpres_rates::Price;
use interpres_scheduling::Appointment;
use interpres_types::{AppointmentId, Cents, Field, Instant, Line, Note, Problems, VoucherId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Vouchers of one's reach, latest first.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListVouchers {
    /// A state; submitted unless said.
    pub state: Field,
    /// Where the page begins.
    pub cursor: Field,
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

async fn view(tx: &mut ReadTx, v: Voucher, whole: bool) -> Result<VoucherView, Refusal> {
    // A purged appointment leaves its money lines behind.
    let a: Option<Appointment> = tx.may_find(v.appointment_id).await?;
    let zone = a.as_ref().map_or_else(|| tx.actor().zone(), |a| a.zone.clone());
    let customer = customer_card(tx, v.customer_id).await?.name;
    let interpreter = interpreter_cards(tx, Some(&[v.interpreter_id])).await?.pop().map(|c| c.name).unwrap_or_default();
    let (note, signer) = (tx.may_reveal(v.note.as_ref())?, tx.may_reveal(v.signer.as_ref())?);
    let signature = if whole { tx.may_reveal(v.signature.as_ref())? } else { None };
    let return_reason = tx.may_reveal(v.return_reason.as_ref())?;
    // What a customer is charged is not the interpreter's to know.
    let own = tx.actor().rights().interpreter.is_some();
    let (from, to) = (zone.wall_time(v.starts_at), zone.wall_time(v.ends_at));
    Ok(VoucherView {
        id: v.id,
        version: v.version,
        state: v.state,
        appointment: v.appointment_id,
        reference: a.as_ref().map_or_else(|| "(purged)".to_owned(), |a| a.reference.to_string()),
        language: a.as_ref().map(|a| a.language.to_string()).unwrap_or_default(),
        interpreter,
        customer,
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

impl Query for ListVouchers {
    const ACTION: Action = Action::VouchersList;
    const PERMISSION: Permission = Permission::ViewVouchers;
    type View = Page<VoucherView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<VoucherView>, Refusal> {
        let mut p = Problems::none();
        let state = p.may::<VoucherState>("state", &self.state).unwrap_or(VoucherState::Submitted);
        let cursor = p.may::<VoucherId>("cursor", &self.cursor);
        if !p.is_empty() {
            return Err(p.into());
        }
        let mut args = vec![state.word().into()];
        let mut sql = "where state = $1".to_owned();
        if let Some(cursor) = cursor {
            args.push(Val::text(cursor));
            sql += " and id < $2";
        }
        let found: Vec<Voucher> = tx.list(&format!("{sql} order by id desc limit 51"), args).await?;
        let page = Page::cut(found, 50, |v: &Voucher| v.id.to_string());
        let mut items = Vec::new();
        for v in page.items {
            items.push(view(tx, v, false).await?);
        }
        Ok(Page { items, next: page.next })
    }
}

/// One voucher with signature and traces.
#[derive(Debug)]
pub struct ShowVoucher(pub VoucherId);

impl Query for ShowVoucher {
    const ACTION: Action = Action::VoucherShow;
    const PERMISSION: Permission = Permission::ViewVouchers;
    type View = VoucherView;
    async fn answer(self, tx: &mut ReadTx) -> Result<VoucherView, Refusal> {
        let voucher: Voucher = tx.find(self.0).await?;
        view(tx, voucher, true).await
    }
}

/// The voucher of an appointment, if there is one.
#[derive(Debug)]
pub struct VoucherOfAppointment(pub AppointmentId);

impl Query for VoucherOfAppointment {
    const ACTION: Action = Action::AppointmentVoucher;
    const PERMISSION: Permission = Permission::ViewVouchers;
    type View = Option<VoucherView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Option<VoucherView>, Refusal> {
        let found = tx.list::<Voucher>("where appointment_id = $1", vec![Val::text(self.0)]).await?.pop();
        match found {
            Some(voucher) => view(tx, voucher, true).await.map(Some),
            None => Ok(None),
        }
    }
}
