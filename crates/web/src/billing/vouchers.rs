//! Vouchers: the list for review, one, and approving it.
use super::{
    earnings::{earnings, mine},
    filter::{Asked, ON_A_PAGE},
    worked::Plot,
};
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Query, Signed},
    shared::{
        Answer, Frame, answered, go,
        money::money,
        page,
        parts::{Chip, Column, Pager, Tab},
    },
};
use askama::Template;
use axum::extract::State;
use interpres_accounts::OWN_INTERPRETER;
use interpres_billing::{
    ApproveVoucher, CountVouchers, ListVouchers, ShowVoucher, VoucherCount, VoucherState,
    VoucherView,
};
use interpres_gate::{Page, Permission as P};
use interpres_types::{Cents, Instant, VoucherId};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "vouchers.html")]
struct VouchersPage {
    frame: Frame,
    page: Page<VoucherView>,
    asked: Asked,
    tabs: Vec<Tab>,
    chips: Vec<Chip>,
    columns: Vec<Column>,
    pager: Pager,
    problem: String,
    /// What all of the list come to, where that is one currency.
    bill: Option<String>,
    pay: Option<String>,
}

pub(super) async fn vouchers(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(list): Query<ListVouchers>,
) -> Answer {
    if actor.rights().own(&OWN_INTERPRETER).is_some() {
        return earnings(&app, &actor, &list).await;
    }
    let asked = Asked { list };
    let wanted = ListVouchers {
        limit: ON_A_PAGE.to_string().into(),
        ..asked.list.clone()
    };
    let (found, problem) = answered(app.gate.view(&actor, wanted).await)?;
    let list = asked.list.clone();
    let (counts, _) = answered(app.gate.view(&actor, CountVouchers { list }).await)?;
    let (found, counts) = (found.unwrap_or_default(), counts.unwrap_or_default());
    let here: Vec<&VoucherCount> = counts.iter().filter(|c| asked.holds(c.state)).collect();
    let customer = found.items.first().map(|v| v.customer.as_str());
    let shown = i64::try_from(found.items.len()).unwrap_or_default();
    page(&VouchersPage {
        frame: Frame::of(&actor, "/vouchers"),
        tabs: asked.tabs(&counts),
        chips: asked.chips(customer),
        columns: asked.columns(),
        pager: asked.pager(shown, here.iter().map(|c| c.vouchers).sum()),
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
