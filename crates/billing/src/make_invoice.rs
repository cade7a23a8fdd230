use crate::{
    invoice::{Invoice, InvoiceLine, InvoiceState, NewInvoice},
    list_invoices::invoice_view,
    print_invoice::{paper, print},
    system_voucher::not_worked,
    voucher::{Voucher, VoucherState},
};
use interpres_accounts::Workspace;
use interpres_directory::Customer;
use interpres_gate::{
    Action, Alone, Command, Filter, Granted, Json, NewRecord, Page, Query, ReadTx, Refusal, Val,
    WriteTx, async_trait, bind_list,
};
use interpres_scheduling::Appointment;
use interpres_types::{Cents, CustomerId, Field, InvoiceId, Problems};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An invoice as asked for.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InvoiceInput {
    /// The customer's id; required.
    pub customer: Field,
}

/// Makes an invoice of everything approved and not yet invoiced for a customer; at most 100 jobs,
/// call it again for more.
#[derive(Debug)]
pub struct MakeInvoice {
    /// For whom.
    input: InvoiceInput,
    /// What was put on paper, and whether that went.
    tried: Option<Tried>,
}

/// An invoice that was put on paper before it has a number.
#[derive(Debug)]
struct Tried {
    /// What stands on it.
    json: Vec<u8>,
    printed: Result<(), Refusal>,
}

impl MakeInvoice {
    /// An invoice for this customer.
    #[must_use]
    pub const fn of(input: InvoiceInput) -> Self {
        Self { input, tried: None }
    }
}

/// An invoice that was made.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct MadeInvoice {
    /// Its id.
    pub id: InvoiceId,
    /// Its number.
    pub number: i64,
    /// Cents.
    pub total: Cents,
    /// How many jobs stand on it, at most a hundred.
    pub jobs: usize,
    /// How many approved jobs of the customer wait for the next one, when this one was made.
    pub left: Option<i64>,
}

/// Jobs that stand on one invoice: what a page of paper and one command carry.
const MOST_LINES: i64 = 100;

const WAITING: &str = "where customer_id = $1 and state = 'approved' and invoice_id is null";

#[async_trait]
impl Command for MakeInvoice {
    const ACTION: Action = Action::InvoiceMake;
    type Outcome = MadeInvoice;
    /// Prints it as it will be: that takes long, and nothing gets a number that can't be put on paper.
    async fn prepare(&mut self, tx: &mut ReadTx) -> Result<(), Refusal> {
        let Ok(customer) = self.input.customer.raw().trim().parse() else {
            return Ok(());
        };
        let Some(customer) = tx.may_find::<Customer>(customer).await? else {
            return Ok(());
        };
        let vouchers = waiting(tx, &customer).await?;
        if !vouchers.is_empty() {
            let invoice = draft(tx, customer, &vouchers).await?;
            let paper = paper(invoice_view(tx, &invoice).await?)?;
            self.tried = Some(Tried {
                printed: print(paper.json.clone(), &paper.view).await,
                json: paper.json,
            });
        }
        Ok(())
    }

    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<MadeInvoice, Refusal> {
        let mut p = Problems::none();
        let Some(customer) = p.need::<CustomerId>("customer", &self.input.customer) else {
            return Err(p.into());
        };
        let customer: Customer = tx
            .may_find(customer)
            .await?
            .ok_or_else(|| Refusal::invalid("customer", "is not a customer of this workspace"))?;
        // Numbers have no gaps and jobs stand on one invoice only: makers wait for each other.
        let lock = tx.alone("invoice-number").await?;
        let vouchers = waiting(tx, &customer).await?;
        if vouchers.is_empty() {
            return Err(Refusal::conflict(
                "Nothing to invoice: this customer has no approved vouchers left.",
            ));
        }
        let left = tx
            .count::<Voucher>(&lock, WAITING, vec![Val::text(customer.id)])
            .await?
            - i64::try_from(vouchers.len()).unwrap_or(MOST_LINES);
        let invoice = Invoice {
            id: tx.mint(),
            number: next_number(tx, &lock).await?,
            ..draft(tx, customer, &vouchers).await?
        };
        match self.tried {
            Some(tried) if tried.json == paper(invoice_view(tx, &invoice).await?)?.json => {
                tried.printed?
            }
            _ => {
                return Err(Refusal::conflict(
                    "The approved vouchers changed while the invoice was being prepared. Nothing was invoiced. Try again.",
                ));
            }
        }
        tx.save(&invoice).await?;
        let jobs = vouchers.len();
        for mut voucher in vouchers {
            voucher.state = VoucherState::Billed;
            voucher.invoice_id = Some(invoice.id);
            tx.save(&voucher).await?;
        }
        Ok(MadeInvoice {
            id: invoice.id,
            number: invoice.number,
            total: invoice.total,
            jobs,
            left: Some(left),
        })
    }
}

async fn waiting(tx: &mut ReadTx, customer: &Customer) -> Result<Vec<Voucher>, Refusal> {
    tx.list(
        &format!("{WAITING} order by id limit $2"),
        vec![Val::text(customer.id), MOST_LINES.into()],
    )
    .await
}

/// The number after the last. Numbers have no gaps, so makers of invoices wait for each other.
async fn next_number(tx: &mut WriteTx, _lock: &Alone) -> Result<i64, Refusal> {
    let rows = tx
        .rows("select max(number) as last from invoice", vec![])
        .await?;
    Ok(rows
        .first()
        .map_or(Ok(None), |row| row.may_int("last"))?
        .unwrap_or(0)
        + 1)
}

fn line(v: &Voucher, a: &Appointment) -> Result<InvoiceLine, Refusal> {
    let from = a.zone.wall_time(v.starts_at);
    let to = a.zone.wall_time(v.ends_at);
    let work = format!("{}, {}", a.language, a.service_type.label().to_lowercase());
    let what = not_worked(a).map_or_else(
        || work.clone(),
        |why| format!("{work} ({})", why.to_lowercase()),
    );
    let price = v
        .bill_trace
        .as_ref()
        .ok_or_else(|| Refusal::fault("an approved voucher without a price"))?;
    Ok(InvoiceLine {
        reference: a.reference.as_str().to_owned(),
        date: from.date.to_string(),
        time: format!("{} – {}", from.clock(), to.clock()),
        what,
        minutes: price.minutes,
        amount: v.bill_total,
        trace: price
            .steps
            .iter()
            .map(|s| format!("{}: {}", s.what, s.result))
            .collect(),
    })
}

/// An invoice of these jobs, without its id and number.
async fn draft(
    tx: &mut ReadTx,
    customer: Customer,
    vouchers: &[Voucher],
) -> Result<Invoice, Refusal> {
    let mut args = Vec::new();
    let ids = vouchers.iter().map(|v| Val::text(v.appointment_id));
    let list = bind_list(&mut args, ids.collect());
    let jobs: Vec<Appointment> = tx.list(&format!("where id in ({list})"), args).await?;
    let of_job = |v: &Voucher| {
        let job = jobs.iter().find(|a| a.id == v.appointment_id);
        line(v, job.ok_or(Refusal::NotFound)?)
    };
    let lines: Vec<InvoiceLine> = vouchers.iter().map(of_job).collect::<Result<_, _>>()?;
    let workspace = tx.actor().workspace();
    let workspace: Workspace = tx.find(workspace).await?;
    let today = workspace.zone.wall_time(tx.now()).date;
    Ok(Invoice {
        sender: Some(Json(workspace.letterhead())),
        ..NewInvoice {
            number: 0,
            customer_id: customer.id,
            customer_name: customer.name.as_str().to_owned(),
            bill_to: Json(address(&customer)),
            state: InvoiceState::Draft,
            issued_on: today,
            due_on: today.plus_days(workspace.business().payment_days),
            currency: workspace.currency,
            total: lines.iter().map(|l| l.amount).sum(),
            lines: Json(lines),
        }
        .blank(InvoiceId::NONE, None)
    })
}

fn address(c: &Customer) -> Vec<String> {
    let (street, city, state, zip) = if c.billing_address.is_some() {
        (
            &c.billing_address,
            &c.billing_city,
            &c.billing_state,
            &c.billing_zip,
        )
    } else {
        (&c.address, &c.city, &c.state, &c.zip)
    };
    let text = |t: Option<String>| t.unwrap_or_default();
    let town = format!(
        "{} {} {}",
        text(city.as_ref().map(ToString::to_string)),
        text(state.as_ref().map(ToString::to_string)),
        text(zip.as_ref().map(ToString::to_string))
    );
    [
        c.name.to_string(),
        text(street.as_ref().map(ToString::to_string)),
        town.trim().to_owned(),
    ]
    .into_iter()
    .filter(|l| !l.is_empty())
    .collect()
}

/// Marks an invoice as sent.
#[derive(Debug)]
pub struct SendInvoice(pub InvoiceId);

#[async_trait]
impl Command for SendInvoice {
    const ACTION: Action = Action::InvoiceSend;
    type Outcome = MadeInvoice;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<MadeInvoice, Refusal> {
        let mut invoice: Invoice = tx.find(self.0).await?;
        if invoice.state != InvoiceState::Draft {
            return Err(Refusal::conflict("This invoice is already marked as sent."));
        }
        invoice.state = InvoiceState::Sent;
        tx.save(&invoice).await?;
        Ok(MadeInvoice {
            id: invoice.id,
            number: invoice.number,
            total: invoice.total,
            jobs: invoice.lines.len(),
            left: None,
        })
    }
}

/// Customers with approved work that stands on no invoice yet, by name.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListUninvoiced {
    /// Where the page begins.
    pub cursor: Field,
    /// How many, up to 200; 50 unless said.
    pub limit: Field,
}

/// A customer's work that waits for an invoice.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Uninvoiced {
    /// Who.
    pub customer: CustomerId,
    /// Their name.
    pub name: String,
    /// How many jobs.
    pub jobs: i64,
    /// Cents.
    pub total: Cents,
    /// Its currency.
    #[serde(skip)]
    pub currency: String,
}

#[async_trait]
impl Query for ListUninvoiced {
    const ACTION: Action = Action::InvoicesWaiting;
    type View = Page<Uninvoiced>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<Uninvoiced>, Refusal> {
        let mut p = Problems::none();
        let limit = p.page_limit(&self.limit);
        if !p.is_empty() {
            return Err(p.into());
        }
        let waiting = "select id, name, jobs, total, currency from (
            select v.customer_id as id, c.name as name, count(*) as jobs, cast(sum(v.bill_total) as bigint) as total, min(v.currency) as currency
            from voucher v join customer_card c on c.id = v.customer_id
            where v.state = 'approved' and v.invoice_id is null group by v.customer_id, c.name) w where 1 = 1";
        let mut filter = Filter::begin(waiting, Vec::new());
        filter.after("name", &self.cursor)?;
        let Filter { sql, args } = filter.page("name, id", limit);
        let mut out = Vec::new();
        for row in tx.rows(&sql, args).await? {
            let customer = row
                .text("id")?
                .parse()
                .map_err(|_| Refusal::fault("a customer id can't be read"))?;
            out.push(Uninvoiced {
                customer,
                name: row.text("name")?.to_owned(),
                jobs: row.int("jobs")?,
                total: Cents(row.int("total")?),
                currency: row.text("currency")?.to_owned(),
            });
        }
        Ok(Page::cut(out, limit, |w| {
            Filter::place(&w.name, w.customer)
        }))
    }
}
