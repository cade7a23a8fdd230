//! What the parts of pages are filled with: a tab, a filter that is set, a column, the foot of a table.
use interpres_billing::{InvoiceState, VoucherState};
use interpres_directory::{ServiceType, SignUp};
use interpres_dispatch::OfferState;
use interpres_gate::FURTHEST;
use interpres_imports::{ImportState, LineOutcome};
use interpres_scheduling::Status;
use std::fmt;

/// A tab: where it leads, and how many stand there.
pub(crate) struct Tab {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) current: bool,
    pub(crate) count: Option<i64>,
}

/// A filter that is set, and the address of the same list without it.
pub(crate) struct Chip {
    pub(crate) label: &'static str,
    pub(crate) value: String,
    pub(crate) without: String,
}

/// Which way a column is sorted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Way {
    Up,
    Down,
}

impl Way {
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Up => "ascending",
            Self::Down => "descending",
        })
    }
}

/// A column's head.
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) class: &'static str,
    /// The address of the list sorted by it, where that can be.
    pub(crate) path: Option<String>,
    /// Which way it is sorted now.
    pub(crate) sorted: Option<Way>,
}

impl Column {
    pub(crate) const fn plain(name: &'static str, class: &'static str) -> Self {
        Self {
            name,
            class,
            path: None,
            sorted: None,
        }
    }
}

/// Where one is in a list, and the pages around.
#[derive(Default)]
pub(crate) struct Pager {
    /// How many stand before this page.
    pub(crate) past: i64,
    /// How many stand on it.
    pub(crate) here: i64,
    /// How many there are in all.
    pub(crate) total: i64,
    pub(crate) before: Option<String>,
    pub(crate) next: Option<String>,
}

/// How many stand on a page.
pub(crate) const ON_A_PAGE: i64 = 50;

impl Pager {
    /// The foot under so many rows of all. `at` is the address of the page that passes over so many; nothing where that
    /// is the list itself.
    pub(crate) fn of(
        past: &str,
        here: usize,
        total: i64,
        at: impl Fn(Option<&str>) -> String,
    ) -> Self {
        let past: i64 = past.trim().parse().unwrap_or_default();
        let here = i64::try_from(here).unwrap_or_default();
        let at = |past: i64| match past {
            0 => at(None),
            _ => at(Some(past.to_string().as_str())),
        };
        Self {
            past,
            here,
            total,
            before: (past > 0).then(|| at((past - ON_A_PAGE).max(0))),
            next: (past + here < total && here > 0 && past + ON_A_PAGE <= FURTHEST)
                .then(|| at(past + ON_A_PAGE)),
        }
    }
}

impl fmt::Display for Pager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.here {
            0 => f.write_str(say::pager_none()),
            // More are not counted to their end.
            _ if self.total > FURTHEST => f.write_str(&say::pager_range_of_more(
                self.past + 1,
                self.past + self.here,
                FURTHEST,
            )),
            _ => f.write_str(&say::pager_range(
                self.past + 1,
                self.past + self.here,
                self.total,
            )),
        }
    }
}

/// A state that is good, waiting, or bad.
pub(crate) trait Toned {
    /// A class of `tag`.
    fn tone(&self) -> &'static str;
}

impl<T: Toned> Toned for &T {
    fn tone(&self) -> &'static str {
        (**self).tone()
    }
}

impl Toned for VoucherState {
    fn tone(&self) -> &'static str {
        match self {
            Self::Submitted => "warn",
            Self::Returned | Self::Withdrawn => "bad",
            Self::Approved | Self::Billed => "good",
        }
    }
}

impl Toned for InvoiceState {
    fn tone(&self) -> &'static str {
        match self {
            Self::Draft => "warn",
            Self::Sent => "good",
        }
    }
}

impl Toned for OfferState {
    fn tone(&self) -> &'static str {
        match self {
            Self::Open => "note",
            Self::Accepted => "good",
            Self::Declined | Self::Expired | Self::Withdrawn => "",
        }
    }
}

impl Toned for SignUp {
    fn tone(&self) -> &'static str {
        match self {
            Self::Accepted => "good",
            Self::Invited => "note",
            Self::None => "",
        }
    }
}

impl Toned for ImportState {
    fn tone(&self) -> &'static str {
        match self {
            Self::Review => "warn",
            Self::Running => "note",
            Self::Done => "good",
        }
    }
}

impl Toned for LineOutcome {
    fn tone(&self) -> &'static str {
        match self {
            Self::Added => "good",
            Self::Updated => "note",
            Self::Rejected => "bad",
            Self::Waiting | Self::Unchanged => "",
        }
    }
}

/// What a status means, for its tooltip.
pub(crate) const fn meaning_of(status: Status) -> &'static str {
    match status {
        Status::Requested => "New. Nobody has been asked yet.",
        Status::Pending => "Offers are out. Waiting for an answer.",
        Status::Unassigned => "Everyone said no, or the interpreter was unassigned.",
        Status::Assigned => "A named interpreter covers it.",
        Status::CheckedIn => "Ready for a video or phone job.",
        Status::Arrived => "Ready on site.",
        Status::InProgress => "Running now.",
        Status::Incomplete => "Ended. The voucher is missing.",
        Status::Completed => "Voucher submitted.",
        Status::Canceled => "Canceled in good time.",
        Status::LateCancel => "Canceled too late. Billed by the customer's policy.",
        Status::Missed => "Someone didn't come. The record says who.",
        Status::OnHold => "Waiting for something; nobody is asked until then.",
        Status::Declined => "The agency turned it down.",
    }
}

pub(crate) const fn sign_of(service: ServiceType) -> &'static str {
    match service {
        ServiceType::InPerson => "pin",
        ServiceType::Video => "video",
        ServiceType::Phone => "phone",
    }
}

pub(crate) fn tint_of(name: &str) -> &'static str {
    const TINTS: [&str; 6] = ["t1", "t2", "t3", "t4", "t5", "t6"];
    let sum: usize = name.bytes().map(usize::from).sum();
    TINTS[sum % TINTS.len()]
}
