use interpres_gate::{unaccented, words};
use std::sync::LazyLock;

/// `name_key` without accents, as SQL. What is compared with it went through [`interpres_types::searchable`].
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
