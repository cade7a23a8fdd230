//! Who and what the named world is made of.
use interpres_gate::{Refusal, Role};
use interpres_types::Rule;

pub(crate) const FRONT_RANGE: &str = "Front Range Interpreters";

pub(crate) const PRAIRIE: &str = "Prairie Language Partners";

pub(crate) const TEAMS: [&str; 4] = [
    "Denver Metro",
    "Courts",
    "Northern Colorado",
    "Behavioral Health",
];

/// First and last name, agency, role, teams by place in the list (all when empty).
pub(crate) const PEOPLE: [(&str, &str, &str, Role, &[usize]); 15] = [
    ("Olivia", "Hart", FRONT_RANGE, Role::Owner, &[]),
    ("Adam", "Novak", FRONT_RANGE, Role::Admin, &[]),
    ("Maya", "Brooks", FRONT_RANGE, Role::Manager, &[]),
    ("Dora", "Lindqvist", FRONT_RANGE, Role::Scheduler, &[]),
    ("Sam", "Okafor", FRONT_RANGE, Role::Scheduler, &[1]),
    ("Bea", "Marsh", FRONT_RANGE, Role::Billing, &[]),
    ("Carl", "Jensen", FRONT_RANGE, Role::Compliance, &[]),
    ("Vera", "Pohl", FRONT_RANGE, Role::Viewer, &[0]),
    ("Rita", "Gomez", FRONT_RANGE, Role::Requester, &[]),
    ("Ines", "Ruiz", FRONT_RANGE, Role::Interpreter, &[0]),
    ("Linh", "Tran", FRONT_RANGE, Role::Interpreter, &[0]),
    ("Pablo", "Reyes", FRONT_RANGE, Role::Interpreter, &[2]),
    ("Peter", "Vance", PRAIRIE, Role::Owner, &[]),
    ("Tess", "Dahl", PRAIRIE, Role::Scheduler, &[]),
    ("Noor", "Aziz", PRAIRIE, Role::Interpreter, &[]),
];

pub(crate) const INTERPRETERS: [(&str, &str, &str, &str, &str, &str); 6] = [
    (
        "Ines",
        "Spanish; Portuguese",
        "Denver Metro",
        "80204",
        "female",
        FRONT_RANGE,
    ),
    (
        "Linh",
        "Vietnamese",
        "Denver Metro",
        "80012",
        "female",
        FRONT_RANGE,
    ),
    (
        "Pablo",
        "Spanish",
        "Northern Colorado",
        "80524",
        "male",
        FRONT_RANGE,
    ),
    (
        "Selam",
        "Tigrinya; Amharic",
        "Denver Metro",
        "80012",
        "female",
        FRONT_RANGE,
    ),
    ("Ivo", "Spanish", "Courts", "80302", "male", FRONT_RANGE),
    ("Noor", "Arabic; Dari", "Office", "80204", "female", PRAIRIE),
];

pub(crate) const CUSTOMERS: [(&str, &str, &str, &str, &str, &str); 4] = [
    (
        "St. Brigid Hospital",
        "Denver Metro",
        "80204",
        "Denver",
        "yes",
        FRONT_RANGE,
    ),
    (
        "Cedar Family Clinic",
        "Northern Colorado",
        "80524",
        "Fort Collins",
        "yes",
        FRONT_RANGE,
    ),
    (
        "Mesa Verde County Court",
        "Courts",
        "80302",
        "Boulder",
        "no",
        FRONT_RANGE,
    ),
    (
        "Plains Community Hospital",
        "Office",
        "80204",
        "Denver",
        "yes",
        PRAIRIE,
    ),
];

/// Reference, days from today, start, minutes, language, service type, team, customer, client.
type Request = (
    &'static str,
    i64,
    &'static str,
    i64,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

pub(crate) const APPOINTMENTS: [Request; 8] = [
    (
        "FR-1001",
        1,
        "09:00",
        60,
        "Spanish",
        "in-person",
        "Denver Metro",
        "St. Brigid Hospital",
        "Rosa Kanarya",
    ),
    (
        "FR-1002",
        1,
        "09:30",
        45,
        "Spanish",
        "video",
        "Denver Metro",
        "St. Brigid Hospital",
        "Mateo Kanarya",
    ),
    (
        "FR-1003",
        1,
        "13:00",
        90,
        "Vietnamese",
        "in-person",
        "Denver Metro",
        "St. Brigid Hospital",
        "Thanh Kanarya",
    ),
    (
        "FR-1004",
        2,
        "08:15",
        60,
        "Tigrinya",
        "phone",
        "Denver Metro",
        "Cedar Family Clinic",
        "Hana Kanarya",
    ),
    (
        "FR-1005",
        2,
        "10:00",
        120,
        "Spanish",
        "in-person",
        "Courts",
        "Mesa Verde County Court",
        "Luis Kanarya",
    ),
    (
        "FR-1006",
        3,
        "11:00",
        60,
        "Portuguese",
        "in-person",
        "Northern Colorado",
        "Cedar Family Clinic",
        "Joana Kanarya",
    ),
    (
        "FR-1007",
        5,
        "23:30",
        90,
        "Spanish",
        "phone",
        "Behavioral Health",
        "St. Brigid Hospital",
        "Elena Kanarya",
    ),
    (
        "FR-1008",
        7,
        "14:00",
        60,
        "Amharic",
        "in-person",
        "Denver Metro",
        "St. Brigid Hospital",
        "Dawit Kanarya",
    ),
];

pub(crate) fn said<T: std::str::FromStr<Err = Rule>>(text: &str) -> Result<T, Refusal> {
    text.parse().map_err(|rule| Refusal::invalid("world", rule))
}
