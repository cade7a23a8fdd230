//! Invoices: the list, one, making and sending it, and on paper.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Query, Signed},
    shared::{
        Answer, Frame, answered, go,
        money::money,
        page,
        paper::printed,
        parts::{Pager, Tab},
    },
};
use askama::Template;
use axum::{extract::State, response::Response};
use interpres_accounts::ShowLogo;
use interpres_billing::{
    CountInvoices, InvoiceCount, InvoiceInput, InvoiceLine, InvoiceState, InvoiceView,
    ListInvoices, ListUninvoiced, MakeInvoice, ShowInvoice, Uninvoiced,
};
use interpres_gate::{Actor, Page, Permission as P, Refusal};
use interpres_types::{Field, InvoiceId, LocalDate, WallTime};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "invoices.html")]
struct InvoicesPage {
    frame: Frame,
    page: Page<InvoiceView>,
    asked: Asked,
    tabs: Vec<Tab>,
    pager: Pager,
    problem: String,
    /// What all of the list come to, where that is one currency.
    total: Option<String>,
    waiting: Page<Uninvoiced>,
    today: LocalDate,
}

impl InvoicesPage {
    fn date(&self, date: &LocalDate) -> String {
        date.long()
    }
    /// Whether one that was sent should be paid by now.
    fn is_due(&self, i: &InvoiceView) -> bool {
        i.state == InvoiceState::Sent && i.due_on < self.today
    }
}

/// What was asked, and where each of the page's two lists begins.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    state: Field,
    q: Field,
    past: Field,
    waiting: Field,
}

/// How many stand on a page.
const ON_A_PAGE: i64 = 50;

impl Asked {
    fn list(&self) -> ListInvoices {
        ListInvoices {
            state: self.state.clone(),
            q: self.q.clone(),
            past: self.past.clone(),
            ..ListInvoices::default()
        }
    }
    fn is_filtered(&self) -> bool {
        !self.q.is_blank()
    }
    /// The address of the same list with these fields.
    fn address(&self, state: &str, past: i64) -> String {
        let fields = [("state", state), ("q", self.q.raw().trim())];
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(fields.iter().filter(|(_, value)| !value.is_empty()));
        if past > 0 {
            query.append_pair("past", &past.to_string());
        }
        format!("/invoices?{}", query.finish())
    }
    fn tabs(&self, counts: &[InvoiceCount]) -> Vec<Tab> {
        let tab = |(word, name): (&str, &str)| Tab {
            name: name.to_owned(),
            path: self.address(word, 0),
            current: self.state.raw().trim() == word,
            count: Some(
                counts
                    .iter()
                    .filter(|c| word.is_empty() || c.state.word() == word)
                    .map(|c| c.invoices)
                    .sum(),
            ),
        };
        [("", "All"), ("draft", "Draft"), ("sent", "Sent")]
            .into_iter()
            .map(tab)
            .collect()
    }
    fn pager(&self, here: i64, total: i64) -> Pager {
        let past: i64 = self.past.raw().trim().parse().unwrap_or_default();
        let at = |past: i64| self.address(self.state.raw().trim(), past);
        Pager {
            past,
            here,
            total,
            before: (past > 0).then(|| at((past - ON_A_PAGE).max(0))),
            next: (past + here < total).then(|| at(past + ON_A_PAGE)),
        }
    }
}

pub(crate) async fn invoices(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(asked): Query<Asked>,
) -> Answer {
    let (found, problem) = answered(app.gate.view(&actor, asked.list()).await)?;
    let list = asked.list();
    let (counts, _) = answered(app.gate.view(&actor, CountInvoices { list }).await)?;
    let (found, counts) = (found.unwrap_or_default(), counts.unwrap_or_default());
    let state = asked.state.raw().trim();
    let here = counts
        .iter()
        .filter(|c| state.is_empty() || c.state.word() == state);
    let here: Vec<&InvoiceCount> = here.collect();
    let shown = i64::try_from(found.items.len()).unwrap_or_default();
    let waiting = ListUninvoiced {
        cursor: asked.waiting.clone(),
        limit: "10".into(),
    };
    let waiting = if actor.may(P::MakeInvoices) {
        app.gate.view(&actor, waiting).await?.into_inner()
    } else {
        Page::default()
    };
    page(&InvoicesPage {
        frame: Frame::of(&actor, "/invoices"),
        tabs: asked.tabs(&counts),
        pager: asked.pager(shown, here.iter().map(|c| c.invoices).sum()),
        total: total(&here),
        problem,
        page: found,
        asked,
        today: actor.today(app.gate.now()),
        waiting,
    })
}

/// What some invoices come to; nothing where they are in several currencies.
fn total(counts: &[&InvoiceCount]) -> Option<String> {
    let currency = &counts.first()?.currency;
    counts
        .iter()
        .all(|c| c.currency == *currency)
        .then(|| money(counts.iter().map(|c| c.total).sum(), currency))
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

impl InvoicePage {
    fn date(&self, date: &LocalDate) -> String {
        date.long()
    }
    fn day(&self, line: &InvoiceLine) -> String {
        day_of(line)
    }
    fn time(&self, line: &InvoiceLine) -> String {
        time_of(line)
    }
}

/// A line's day: "Sat, Nov 28, 2026".
fn day_of(line: &InvoiceLine) -> String {
    line.date
        .parse::<LocalDate>()
        .map_or_else(|_| line.date.clone(), LocalDate::long)
}

/// A line's time as people say it. It is kept as it was printed: "09:00 – 10:15".
fn time_of(line: &InvoiceLine) -> String {
    let at = |clock: &str| {
        line.date
            .parse::<LocalDate>()
            .and_then(|day| WallTime::parse(day, clock.trim()))
            .ok()
    };
    let ends = line.time.split_once('–');
    match ends.and_then(|(from, to)| Some((at(from)?, at(to)?))) {
        Some((from, to)) => from.until(to),
        None => line.time.clone(),
    }
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
