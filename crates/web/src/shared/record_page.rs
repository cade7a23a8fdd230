//! The pages of records, and to whom they open.
use super::Frame;
use interpres_gate::Action;
use interpres_types::RecordId;
use say::Says;

/// A link to a list of records.
pub(crate) struct ListLink {
    pub(crate) path: &'static str,
    pub(crate) name: &'static str,
}

/// The page of a kind of record, and what opening it asks for.
struct RecordPage {
    kind: &'static str,
    /// Where it is, before the record's id.
    place: &'static str,
    shows: Action,
    /// What the list is called that the record stands in, for the kinds whose pages lead back to one.
    list: Option<Says>,
}

const fn record_page(kind: &'static str, place: &'static str, shows: Action) -> RecordPage {
    RecordPage {
        kind,
        place,
        shows,
        list: None,
    }
}

impl RecordPage {
    const fn in_list(self, list: Says) -> Self {
        Self {
            list: Some(list),
            ..self
        }
    }
}

const PAGES: [RecordPage; 10] = [
    record_page("appointment", "/appointments/", Action::AppointmentShow)
        .in_list(say::appointments),
    record_page("client", "/clients/", Action::ClientShow).in_list(say::nav_clients),
    record_page("customer", "/customers/", Action::CustomerShow).in_list(say::customers),
    record_page("interpreter", "/interpreters/", Action::InterpreterShow)
        .in_list(say::interpreters),
    record_page("invoice", "/invoices/", Action::InvoiceShow).in_list(say::nav_invoices),
    record_page("offer", "/offers/", Action::OfferShow),
    record_page("service", "/people/services/", Action::ServiceShow),
    record_page("team", "/people/teams/", Action::TeamShow).in_list(say::kept_teams),
    record_page("member", "/people/", Action::MemberShow).in_list(say::nav_people),
    record_page("voucher", "/vouchers/", Action::VoucherShow).in_list(say::nav_vouchers),
];

/// Where a record is looked at, for the kinds that have a page.
pub(crate) fn page_of(kind: &str, id: &str) -> Option<String> {
    let page = PAGES.iter().find(|page| page.kind == kind)?;
    Some(format!("{}{id}", page.place))
}

/// The list of records of a kind: its path, and what it is called.
pub(crate) fn list_of(kind: &str) -> Option<ListLink> {
    let page = PAGES.iter().find(|page| page.kind == kind)?;
    let says = page.list?;
    Some(ListLink {
        path: page.place.trim_end_matches('/'),
        name: says(),
    })
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
