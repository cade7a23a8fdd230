//! From worked time to an invoice: vouchers, approval, invoices.
mod approve_voucher;
mod file_voucher;
mod invoice;
mod list_invoices;
mod list_vouchers;
mod make_invoice;
mod print_invoice;
mod recalculate_rates;
mod system_voucher;
mod to_review;
mod voucher;
mod voucher_view;

pub use approve_voucher::{ApproveVoucher, ReturnVoucher};
pub use file_voucher::{FileVoucher, Filed, VoucherInput};
pub use invoice::{Invoice, InvoiceLine, InvoiceState, NewInvoice};
pub use list_invoices::{
    CountInvoices, ExportInvoices, InvoiceCount, InvoiceSortBy, InvoiceView, ListInvoices,
    ShowInvoice,
};
pub use list_vouchers::{
    CountVouchers, ExportVouchers, ListVouchers, ShowVoucher, VoucherCount, VoucherOfAppointment,
    VoucherSortBy,
};
pub use make_invoice::{
    InvoiceInput, ListUninvoiced, MadeInvoice, MakeInvoice, SendInvoice, Uninvoiced,
};
pub use recalculate_rates::{RecalculateInput, RecalculateRates, Recalculated};
pub use to_review::{ToReview, VouchersToReview};
pub use voucher::{NewVoucher, Voucher, VoucherState};
pub use voucher_view::{AsBooked, VoucherView};

use interpres_gate::{History, Permission, Reaction, RecordKind, Scoped};
use interpres_scheduling::Moved;
use system_voucher::VouchersFollow;

const VOUCHER: &str = "*, cast(0 as bigint) as visible_from, approved_at as visible_until, cast(1 as bigint) as covered, cast(null as text) as tie";

/// The names this room brings. A voucher's protected fields are open to its interpreter until it
/// is approved.
pub const TABLES: &[Scoped] = &[
    Scoped {
        name: "voucher",
        table: "voucher_row",
        columns: VOUCHER,
        all: "",
        team: " and team_id in ({teams})",
        own: " and interpreter_id = {interpreter}",
    },
    // For the rule that a job has one voucher, whoever calls it off.
    Scoped::wide("voucher_of_job", "voucher_row", VOUCHER),
    Scoped {
        name: "invoice",
        table: "invoice_row",
        columns: "*",
        all: "",
        team: " and false",
        own: " and false",
    },
];

/// What this room does when an appointment moves.
pub const REACTIONS: &[Reaction] = &[Reaction::of::<Moved, VouchersFollow>(
    "late cancels and missed jobs get a voucher",
)];

/// The records this room keeps.
pub const RECORDS: &[RecordKind] = &[
    RecordKind::of::<Voucher>()
        .with_history(History::for_viewers(Permission::ViewVouchers))
        .told_by(Permission::ViewVouchers)
        .told_beside(Permission::ViewVouchers),
    RecordKind::of::<Invoice>().with_history(History::for_viewers(Permission::ViewInvoices)),
];
