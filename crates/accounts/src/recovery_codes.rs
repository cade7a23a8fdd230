//! Recovery codes: for when app and keys are lost. Ten of 125 random bits, so that their plain hashes
//! tell nothing (SECURITY: at least 112); each is good once.
use base64::{Engine, engine::general_purpose::STANDARD};
use interpres_gate::audit_log::leaf_hash;
use serde_json::Value;

const HOW_MANY: usize = 10;
/// Crockford's alphabet: no ambiguous characters.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

fn hash(code: &str) -> String {
    let plain: String = code
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    STANDARD.encode(leaf_hash(format!("recovery code/{plain}").as_bytes()))
}

/// One code from random bytes: five groups of five characters.
fn code(random: [u8; 25]) -> String {
    let letters: Vec<char> = random
        .iter()
        .map(|b| char::from(LETTERS[usize::from(b % 32)]))
        .collect();
    letters
        .chunks(5)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}

/// New codes, and their stored form.
pub(crate) fn fresh(mut random: impl FnMut() -> [u8; 25]) -> (Vec<String>, Value) {
    let codes: Vec<String> = (0..HOW_MANY).map(|_| code(random())).collect();
    let hashes = codes.iter().map(|code| Value::from(hash(code))).collect();
    (codes, Value::Array(hashes))
}

/// The remaining codes after this one is used; `None` if it matches none.
pub(crate) fn without(kept: &Value, typed: &str) -> Option<Value> {
    let (hash, kept) = (hash(typed), kept.as_array()?);
    let left: Vec<Value> = kept
        .iter()
        .filter(|h| h.as_str() != Some(&hash))
        .cloned()
        .collect();
    (left.len() < kept.len()).then_some(Value::Array(left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_once_however_it_is_typed() {
        let mut n = 0;
        let (codes, kept) = fresh(|| {
            n += 1;
            [n * 7; 25]
        });
        assert_eq!(codes.len(), 10);
        let left = without(&kept, &codes[3].to_uppercase().replace('-', " ")).unwrap();
        assert_eq!(left.as_array().unwrap().len(), 9);
        assert!(without(&left, &codes[3]).is_none() && without(&kept, "").is_none());
        assert!(!kept.to_string().contains(&codes[0]));
    }
}
