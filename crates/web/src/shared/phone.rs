//! Phone numbers as people write them, and as they are kept.
use super::Pairs;
use interpres_types::Phone;

/// A kept number as people write it; whatever is none as it is.
pub(crate) fn said(number: &str) -> String {
    number
        .parse()
        .map_or_else(|_| number.to_owned(), |phone: Phone| phone.said())
}

/// Numbers of a form as they are kept, so that the same number is the same text.
pub(crate) fn kept(pairs: &mut Pairs, fields: &[&str]) {
    for (name, value) in pairs {
        if fields.contains(&name.as_str())
            && let Ok(phone) = value.parse::<Phone>()
        {
            *value = phone.to_string();
        }
    }
}
