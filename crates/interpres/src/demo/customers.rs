//! The demo's customers, their clients, and what they ask for. All of it is made up; every client is called
//! [`KANARYA`](crate::KANARYA).
use super::agency::{BEHAVIORAL, COURTS, DENVER, NORTH};

/// A customer of the demo.
pub(crate) struct Customer {
    pub name: &'static str,
    pub team: &'static str,
    pub street: &'static str,
    pub zip: &'static str,
    pub health_care: bool,
}

const fn customer(
    name: &'static str,
    team: &'static str,
    street: &'static str,
    zip: &'static str,
    health_care: bool,
) -> Customer {
    Customer {
        name,
        team,
        street,
        zip,
        health_care,
    }
}

pub(crate) const CUSTOMERS: [Customer; 18] = [
    customer(
        "Copperline Dialysis East",
        DENVER,
        "2200 Chambers Rd",
        "80011",
        true,
    ),
    customer(
        "Copperline Dialysis West",
        DENVER,
        "6001 W Alameda Ave",
        "80226",
        true,
    ),
    customer(
        "Saltbrush Orthopedics",
        DENVER,
        "840 Josephine St",
        "80206",
        true,
    ),
    customer(
        "Fernhollow Cancer Center",
        DENVER,
        "1665 Aurora Ct",
        "80045",
        true,
    ),
    customer(
        "Northgate Children's",
        DENVER,
        "300 E 104th Ave",
        "80233",
        true,
    ),
    customer(
        "Harrow Street Women's Clinic",
        DENVER,
        "412 Harrow St",
        "80219",
        true,
    ),
    customer(
        "Juniper Unified Schools",
        DENVER,
        "900 Grant St",
        "80203",
        false,
    ),
    customer(
        "Alder Ridge Imaging",
        DENVER,
        "7700 E Arapahoe Rd",
        "80112",
        true,
    ),
    customer(
        "Lakeshore Eye Associates",
        DENVER,
        "3333 S Wadsworth Blvd",
        "80227",
        true,
    ),
    customer(
        "Foothill Legal Aid",
        COURTS,
        "1905 Sherman St",
        "80203",
        false,
    ),
    customer(
        "Tamarack Municipal Court",
        COURTS,
        "1777 6th St",
        "80302",
        false,
    ),
    customer(
        "Cache Street Pediatrics",
        NORTH,
        "1100 Poudre River Dr",
        "80524",
        true,
    ),
    customer(
        "Windrow Community Hospital",
        NORTH,
        "1801 16th St",
        "80631",
        true,
    ),
    customer(
        "Poudre Valley Dental",
        NORTH,
        "2121 E Harmony Rd",
        "80528",
        true,
    ),
    customer(
        "Millwheel Behavioral Health",
        BEHAVIORAL,
        "4455 E 12th Ave",
        "80220",
        true,
    ),
    customer(
        "Stillwater Counseling",
        BEHAVIORAL,
        "1290 Williams St",
        "80218",
        true,
    ),
    customer(
        "Cottonwood Recovery",
        BEHAVIORAL,
        "3401 Eudora St",
        "80207",
        true,
    ),
    customer(
        "Open Door Family Services",
        BEHAVIORAL,
        "2525 16th St",
        "80211",
        false,
    ),
];

/// Clients' first names.
pub(crate) const CLIENTS: [&str; 24] = [
    "Rosa", "Mateo", "Thanh", "Hana", "Luis", "Joana", "Elena", "Dawit", "Yara", "Chen", "Amal",
    "Pedro", "Nilufar", "Ivan", "Marta", "Sami", "Lan", "Zaw", "Fatuma", "Binh", "Olena", "Karim",
    "Sofia", "Tenzin",
];

/// What is asked for, most of it often.
pub(crate) const LANGUAGES: [&str; 20] = [
    "Spanish",
    "Spanish",
    "Spanish",
    "Spanish",
    "Spanish",
    "Spanish",
    "Vietnamese",
    "Vietnamese",
    "Arabic",
    "Dari",
    "Cantonese",
    "Burmese",
    "Somali",
    "Nepali",
    "Russian",
    "American Sign Language",
    "Portuguese",
    "Tigrinya",
    "French",
    "Ukrainian",
];
