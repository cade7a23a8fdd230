use super::{
    Answer, Frame, Nothing, appointments::versioned, book::pairs, filters, go, interpret::Reason,
    page, problems_of, with_status,
};
use crate::{
    App, api,
    door::{Path, Posted, Query, Signed},
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_billing::{
    ApproveVoucher, InvoiceInput, InvoiceState, InvoiceView, ListInvoices, ListUninvoiced,
    ListVouchers, MakeInvoice, ReturnVoucher, SendInvoice, ShowInvoice, ShowVoucher, Uninvoiced,
    VoucherState, VoucherView,
};
use interpres_gate::{Actor, Page, Permission as P};
use interpres_rates::{ListRates, RateInput, RateView, SetRate};
use interpres_types::{Field, InvoiceId, Problems, VoucherId};
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

pub(crate) async fn send_back(
    State(app): State<App>,
    Path(id): Path<VoucherId>,
    Posted(actor, form): Posted<Reason>,
) -> Answer {
    app.gate
        .perform(
            &actor,
            ReturnVoucher {
                id,
                reason: form.reason,
            },
        )
        .await?;
    go(format!("/vouchers/{id}"))
}

#[derive(Template)]
#[template(path = "invoices.html")]
struct InvoicesPage {
    frame: Frame,
    page: Page<InvoiceView>,
    waiting: Page<Uninvoiced>,
}

/// Where each of the page's two lists begins.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    cursor: Field,
    waiting: Field,
}

pub(crate) async fn invoices(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(asked): Query<Asked>,
) -> Answer {
    let found = app
        .gate
        .view(
            &actor,
            ListInvoices {
                cursor: asked.cursor,
            },
        )
        .await?
        .into_inner();
    let waiting = ListUninvoiced {
        cursor: asked.waiting,
        ..ListUninvoiced::default()
    };
    let waiting = if actor.may(P::MakeInvoices) {
        app.gate.view(&actor, waiting).await?.into_inner()
    } else {
        Page::default()
    };
    page(&InvoicesPage {
        frame: Frame::of(&actor, "/invoices"),
        page: found,
        waiting,
    })
}

pub(crate) async fn make_invoice(
    State(app): State<App>,
    Posted(actor, input): Posted<InvoiceInput>,
) -> Answer {
    let made = app.gate.perform(&actor, MakeInvoice::of(input)).await?;
    go(format!("/invoices/{}", made.id))
}

#[derive(Template)]
#[template(path = "invoice.html")]
struct InvoicePage {
    frame: Frame,
    i: InvoiceView,
    may_send: bool,
}

pub(crate) async fn invoice(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<InvoiceId>,
) -> Answer {
    let i = app.gate.view(&actor, ShowInvoice(id)).await?.into_inner();
    let may_send = actor.may(P::MakeInvoices) && i.state == InvoiceState::Draft;
    page(&InvoicePage {
        frame: Frame::of(&actor, "/invoices"),
        i,
        may_send,
    })
}

pub(crate) async fn pdf(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<InvoiceId>,
) -> Answer {
    Ok(api::invoice_pdf(&app, &actor, id).await?)
}

pub(crate) async fn send(
    State(app): State<App>,
    Path(id): Path<InvoiceId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, SendInvoice(id)).await?;
    go(format!("/invoices/{id}"))
}

#[derive(Template)]
#[template(path = "rates.html")]
struct RatesPage {
    frame: Frame,
    rates: Page<RateView>,
    input: RateInput,
    problems: Problems,
    sides: Vec<(String, String)>,
    may_edit: bool,
}

async fn rates_page(
    app: &App,
    actor: &Actor,
    asked: ListRates,
    input: RateInput,
    problems: Problems,
) -> Result<RatesPage, super::Refused> {
    let rates = app.gate.view(actor, asked).await?.into_inner();
    Ok(RatesPage {
        frame: Frame::of(actor, "/rates"),
        rates,
        input,
        problems,
        sides: pairs(&[
            ("bill", "Bill: what customers are charged"),
            ("pay", "Pay: what interpreters get"),
        ]),
        may_edit: actor.may(P::EditRates),
    })
}

pub(crate) async fn rates(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(asked): Query<ListRates>,
) -> Answer {
    page(&rates_page(&app, &actor, asked, RateInput::default(), Problems::none()).await?)
}

pub(crate) async fn set_rate(
    State(app): State<App>,
    Posted(actor, pairs): Posted<Vec<(String, String)>>,
) -> Answer {
    let (_, input) = versioned::<RateInput>(pairs);
    match app
        .gate
        .perform(
            &actor,
            SetRate {
                input: input.clone(),
            },
        )
        .await
    {
        Ok(_) => go("/rates"),
        Err(refusal) => with_status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &rates_page(
                &app,
                &actor,
                ListRates::default(),
                input,
                problems_of(refusal)?,
            )
            .await?,
        ),
    }
}
