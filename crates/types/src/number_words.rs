//! Words before a number that name its kind.

/// The kind of number that a word announces.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    GovernmentId,
    Card,
    Other,
}

const WORDS: [(Kind, &[&str]); 3] = [
    (
        Kind::GovernmentId,
        &[
            "ssn", "ss", "social", "security", "itin", "tin", "tax", "taxpayer", "passport",
        ],
    ),
    (
        Kind::Card,
        &[
            "card",
            "visa",
            "mastercard",
            "amex",
            "discover",
            "cc",
            "pan",
            "credit",
            "debit",
        ],
    ),
    (
        Kind::Other,
        &[
            "reference",
            "ref",
            "request",
            "claim",
            "authorization",
            "auth",
            "order",
            "po",
            "case",
            "file",
            "docket",
            "mrn",
            "chart",
            "record",
            "account",
            "acct",
            "invoice",
            "job",
            "ticket",
            "confirmation",
            "npi",
            "member",
            "policy",
            "encounter",
            "phone",
            "tel",
            "telephone",
            "call",
            "fax",
            "mobile",
            "meeting",
            "zoom",
            "conference",
            "pin",
            "passcode",
            "access",
            "dial",
            "http",
            "https",
        ],
    ),
];

pub(crate) fn kind_of(word: &str) -> Option<Kind> {
    WORDS
        .iter()
        .find(|(_, words)| words.contains(&word))
        .map(|(kind, _)| *kind)
}
