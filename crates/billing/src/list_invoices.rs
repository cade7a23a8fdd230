use crate::invoice::{Invoice, InvoiceLine, InvoiceState};
use interpres_accounts::Workspace;
use interpres_gate::{
    Action, Filter, Page, Past, Query, ReadTx, Refusal, Row, SortKey, Sorted, Val, WHOLE,
    async_trait, words,
};
use interpres_scheduling::named_like;
use interpres_types::{Cents, Field, InvoiceId, LocalDate, Problems, Rule, TypedReference};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Invoices, the latest number first.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListInvoices {
    /// `draft` or `sent`; all unless said.
    pub state: Field,
    /// A number, or any part of the customer's name; case and accents do not count.
    pub q: Field,
    /// Only these, by their ids with commas between, up to 200.
    pub ids: Field,
    /// `number`, `due` or `total`; with `-` before it the other way. The latest number first unless said.
    pub sort: Field,
    /// How many are passed over, up to 10,000; with a sort in place of a cursor.
    pub past: Field,
    /// Where the page begins.
    pub cursor: Field,
}

words! {
    /// What a list of invoices is sorted by.
    InvoiceSortBy, "must be number, due or total" {
        /// Their number.
        Number = "number", "Number";
        /// When they are due.
        Due = "due", "Due";
        /// What they come to.
        Total = "total", "Total";
    }
}

impl SortKey for InvoiceSortBy {
    const USUAL: Sorted<Self> = Sorted::down(Self::Number);
}

fn order(sort: Sorted<InvoiceSortBy>) -> String {
    let way = sort.way();
    match sort.by {
        InvoiceSortBy::Number => format!("number{way}"),
        InvoiceSortBy::Due => format!("due_on{way}, number{way}"),
        InvoiceSortBy::Total => format!("total{way}, number{way}"),
    }
}

impl ListInvoices {
    /// The conditions beside the state.
    fn conditions(&self, p: &mut Problems, filter: &mut Filter) {
        filter.among(p, &self.ids);
        let Some(q) = p.may::<TypedReference>("q", &self.q) else {
            return;
        };
        let named = named_like(filter, q.0.as_str());
        let named = format!("customer_id in (select id from customer_card where {named})");
        let condition = match q.0.as_str().parse::<i64>() {
            Ok(number) => format!(" and (number = {} or {named})", filter.bind(number)),
            Err(_) => format!(" and {named}"),
        };
        filter.sql += &condition;
    }
}

/// An invoice as shown.
#[derive(Debug, Serialize, JsonSchema)]
pub struct InvoiceView {
    /// Id.
    pub id: InvoiceId,
    /// Version.
    pub version: i64,
    /// Number.
    pub number: i64,
    /// Who bills, a line each.
    pub from: Vec<String>,
    /// Who pays.
    pub customer: String,
    /// The address it goes to, a line each.
    pub bill_to: Vec<String>,
    /// Where it stands.
    pub state: InvoiceState,
    /// Its date.
    pub issued_on: LocalDate,
    /// When it is due.
    pub due_on: LocalDate,
    /// Currency.
    pub currency: String,
    /// Cents.
    pub total: Cents,
    /// Its jobs.
    pub lines: Vec<InvoiceLine>,
}

struct Number(i64);
impl std::str::FromStr for Number {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        raw.trim()
            .parse()
            .map(Self)
            .map_err(|_| Rule::new("must come from the page before"))
    }
}

async fn from(tx: &mut ReadTx) -> Result<String, Refusal> {
    let workspace = tx.actor().workspace();
    Ok(tx.find::<Workspace>(workspace).await?.name.into())
}

fn view(i: &Invoice, from: &str) -> InvoiceView {
    InvoiceView {
        id: i.id,
        version: i.version,
        number: i.number,
        from: i
            .sender
            .as_ref()
            .map_or_else(|| vec![from.to_owned()], |sender| sender.0.clone()),
        customer: i.customer_name.clone(),
        bill_to: i.bill_to.0.clone(),
        state: i.state,
        issued_on: i.issued_on,
        due_on: i.due_on,
        currency: i.currency.to_string(),
        total: i.total,
        lines: i.lines.0.clone(),
    }
}

#[async_trait]
impl Query for ListInvoices {
    const ACTION: Action = Action::InvoicesList;
    type View = Page<InvoiceView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<InvoiceView>, Refusal> {
        self.found(tx, ON_A_PAGE).await
    }
}

/// How many stand on a page.
const ON_A_PAGE: usize = 50;

/// All that a list of invoices holds, to be taken away as a file.
#[derive(Debug)]
pub struct ExportInvoices(pub ListInvoices);

#[async_trait]
impl Query for ExportInvoices {
    const ACTION: Action = Action::InvoicesExport;
    type View = Vec<InvoiceView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<InvoiceView>, Refusal> {
        let list = ListInvoices {
            past: "".into(),
            cursor: "".into(),
            ..self.0
        };
        list.found(tx, WHOLE).await?.whole()
    }
}

impl ListInvoices {
    /// A page of it, of so many.
    async fn found(self, tx: &mut ReadTx, limit: usize) -> Result<Page<InvoiceView>, Refusal> {
        let mut p = Problems::none();
        let sort = p
            .may::<Sorted<InvoiceSortBy>>("sort", &self.sort)
            .unwrap_or_default();
        if !sort.is_usual() && !self.cursor.is_blank() {
            p.add("cursor", "can't be used with a sort; use past");
        }
        let before = p
            .may::<Number>("cursor", &self.cursor)
            .map_or(i64::MAX, |n| n.0);
        let past = p.may::<Past>("past", &self.past).unwrap_or_default();
        let mut filter = Filter::begin("where number < $1", vec![Val::Int(before)]);
        if let Some(state) = p.may::<InvoiceState>("state", &self.state) {
            filter.and("state = ?", state.word());
        }
        self.conditions(&mut p, &mut filter);
        if !p.is_empty() {
            return Err(p.into());
        }
        let filter = filter.page(&order(sort), limit).past(past);
        let found: Vec<Invoice> = tx.list(&filter.sql, filter.args).await?;
        let name = from(tx).await?;
        Ok(Page::cut(found, limit, |i: &Invoice| i.number.to_string()).map(|i| view(&i, &name)))
    }
}

/// How many invoices of a list stand in each state, and what they come to.
#[derive(Clone, Debug)]
pub struct CountInvoices {
    /// The list; its state and where it begins do not count.
    pub list: ListInvoices,
}

/// Invoices of one state and currency.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct InvoiceCount {
    /// Their state.
    pub state: InvoiceState,
    /// Their currency.
    pub currency: String,
    /// How many.
    pub invoices: i64,
    /// What they come to.
    pub total: Cents,
}

#[async_trait]
impl Query for CountInvoices {
    const ACTION: Action = Action::InvoicesCount;
    type View = Vec<InvoiceCount>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<InvoiceCount>, Refusal> {
        let mut p = Problems::none();
        let mut filter = Filter::begin(
            "select state, currency, count(*) as n, cast(coalesce(sum(total), 0) as bigint) as total
             from invoice where 1 = 1",
            Vec::new(),
        );
        self.list.conditions(&mut p, &mut filter);
        if !p.is_empty() {
            return Err(p.into());
        }
        filter.sql += " group by state, currency order by state, currency";
        let rows = tx.rows(&filter.sql, filter.args).await?;
        let count = |row: &Row| -> Result<_, Refusal> {
            Ok(InvoiceCount {
                state: row
                    .text("state")?
                    .parse()
                    .map_err(|_| Refusal::fault("an invoice's state can't be read"))?,
                currency: row.text("currency")?.to_owned(),
                invoices: row.int("n")?,
                total: Cents(row.int("total")?),
            })
        };
        rows.iter().map(count).collect()
    }
}

/// One invoice.
#[derive(Debug)]
pub struct ShowInvoice(pub InvoiceId);

#[async_trait]
impl Query for ShowInvoice {
    const ACTION: Action = Action::InvoiceShow;
    type View = InvoiceView;
    async fn answer(self, tx: &mut ReadTx) -> Result<InvoiceView, Refusal> {
        let invoice: Invoice = tx.find(self.0).await?;
        invoice_view(tx, &invoice).await
    }
}

/// An invoice as it is shown and printed.
pub(crate) async fn invoice_view(
    tx: &mut ReadTx,
    invoice: &Invoice,
) -> Result<InvoiceView, Refusal> {
    let name = from(tx).await?;
    Ok(view(invoice, &name))
}
