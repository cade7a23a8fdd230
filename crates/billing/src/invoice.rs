use interpres_gate::{Json, record, words};
use interpres_types::{Cents, Currency, CustomerId, InvoiceId, LocalDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

words! {
    /// Where an invoice stands.
    InvoiceState, "must be an invoice's state" {
        /// Made, not sent.
        Draft = "draft", "Draft";
        /// Sent to the customer.
        Sent = "sent", "Sent";
    }
}

record! {
    /// A bill to a customer: a snapshot that never changes with the records it was made from.
    /// It holds no PHI.
    pub struct Invoice from NewInvoice in "invoice" by InvoiceId {
        /// Its number: from 1 without gaps in the workspace.
        number: i64,
        /// Who pays.
        customer_id: CustomerId,
        /// Their name then.
        customer_name: String,
        /// Who bills, a line each, as they were then; nothing before that was kept.
        sender: Option<Json<Vec<String>>>,
        /// The address it goes to, a line each.
        bill_to: Json<Vec<String>>,
        /// Where it stands.
        state: InvoiceState,
        /// Its date.
        issued_on: LocalDate,
        /// When it is due.
        due_on: LocalDate,
        /// Its currency.
        currency: Currency,
        /// The sum of its lines.
        total: Cents,
        /// Its lines.
        lines: Json<Vec<InvoiceLine>>,
    }
}

/// One job on an invoice. No client, no notes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct InvoiceLine {
    /// The appointment's number.
    pub reference: String,
    /// Date at the place.
    pub date: String,
    /// From and to on the wall clock.
    pub time: String,
    /// Language and service type.
    pub what: String,
    /// Minutes charged.
    pub minutes: i64,
    /// Cents.
    pub amount: Cents,
    /// How the amount came about, a line each.
    pub trace: Vec<String>,
}
