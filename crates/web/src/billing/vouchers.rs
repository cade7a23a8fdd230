//! Vouchers: the list, one, and approving it.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Query, Signed},
    shared::{Answer, Frame, go, page},
};
use askama::Template;
use axum::extract::State;
use interpres_billing::{ApproveVoucher, ListVouchers, ShowVoucher, VoucherState, VoucherView};
use interpres_gate::{Page, Permission as P};
use interpres_types::VoucherId;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "vouchers.html")]
struct VouchersPage {
    frame: Frame,
    page: Page<VoucherView>,
    states: &'static [VoucherState],
    state: String,
}

pub(crate) async fn vouchers(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(filter): Query<ListVouchers>,
) -> Answer {
    let state = if filter.state.is_blank() {
        "submitted".to_owned()
    } else {
        filter.state.raw().to_owned()
    };
    let found = app.gate.view(&actor, filter).await?.into_inner();
    page(&VouchersPage {
        frame: Frame::of(&actor, "/vouchers"),
        page: found,
        states: VoucherState::ALL,
        state,
    })
}

#[derive(Template)]
#[template(path = "voucher.html")]
struct VoucherPage {
    frame: Frame,
    v: VoucherView,
    may_approve: bool,
    may_history: bool,
}

pub(crate) async fn voucher(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<VoucherId>,
) -> Answer {
    let v = app.gate.view(&actor, ShowVoucher(id)).await?.into_inner();
    let may_approve = actor.may(P::ApproveVouchers) && v.state == VoucherState::Submitted;
    page(&VoucherPage {
        frame: Frame::of(&actor, "/vouchers"),
        v,
        may_approve,
        may_history: actor.may(P::ViewHistory),
    })
}

#[derive(Deserialize)]
pub(crate) struct Seen {
    version: Option<i64>,
}

pub(crate) async fn approve(
    State(app): State<App>,
    Path(id): Path<VoucherId>,
    Posted(actor, seen): Posted<Seen>,
) -> Answer {
    app.gate
        .perform(
            &actor,
            ApproveVoucher {
                id,
                version: seen.version,
            },
        )
        .await?;
    go(format!("/vouchers/{id}"))
}
