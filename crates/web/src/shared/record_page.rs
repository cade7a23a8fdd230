//! The pages of records, and to whom they open.
use super::Frame;
use interpres_gate::Action;
use interpres_types::RecordId;

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

const PAGES: [RecordPage; 10] = [
    record_page("appointment", "/appointments/", Action::AppointmentShow),
    record_page("client", "/clients/", Action::ClientShow),
    record_page("customer", "/customers/", Action::CustomerShow),
    record_page("interpreter", "/interpreters/", Action::InterpreterShow),
    record_page("invoice", "/invoices/", Action::InvoiceShow),
    record_page("offer", "/offers/", Action::OfferShow),
    record_page("service", "/people/services/", Action::ServiceShow),
    record_page("team", "/people/teams/", Action::TeamShow),
    record_page("member", "/people/", Action::MemberShow),
    record_page("voucher", "/vouchers/", Action::VoucherShow),
];

/// Where a record is looked at, for the kinds that have a page.
pub(crate) fn page_of(kind: &str, id: &str) -> Option<String> {
    let page = PAGES.iter().find(|page| page.kind == kind)?;
    Some(format!("{}{id}", page.place))
}

/// Whether the reader may open this path, as far as it is a record's page: whoever reads the log or is told of something
/// need not be in charge of people or of money.
pub(crate) fn opens_to(frame: &Frame, path: &str) -> bool {
    let is_of = |page: &&RecordPage| {
        let id = path.strip_prefix(page.place);
        id.is_some_and(|id| id.parse::<RecordId>().is_ok())
    };
    let page = PAGES.iter().find(is_of);
    page.is_none_or(|page| frame.may(page.shows))
}

/// Takes the link to a record away that the reader can't follow.
pub(crate) fn close_to(frame: &Frame, path: &mut Option<String>) {
    path.take_if(|path| !opens_to(frame, path));
}
