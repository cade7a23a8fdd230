//! Invoices: the list, one, making and sending it, and on paper.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Query, Signed},
    shared::{
        Answer, Frame, answered, go,
        listing::{Filtered, Listing, tabbed},
        many::{Doing, Picked, may_export},
        money::money,
        own_list::{Choice, OwnList, choice},
        page,
        paper::{printed, spreadsheet},
        parts::{Column, Pager, Tab},
        time,
    },
};
use askama::Template;
use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use interpres_accounts::{ListName, ShowLogo};
use interpres_billing::{
    CountInvoices, ExportInvoices, InvoiceCount, InvoiceInput, InvoiceLine, InvoiceState,
    InvoiceView, ListInvoices, ListUninvoiced, MakeInvoice, SendInvoice, ShowInvoice, Uninvoiced,
};
use interpres_gate::{Action, Actor, Page, Permission as P, Refusal};
use interpres_types::{Field, InvoiceId, LocalDate, WallTime};
use serde::Deserialize;

const PATH: &str = "/invoices";

#[derive(Template)]
#[template(path = "invoices.html")]
struct InvoicesPage {
    frame: Frame,
    page: Page<InvoiceView>,
    list: Listing,
    own: OwnList,
    columns: Vec<Column>,
    exports: Option<String>,
    may_send: bool,
    tabs: Vec<Tab>,
    pager: Pager,
    problem: String,
    /// What all of the list come to, where that is one currency.
    total: Option<String>,
    waiting: Page<Uninvoiced>,
    today: LocalDate,
}

impl InvoicesPage {
    /// Whether rows can be ticked.
    fn picks(&self) -> bool {
        self.exports.is_some() || self.may_send
    }
    fn date(&self, date: &LocalDate) -> String {
        time::date(*date)
    }
    /// Whether one that was sent should be paid by now.
    fn is_due(&self, i: &InvoiceView) -> bool {
        i.state == InvoiceState::Sent && i.due_on < self.today
    }
}

const FILTERS: [Filtered; 1] = [tabbed("state")];

/// The columns that can be left out.
const CHOICES: [Choice; 4] = [
    choice("customer", "c-cust"),
    choice("date", "c-date"),
    choice("due", "c-due"),
    choice("jobs", "c-jobs"),
];

fn columns(list: &Listing) -> Vec<Column> {
    let head = |name, class, word| list.head(name, class, word, "-number");
    vec![
        head(say::invoice_number(), "c-num", "number"),
        Column::plain(say::customer(), "c-cust"),
        Column::plain(say::where_it_stands(), "c-state"),
        Column::plain(say::date(), "c-date"),
        head(say::invoice_due_date(), "c-due", "due"),
        Column::plain(say::invoice_jobs(), "c-jobs end"),
        head(say::total(), "c-money end", "total"),
    ]
}

/// Where the list of customers begins whose work waits for an invoice.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Waiting {
    waiting: Field,
}

fn tabs(list: &Listing, counts: &[InvoiceCount]) -> Vec<Tab> {
    let tab = |(word, name): (&str, &str)| Tab {
        name: name.to_owned(),
        path: match word {
            "" => list.address(&["state"], &[]),
            _ => list.address(&["state"], &[("state", word)]),
        },
        current: list.value("state") == word,
        count: Some(
            counts
                .iter()
                .filter(|c| word.is_empty() || c.state.word() == word)
                .map(|c| c.invoices)
                .sum(),
        ),
    };
    [
        ("", say::view_all()),
        ("draft", say::invoices_tab_draft()),
        ("sent", say::invoices_tab_sent()),
    ]
    .into_iter()
    .map(tab)
    .collect()
}

pub(crate) async fn invoices(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
    Query(Waiting { waiting }): Query<Waiting>,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let own = OwnList::of(&app, &actor, ListName::Invoices, PATH, &CHOICES).await?;
    if let Some(first) = own.first(&raw) {
        return go(first);
    }
    let list = Listing::of(PATH, &raw, &FILTERS, |_, value| value.to_owned()).bare_at(own.bare());
    let always = !list.is_narrowed() && list.value("sort").is_empty();
    let mut own = own.asked(list.hidden_fields("")).always(always);
    let wanted: ListInvoices = list.query();
    let (found, problem) = answered(app.gate.view(&actor, wanted.clone()).await)?;
    let counted = CountInvoices { list: wanted };
    let (counts, _) = answered(app.gate.view(&actor, counted).await)?;
    let (found, counts) = (found.unwrap_or_default(), counts.unwrap_or_default());
    let state = list.value("state");
    let here = counts
        .iter()
        .filter(|c| state.is_empty() || c.state.word() == state);
    let here: Vec<&InvoiceCount> = here.collect();
    let all = here.iter().map(|c| c.invoices).sum();
    let waiting = ListUninvoiced {
        cursor: waiting,
        limit: "10".into(),
    };
    let waiting = if actor.may(P::MakeInvoices) {
        app.gate.view(&actor, waiting).await?.into_inner()
    } else {
        Page::default()
    };
    page(&InvoicesPage {
        frame: Frame::of(&actor, PATH),
        tabs: own.tabs(tabs(&list, &counts)),
        columns: own.columns(columns(&list)),
        own,
        exports: may_export(&actor, Action::InvoicesExport).then(|| list.export()),
        may_send: actor.may(P::MakeInvoices),
        pager: list.pager(found.items.len(), all),
        total: total(&here),
        problem,
        page: found,
        list,
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
        time::date(*date)
    }
    fn day(&self, line: &InvoiceLine) -> String {
        day_of(line)
    }
    fn time(&self, line: &InvoiceLine) -> String {
        time_of(line)
    }
    fn what(&self, line: &InvoiceLine) -> String {
        what_of(line)
    }
    /// A step of a calculation. It is kept as it was printed: "Minimum: raised to 1 hour".
    fn step(&self, step: &str) -> String {
        match step.rsplit_once(": ") {
            Some((what, result)) => {
                format!("{}: {}", say::overheard(what), say::overheard(result))
            }
            None => say::overheard(step).into_owned(),
        }
    }
}

/// A line's day: "Sat, Nov 28, 2026".
fn day_of(line: &InvoiceLine) -> String {
    line.date
        .parse::<LocalDate>()
        .map_or_else(|_| line.date.clone(), time::date)
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
        Some((from, to)) => time::wall_range(from, to),
        None => line.time.clone(),
    }
}

/// What a line is for. It is kept as it was printed: "Spanish, in person (late cancel)".
fn what_of(line: &InvoiceLine) -> String {
    let lower = |words: &str| say::overheard(&filters::in_words(words)).to_lowercase();
    let Some((language, service)) = line.what.rsplit_once(", ") else {
        return line.what.clone();
    };
    let language = say::overheard(language);
    let why = service.strip_suffix(')').and_then(|s| s.split_once(" ("));
    match why {
        Some((service, why)) => format!("{language}, {} ({})", lower(service), lower(why)),
        None => format!("{language}, {}", lower(service)),
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

pub(crate) async fn export(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    let list = Listing::of(PATH, &raw.unwrap_or_default(), &FILTERS, |_, value| {
        value.to_owned()
    });
    let found = app.gate.view(&actor, ExportInvoices(list.query())).await?;
    let lines = found.into_inner().into_iter().map(line);
    let today = actor.today(app.gate.now());
    Ok(spreadsheet("invoices", today, &HEADS, lines)?)
}

pub(crate) async fn export_selected(Posted(_, picked): Posted<Picked>) -> Answer {
    picked.export(PATH)
}

fn sending() -> Doing {
    Doing {
        heading: say::invoices_marking(),
        done: say::invoices_marked(),
        here: PATH,
        page: Some(PATH),
    }
}

pub(crate) async fn send_selected(
    State(app): State<App>,
    Posted(actor, picked): Posted<Picked>,
) -> Answer {
    picked.each(&app, &actor, &sending(), SendInvoice).await
}

const HEADS: [&str; 8] = [
    "Number", "Customer", "State", "Date", "Due", "Jobs", "Total", "Currency",
];

fn line(i: InvoiceView) -> Vec<String> {
    vec![
        i.number.to_string(),
        i.customer,
        i.state.label().to_owned(),
        i.issued_on.to_string(),
        i.due_on.to_string(),
        i.lines.len().to_string(),
        i.total.to_string(),
        i.currency,
    ]
}
