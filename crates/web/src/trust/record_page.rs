//! The pages of records, and to whom they open.
use crate::shared::Frame;
use interpres_gate::Action;

/// The page of a kind of record, and what opening it asks for.
struct RecordPage {
    kind: &'static str,
    /// Where it is, before the record's id.
    place: &'static str,
    shows: Action,
}

const fn record_page(kind: &'static str, place: &'static str, shows: Action) -> RecordPage {
    RecordPage { kind, place, shows }
}

/// A place comes before one that it begins with.
const PAGES: [RecordPage; 8] = [
    record_page("appointment", "/appointments/", Action::AppointmentShow),
    record_page("client", "/clients/", Action::ClientShow),
    record_page("customer", "/customers/", Action::CustomerShow),
    record_page("interpreter", "/interpreters/", Action::InterpreterShow),
    record_page("invoice", "/invoices/", Action::InvoiceShow),
    record_page("team", "/people/teams/", Action::TeamShow),
    record_page("member", "/people/", Action::MemberShow),
    record_page("voucher", "/vouchers/", Action::VoucherShow),
];

/// Where a record is looked at, for the kinds that have a page.
pub(crate) fn page_of(kind: &str, id: &str) -> Option<String> {
    let page = PAGES.iter().find(|page| page.kind == kind)?;
    Some(format!("{}{id}", page.place))
}

/// Takes the link to a record away that the reader can't follow: whoever reads the log need not be in charge of people
/// or of money.
pub(crate) fn close_to(frame: &Frame, path: &mut Option<String>) {
    path.take_if(|path| {
        let page = PAGES.iter().find(|page| path.starts_with(page.place));
        page.is_some_and(|page| !frame.may(page.shows))
    });
}
