//! Vouchers: the list for review, one, and approving it.
use super::{
    earnings::{earnings, mine},
    filter::VoucherQuery,
    worked::Plot,
};
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Signed},
    shared::{
        Answer, Frame, answered, go,
        many::{Doing, Picked, may_export},
        money::money,
        own_list::{Choice, OwnList, choice},
        page,
        paper::spreadsheet,
        parts::{Column, Pager, Tab},
    },
};
use askama::Template;
use axum::extract::{RawQuery, State};
use interpres_accounts::{ListName, OWN_INTERPRETER};
use interpres_billing::{
    ApproveVoucher, CountVouchers, ExportVouchers, ListVouchers, ShowVoucher, VoucherCount,
    VoucherState, VoucherView,
};
use interpres_gate::{Action, Page, Permission as P};
use interpres_types::{Cents, Instant, VoucherId};
use serde::Deserialize;

const PATH: &str = "/vouchers";

/// The columns that can be left out.
const CHOICES: [Choice; 4] = [
    choice("interpreter", "c-int"),
    choice("customer", "c-cust"),
    choice("flags", "c-flags"),
    choice("reference", "c-ref"),
];

#[derive(Template)]
#[template(path = "vouchers.html")]
struct VouchersPage {
    frame: Frame,
    page: Page<VoucherView>,
    asked: VoucherQuery,
    tabs: Vec<Tab>,
    columns: Vec<Column>,
    own: OwnList,
    exports: Option<String>,
    may_approve: bool,
    pager: Pager,
    problem: String,
    /// What all of the list come to, where that is one currency.
    bill: Option<String>,
    pay: Option<String>,
}

impl VouchersPage {
    /// Whether rows can be ticked.
    fn picks(&self) -> bool {
        self.exports.is_some() || self.may_approve
    }
}

pub(super) async fn vouchers(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let mut asked = VoucherQuery::of(&raw);
    let list: ListVouchers = asked.list.query();
    if actor.rights().own(&OWN_INTERPRETER).is_some() {
        return earnings(&app, &actor, &list).await;
    }
    let own = OwnList::of(&app, &actor, ListName::Vouchers, PATH, &CHOICES).await?;
    if let Some(first) = own.first(&raw) {
        return go(first);
    }
    asked.list = asked.list.bare_at(own.bare());
    let (found, problem) = answered(app.gate.view(&actor, list.clone()).await)?;
    let (counts, _) = answered(app.gate.view(&actor, CountVouchers { list }).await)?;
    let (found, counts) = (found.unwrap_or_default(), counts.unwrap_or_default());
    let here: Vec<&VoucherCount> = counts.iter().filter(|c| asked.holds(c.state)).collect();
    let total = here.iter().map(|c| c.vouchers).sum();
    let mut own = own
        .asked(asked.list.hidden_fields(""))
        .always(asked.is_tab());
    if let Some(first) = found.items.first() {
        asked.list.call(say::customer(), first.customer.clone());
    }
    page(&VouchersPage {
        frame: Frame::of(&actor, "/vouchers"),
        columns: own.columns(asked.columns()),
        exports: may_export(&actor, Action::VouchersExport).then(|| asked.list.export()),
        may_approve: actor.may(P::ApproveVouchers) && asked.is_review(),
        tabs: own.tabs(asked.tabs(&counts)),
        own,
        pager: asked.list.pager(found.items.len(), total),
        problem,
        bill: sum(&here, |c| c.bill),
        pay: sum(&here, |c| Some(c.pay)),
        page: found,
        asked,
    })
}

/// What some vouchers come to; nothing where they are in several currencies.
pub(super) fn sum(
    counts: &[&VoucherCount],
    of: fn(&VoucherCount) -> Option<Cents>,
) -> Option<String> {
    let currency = &counts.first()?.currency;
    if counts.iter().any(|c| c.currency != *currency) {
        return None;
    }
    let amounts: Option<Vec<Cents>> = counts.iter().map(|c| of(c)).collect();
    Some(money(amounts?.into_iter().sum(), currency))
}

#[derive(Template)]
#[template(path = "voucher.html")]
struct VoucherPage {
    frame: Frame,
    v: VoucherView,
    plot: Option<Plot>,
    now: Instant,
    may_approve: bool,
    may_invoice: bool,
    may_history: bool,
}

impl VoucherPage {
    fn first_name(&self) -> &str {
        self.v.interpreter.split(' ').next().unwrap_or_default()
    }
    /// What stays with the agency, where both sides are known.
    fn margin(&self) -> Option<Cents> {
        let bill = self.v.bill.as_ref().and(self.v.bill_total)?;
        self.v
            .pay
            .as_ref()
            .map(|_| Cents(bill.0.saturating_sub(self.v.pay_total.0)))
    }
}

pub(super) async fn voucher(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<VoucherId>,
) -> Answer {
    let v = app.gate.view(&actor, ShowVoucher(id)).await?.into_inner();
    if actor.rights().own(&OWN_INTERPRETER).is_some() {
        return mine(&actor, v);
    }
    let may_approve = actor.may(P::ApproveVouchers) && v.state == VoucherState::Submitted;
    let may_invoice = actor.may(P::MakeInvoices) && v.state == VoucherState::Approved;
    page(&VoucherPage {
        frame: Frame::of(&actor, "/vouchers"),
        plot: Plot::of(&v),
        now: app.gate.now(),
        v,
        may_approve,
        may_invoice,
        may_history: actor.may(P::ViewHistory),
    })
}

#[derive(Deserialize)]
pub(crate) struct Seen {
    version: Option<i64>,
    /// Whether the next that waits is looked at afterwards.
    #[serde(default)]
    next: String,
}

pub(super) async fn approve(
    State(app): State<App>,
    Path(id): Path<VoucherId>,
    Posted(actor, seen): Posted<Seen>,
) -> Answer {
    let approve = ApproveVoucher {
        id,
        version: seen.version,
    };
    app.gate.perform(&actor, approve).await?;
    if seen.next.is_empty() {
        return go(format!("/vouchers/{id}"));
    }
    let first = ListVouchers {
        limit: "1".into(),
        ..ListVouchers::default()
    };
    let waiting = app.gate.view(&actor, first).await?.into_inner();
    match waiting.items.first() {
        Some(next) => go(format!("/vouchers/{}", next.id)),
        None => go("/vouchers"),
    }
}

pub(super) async fn export(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    let asked = VoucherQuery::of(&raw.unwrap_or_default());
    let found = app.gate.view(&actor, ExportVouchers(asked.list.query()));
    let lines = found.await?.into_inner().into_iter().map(line);
    let today = actor.today(app.gate.now());
    Ok(spreadsheet("vouchers", today, &HEADS, lines)?)
}

/// The vouchers that were ticked, in whichever state.
pub(super) async fn export_selected(Posted(_, picked): Posted<Picked>) -> Answer {
    picked.export(PATH)
}

fn approving() -> Doing {
    Doing {
        heading: say::vouchers_approving(),
        done: say::vouchers_approved(),
        here: PATH,
        page: Some(PATH),
    }
}

pub(super) async fn approve_selected(
    State(app): State<App>,
    Posted(actor, picked): Posted<Picked>,
) -> Answer {
    let approve = |id| ApproveVoucher { id, version: None };
    picked.each(&app, &actor, &approving(), approve).await
}

const HEADS: [&str; 14] = [
    "Reference",
    "State",
    "Date",
    "Start",
    "End",
    "Minutes",
    "Interpreter",
    "Customer",
    "Language",
    "Miles",
    "Flags",
    "Bill",
    "Pay",
    "Currency",
];

fn line(v: VoucherView) -> Vec<String> {
    let bill = v.bill_total.filter(|_| v.bill.is_some());
    let pay = v.pay.is_some().then_some(v.pay_total);
    let amount = |cents: Option<Cents>| cents.map(|cents| cents.to_string()).unwrap_or_default();
    vec![
        v.reference,
        v.state.label().to_owned(),
        v.date,
        v.start,
        v.end,
        v.minutes.to_string(),
        v.interpreter,
        v.customer,
        v.language,
        v.miles,
        v.flags.join("; "),
        amount(bill),
        amount(pay),
        v.currency,
    ]
}
