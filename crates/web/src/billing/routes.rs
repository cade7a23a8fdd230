//! Each line an address, and what is seen or done there.
use super::{api, invoices, rates, vouchers};
use crate::routes::{Nothing, ReasonInput, Routes};
use interpres_billing::{
    ApproveVoucher, InvoiceInput, ListInvoices, ListUninvoiced, ListVouchers, MakeInvoice,
    ReturnVoucher, SendInvoice, ShowInvoice, ShowVoucher,
};
use interpres_gate::Action;
use interpres_rates::{ListRates, RateInput, SetRate};

pub(crate) fn routes(all: Routes) -> Routes {
    all.with(vouchers).with(invoices).with(rates)
}

fn vouchers(all: Routes) -> Routes {
    all.list::<ListVouchers>("/vouchers", "List vouchers")
        .page("/vouchers", vouchers::vouchers)
        .of(Action::VouchersExport)
        .page("/vouchers/export", vouchers::export)
        .form("/vouchers/selected/export", vouchers::export_selected)
        .show("/vouchers/{id}", "Show a voucher", ShowVoucher)
        .page("/vouchers/{id}", vouchers::voucher)
        .act(
            "/vouchers/{id}/approval",
            "Approve a voucher",
            |id, _: Nothing| Ok(ApproveVoucher { id, version: None }),
        )
        .form("/vouchers/{id}/approval", vouchers::approve)
        .form("/vouchers/selected/approval", vouchers::approve_selected)
        .act_by_form(
            "/vouchers/{id}/return",
            "Send a voucher back",
            "/vouchers/{id}",
            |id, input: ReasonInput| {
                Ok(ReturnVoucher {
                    id,
                    reason: input.reason,
                })
            },
        )
}

fn invoices(all: Routes) -> Routes {
    all.list::<ListInvoices>("/invoices", "List invoices")
        .page("/invoices", invoices::invoices)
        .of(Action::InvoicesExport)
        .page("/invoices/export", invoices::export)
        .form("/invoices/selected/export", invoices::export_selected)
        .act(
            "/invoices",
            "Invoice a customer's approved work",
            |(), input: InvoiceInput| Ok(MakeInvoice::of(input)),
        )
        .form("/invoices", invoices::make_invoice)
        .list::<ListUninvoiced>(
            "/invoices/waiting",
            "Customers with work to invoice, by name",
        )
        .beside("/invoices")
        .show("/invoices/{id}", "Show an invoice", ShowInvoice)
        .page("/invoices/{id}", invoices::invoice)
        .api_get("/invoices/{id}/pdf", api::pdf)
        .page("/invoices/{id}/pdf", invoices::pdf)
        .act_by_form(
            "/invoices/{id}/sending",
            "Mark an invoice as sent",
            "/invoices/{id}",
            |id, _: Nothing| Ok(SendInvoice(id)),
        )
        .form("/invoices/selected/sending", invoices::send_selected)
}

fn rates(all: Routes) -> Routes {
    all.list::<ListRates>("/rates", "Rate cards, latest first")
        .page("/rates", rates::rates)
        .act("/rates", "Set a rate", |(), input: RateInput| {
            Ok(SetRate { input })
        })
        .form("/rates", rates::set_rate)
}
