use crate::invoice::{Invoice, InvoiceLine, InvoiceState};
use interpres_accounts::Workspace;
use interpres_gate::{Action, Page, Query, ReadTx, Refusal, Val, async_trait};
use interpres_types::{Cents, Field, InvoiceId, LocalDate, Problems, Rule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Invoices, the latest number first.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListInvoices {
    /// Where the page begins.
    pub cursor: Field,
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
        let mut p = Problems::none();
        let before = p
            .may::<Number>("cursor", &self.cursor)
            .map_or(i64::MAX, |n| n.0);
        if !p.is_empty() {
            return Err(p.into());
        }
        let found: Vec<Invoice> = tx
            .list(
                "where number < $1 order by number desc limit 51",
                vec![Val::Int(before)],
            )
            .await?;
        let name = from(tx).await?;
        Ok(Page::cut(found, 50, |i: &Invoice| i.number.to_string()).map(|i| view(&i, &name)))
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
        shown(tx, &invoice).await
    }
}

/// An invoice as it is shown and printed.
pub(crate) async fn shown(tx: &mut ReadTx, invoice: &Invoice) -> Result<InvoiceView, Refusal> {
    let name = from(tx).await?;
    Ok(view(invoice, &name))
}
