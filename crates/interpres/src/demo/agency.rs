//! Who interprets for the demo's agency beside the named world. All of them are made up.

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

pub(super) const DENVER: &str = "Denver Metro";
pub(super) const COURTS: &str = "Courts";
pub(super) const NORTH: &str = "Northern Colorado";
pub(super) const BEHAVIORAL: &str = "Behavioral Health";

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
