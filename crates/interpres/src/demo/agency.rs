//! Who and what the demo's agency has beside the named world. All of it is made up; every client is called
//! [`KANARYA`](crate::KANARYA).

/// An interpreter of the demo.
pub(crate) struct Interpreter {
    pub first: &'static str,
    pub last: &'static str,
    pub languages: &'static str,
    pub team: &'static str,
    pub zip: &'static str,
    pub gender: &'static str,
    /// Whether they have an account, so that they are asked, check in and write their vouchers themselves.
    pub signed_up: bool,
}

const fn interpreter(
    first: &'static str,
    last: &'static str,
    languages: &'static str,
    team: &'static str,
    zip: &'static str,
    gender: &'static str,
    signed_up: bool,
) -> Interpreter {
    Interpreter {
        first,
        last,
        languages,
        team,
        zip,
        gender,
        signed_up,
    }
}

const DENVER: &str = "Denver Metro";
const COURTS: &str = "Courts";
const NORTH: &str = "Northern Colorado";
const BEHAVIORAL: &str = "Behavioral Health";

pub(crate) const INTERPRETERS: [Interpreter; 32] = [
    interpreter(
        "Marisol", "Vega", "Spanish", DENVER, "80204", "female", true,
    ),
    interpreter("Hugo", "Salas", "Spanish", DENVER, "80219", "male", true),
    interpreter(
        "Teresa",
        "Molina",
        "Spanish; Portuguese",
        DENVER,
        "80011",
        "female",
        true,
    ),
    interpreter(
        "Omar",
        "Haddad",
        "Arabic; French",
        DENVER,
        "80231",
        "male",
        true,
    ),
    interpreter(
        "Nadia",
        "Rahimi",
        "Dari; Pashto",
        DENVER,
        "80012",
        "female",
        true,
    ),
    interpreter(
        "Mei",
        "Zhou",
        "Cantonese; Mandarin",
        DENVER,
        "80014",
        "female",
        true,
    ),
    interpreter("Kyaw", "Min", "Burmese", DENVER, "80010", "male", true),
    interpreter("Asha", "Warsame", "Somali", DENVER, "80220", "female", true),
    interpreter(
        "Rebecca",
        "Stone",
        "American Sign Language",
        DENVER,
        "80206",
        "female",
        false,
    ),
    interpreter(
        "Devin",
        "Hale",
        "American Sign Language",
        DENVER,
        "80210",
        "male",
        false,
    ),
    interpreter(
        "Bikram",
        "Thapa",
        "Nepali; Hindi",
        DENVER,
        "80013",
        "male",
        false,
    ),
    interpreter("Sunita", "Rai", "Nepali", DENVER, "80017", "female", false),
    interpreter(
        "Yuri",
        "Petrenko",
        "Russian; Ukrainian",
        DENVER,
        "80246",
        "male",
        false,
    ),
    interpreter(
        "Oksana",
        "Bilyk",
        "Ukrainian; Russian",
        DENVER,
        "80222",
        "female",
        false,
    ),
    interpreter("Hyun", "Seo", "Korean", DENVER, "80014", "male", false),
    interpreter(
        "Jean",
        "Toussaint",
        "Haitian; French",
        DENVER,
        "80239",
        "male",
        false,
    ),
    interpreter(
        "Amina",
        "Diallo",
        "French; Fulah",
        DENVER,
        "80247",
        "female",
        false,
    ),
    interpreter("Quang", "Le", "Vietnamese", DENVER, "80219", "male", false),
    interpreter(
        "Thuy",
        "Pham",
        "Vietnamese",
        DENVER,
        "80123",
        "female",
        false,
    ),
    interpreter(
        "Carmen", "Ortega", "Spanish", COURTS, "80302", "female", true,
    ),
    interpreter(
        "Felix", "Navarro", "Spanish", COURTS, "80501", "male", false,
    ),
    interpreter(
        "Irina", "Sokolova", "Russian", COURTS, "80303", "female", false,
    ),
    interpreter(
        "Layla", "Mansour", "Arabic", COURTS, "80020", "female", false,
    ),
    interpreter("Diego", "Fuentes", "Spanish", NORTH, "80525", "male", false),
    interpreter("Gloria", "Paz", "Spanish", NORTH, "80634", "female", true),
    interpreter(
        "Halima",
        "Yusuf",
        "Somali; Swahili",
        NORTH,
        "80631",
        "female",
        false,
    ),
    interpreter(
        "Than",
        "Aung",
        "Burmese; Karen",
        NORTH,
        "80631",
        "male",
        false,
    ),
    interpreter(
        "Lucia", "Campos", "Spanish", BEHAVIORAL, "80205", "female", true,
    ),
    interpreter(
        "Ernesto",
        "Silva",
        "Spanish; Portuguese",
        BEHAVIORAL,
        "80211",
        "male",
        false,
    ),
    interpreter(
        "Mariam", "Nazari", "Dari", BEHAVIORAL, "80016", "female", false,
    ),
    interpreter(
        "Samuel",
        "Bekele",
        "Amharic; Oromo",
        BEHAVIORAL,
        "80012",
        "male",
        false,
    ),
    interpreter(
        "Feven", "Kidane", "Tigrinya", BEHAVIORAL, "80010", "female", false,
    ),
];

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
