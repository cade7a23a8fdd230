use interpres_accounts::fold;
use interpres_gate::{Refusal, words};
use interpres_types::Line;

words! {
    /// The kind of records in a file.
    ImportKind, "must be interpreters, customers, appointments or people" {
        /// Interpreters, found again by e-mail address.
        Interpreters = "interpreters", "Interpreters";
        /// Customers, found again by name and e-mail address.
        Customers = "customers", "Customers";
        /// Appointments, found again by reference.
        Appointments = "appointments", "Appointments";
        /// People to invite, found again by e-mail address.
        People = "people", "People to invite";
    }
}

/// Fields of a kind, with the column names people's files have for them.
type Fields = &'static [(&'static str, &'static [&'static str])];

const INTERPRETERS: Fields = &[
    ("first_name", &["first name", "given name"]),
    ("last_name", &["last name", "surname", "family name"]),
    ("email", &["email", "e-mail", "email address"]),
    ("phone", &["phone", "phone number", "mobile"]),
    ("languages", &["languages", "language"]),
    ("team", &["team", "office"]),
    ("address", &["address", "address 1", "street"]),
    ("address_2", &["address 2", "unit"]),
    ("city", &["city"]),
    ("state", &["state"]),
    ("zip", &["zip", "zip code", "postal code"]),
    ("gender", &["gender"]),
    ("service_types", &["service types", "service type"]),
];

const CUSTOMERS: Fields = &[
    ("name", &["name", "customer"]),
    ("email", &["email", "e-mail", "email address"]),
    ("team", &["team", "office"]),
    ("website", &["website", "web site", "url"]),
    ("phone", &["phone", "phone number"]),
    ("fax", &["fax"]),
    ("address", &["address", "street"]),
    ("city", &["city"]),
    ("state", &["state"]),
    ("zip", &["zip", "zip code"]),
    ("zone", &["zone", "time zone"]),
    ("billing", &["billing address", "billing"]),
    ("billing_address", &["billing street"]),
    ("billing_city", &["billing city"]),
    ("billing_state", &["billing state"]),
    ("billing_zip", &["billing zip"]),
    ("health_care", &["health care", "healthcare"]),
];

const APPOINTMENTS: Fields = &[
    (
        "reference",
        &[
            "reference",
            "request",
            "job",
            "number",
            "confirmation",
            "confirmation #",
            "confirmation number",
            "appointment #",
            "job #",
        ],
    ),
    (
        "date",
        &[
            "date",
            "date of service",
            "dos",
            "appointment date",
            "service date",
        ],
    ),
    ("start", &["start", "start time", "time"]),
    (
        "minutes",
        &["minutes", "duration", "length", "duration (minutes)"],
    ),
    ("language", &["language", "lang", "target language"]),
    (
        "service_type",
        &["service type", "service", "type", "appointment type"],
    ),
    ("mode", &["mode"]),
    ("team", &["team", "office"]),
    (
        "customer",
        &[
            "customer",
            "client organization",
            "facility",
            "facility name",
            "hospital",
            "account",
        ],
    ),
    (
        "lep_client",
        &[
            "lep client",
            "client",
            "patient",
            "patient name",
            "client name",
            "lep",
        ],
    ),
    (
        "notes",
        &[
            "notes",
            "notes for interpreter",
            "comments",
            "special instructions",
        ],
    ),
    ("internal_notes", &["internal notes"]),
    ("gender", &["gender"]),
    ("zone", &["zone", "time zone"]),
    ("meeting", &["meeting", "meeting link", "link"]),
];

const PEOPLE: Fields = &[
    ("email", &["email", "e-mail", "email address"]),
    ("name", &["name", "full name"]),
    ("role", &["role"]),
    ("teams", &["teams", "team", "office"]),
    ("customer", &["customer", "organization"]),
    ("one_person", &["one person reads this mailbox"]),
];

/// Whether the field holds several values, separated by semicolons.
pub(crate) fn is_list(field: &str) -> bool {
    ["languages", "teams"].contains(&field)
}

impl ImportKind {
    /// The fields a column can be mapped to.
    #[must_use]
    pub const fn fields(self) -> Fields {
        match self {
            Self::Interpreters => INTERPRETERS,
            Self::Customers => CUSTOMERS,
            Self::Appointments => APPOINTMENTS,
            Self::People => PEOPLE,
        }
    }
    /// A name for a file of this kind.
    pub(crate) fn file_name(self) -> Result<Line<200>, Refusal> {
        format!("{}.csv", self.word())
            .parse()
            .map_err(Refusal::fault)
    }
    /// A file of this kind without rows: a name for each column, to begin from.
    #[must_use]
    pub fn template(self) -> String {
        let names: Vec<&str> = self
            .fields()
            .iter()
            .filter_map(|(_, names)| names.first().copied())
            .collect();
        names.join(",") + "\r\n"
    }
    /// The field that a column name stands for, if known.
    #[must_use]
    pub fn field_of(self, header: &str) -> Option<&'static str> {
        let header = fold(header);
        self.fields()
            .iter()
            .find(|(field, names)| *field == header || names.contains(&header.as_str()))
            .map(|(field, _)| *field)
    }
    /// The fields whose values are matched against lists, and may be mapped.
    #[must_use]
    pub const fn matched(self) -> &'static [&'static str] {
        match self {
            Self::Interpreters => &["languages", "team"],
            Self::Customers => &["team"],
            Self::Appointments => &["language", "team", "customer"],
            Self::People => &["role", "teams", "customer"],
        }
    }
}
