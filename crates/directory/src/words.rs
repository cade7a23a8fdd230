use interpres_gate::words;
use std::sync::LazyLock;

/// Letters with accents as people write them in names, and what they are looked for by.
const ACCENTS: [(&str, &str); 9] = [
    ("áàâäãåăąā", "a"),
    ("éèêëęěē", "e"),
    ("íìîïī", "i"),
    ("óòôöõőō", "o"),
    ("úùûüůűū", "u"),
    ("ýÿ", "y"),
    ("çćč", "c"),
    ("ñńň", "n"),
    ("šśş", "s"),
];

/// A folded column without accents, as SQL: one text for both engines. What is compared with it went through
/// [`interpres_types::searchable`].
pub(crate) fn unaccented(column: &str) -> String {
    let letters = ACCENTS
        .iter()
        .flat_map(|(many, one)| many.chars().map(move |letter| (letter, one)));
    letters.fold(column.to_owned(), |sql, (letter, one)| {
        format!("replace({sql}, '{letter}', '{one}')")
    })
}

/// `name_key` without accents.
pub static UNACCENTED: LazyLock<String> = LazyLock::new(|| unaccented("name_key"));

words! {
    /// How the interpreter is there.
    ServiceType, "must be in-person, video or phone" {
        /// In the room.
        InPerson = "in-person", "In person", "in person", "onsite", "on-site";
        /// By video (VRI).
        Video = "video", "Video", "vri";
        /// By telephone (OPI).
        Phone = "phone", "Phone", "opi", "telephone";
    }
}

words! {
    /// For appointments that ask for it.
    Gender, "must be female or male" {
        /// Female.
        Female = "female", "Female", "f";
        /// Male.
        Male = "male", "Male", "m";
    }
}
