//! Invoices: the list, one, making and sending it, and on paper.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Query, Signed},
    shared::{Answer, Frame, go, page, paper::printed},
};
use askama::Template;
use axum::{extract::State, response::Response};
use interpres_accounts::ShowLogo;
use interpres_billing::{
    InvoiceInput, InvoiceState, InvoiceView, ListInvoices, ListUninvoiced, MakeInvoice,
    ShowInvoice, Uninvoiced,
};
use interpres_gate::{Actor, Page, Permission as P, Refusal};
use interpres_types::{Field, InvoiceId};
use serde::Deserialize;

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
    Ok(invoice_pdf(&app, &actor, id).await?)
}

/// The invoice on paper.
pub(crate) async fn invoice_pdf(
    app: &App,
    actor: &Actor,
    id: InvoiceId,
) -> Result<Response, Refusal> {
    let invoice = app.gate.view(actor, ShowInvoice(id)).await?.into_inner();
    let logo = match actor.office().logo {
        Some(_) => app
            .gate
            .view(actor, ShowLogo)
            .await?
            .into_inner()
            .map(|logo| logo.bytes),
        None => None,
    };
    let name = format!("invoice-{}.pdf", invoice.number);
    let mut data = serde_json::to_value(&invoice).map_err(Refusal::fault)?;
    data["logo"] = logo.is_some().into();
    printed(
        &data,
        move |json| interpres_paper::invoice(json, logo),
        &name,
    )
    .await
}
