//! Plaintext client labels: initials or a file number, by a rule that no name and no date of birth passes.
use std::ops::RangeInclusive;

/// Words that may precede a file number.
const BEFORE: [&str; 6] = ["mrn", "file", "case", "chart", "ref", "id"];
const FEWEST_DIGITS: usize = 4;
const MOST_INITIALS: usize = 3;
const LONGEST: usize = 40;

/// Whether a text names no one: initials (`M.`, `M. V.`) or a file number (`20394`, `F-2039`, `MRN 20394`).
#[must_use]
pub fn names_nobody(text: &str) -> bool {
    let text = text.trim();
    text.chars().count() <= LONGEST && (is_initials(text) || is_file_number(text))
}

/// One to three letters, each followed by a dot.
fn is_initials(text: &str) -> bool {
    let letters: Vec<&str> = text
        .split_terminator('.')
        .map(|part| part.trim_start_matches([' ', '-']))
        .collect();
    let one = |part: &&str| part.chars().count() == 1 && part.chars().all(char::is_uppercase);
    text.ends_with('.') && letters.len() <= MOST_INITIALS && letters.iter().all(one)
}

/// At least four digits, letters only singly or as a word like `MRN`, and neither a date nor a telephone number.
fn is_file_number(text: &str) -> bool {
    let lower = text.to_lowercase();
    let plain = BEFORE
        .iter()
        .find_map(|word| {
            lower
                .strip_prefix(word)
                .filter(|rest| !rest.starts_with(char::is_alphanumeric))
        })
        .unwrap_or(&lower);
    let groups: Vec<&str> = plain
        .split(|c: char| !c.is_ascii_digit())
        .filter(|group| !group.is_empty())
        .collect();
    let words: Vec<&str> = plain
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .collect();
    let known = |c: char| c.is_ascii_alphanumeric() || " -/.:#".contains(c);
    plain.chars().all(known)
        && groups.concat().len() >= FEWEST_DIGITS
        && words.len() <= 2
        && words.iter().all(|word| word.len() == 1)
        && !is_date(&groups, !words.is_empty() || plain.len() < lower.len())
        && !is_phone(&groups)
}

/// Whether digits read as a day, or as a month and year, in any order people write them. Six consecutive digits may
/// be a day unless a letter marks them as a number.
fn is_date(groups: &[&str], lettered: bool) -> bool {
    let n = |text: &str| text.parse::<u32>().unwrap_or(0);
    let (month, day, year): (_, _, RangeInclusive<u32>) = (1..=12, 1..=31, 1900..=2099);
    let days = |a: &str, b: &str| {
        (month.contains(&n(a)) && day.contains(&n(b)))
            || (day.contains(&n(a)) && month.contains(&n(b)))
    };
    let is_year = |text: &str| text.len() == 2 || (text.len() == 4 && year.contains(&n(text)));
    match *groups {
        [a, b, c] => (is_year(c) && days(a, b)) || (is_year(a) && days(b, c)),
        [a, b] => {
            (a.len() == 4 && is_year(a) && month.contains(&n(b)))
                || (b.len() == 4 && is_year(b) && month.contains(&n(a)))
        }
        [one] if one.len() == 8 => {
            (is_year(&one[4..]) && days(&one[..2], &one[2..4]))
                || (is_year(&one[..4]) && days(&one[4..6], &one[6..]))
        }
        [one] if one.len() == 6 && !lettered => {
            days(&one[..2], &one[2..4]) || days(&one[2..4], &one[4..])
        }
        _ => false,
    }
}

fn is_phone(groups: &[&str]) -> bool {
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    matches!(lengths[..], [3, 3, 4] | [1, 3, 3, 4])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_and_file_numbers_name_nobody() {
        for label in [
            "K.",
            "M. V.",
            "M.V.",
            "R. K. L.",
            "É. N.",
            "J.-P.",
            "20394",
            "F-2039",
            "MRN 20394",
            "mrn: 0020394",
            "24-12521",
            "112583-1K",
            "File 112583",
            "ID 20394",
        ] {
            assert!(names_nobody(label), "{label}");
        }
    }

    #[test]
    fn no_name_no_date_and_no_telephone_number_passes_for_a_label() {
        for name in [
            "KIM",
            "LI",
            "Li",
            "MV",
            "M V",
            "JKL",
            "Mei",
            "Mei Chen",
            "Olga K.",
            "K",
            "A. B. C. D.",
            "k.",
            "Chen20394",
            "KIM1234",
            "Li-1985",
            "O'Neil",
            "12",
            "MRN",
            "MRN Chen",
            "Filer 2039",
            "case KIM 2039",
            "\u{674e}2039",
            "",
        ] {
            assert!(!names_nobody(name), "{name}");
        }
        for date in [
            "1985-03-12",
            "03/12/1985",
            "12.03.1985",
            "3/12/85",
            "19850312",
            "03121985",
            "12031985",
            "850312",
            "031285",
            "1985-03",
            "03/1985",
            "K 1985-03-12",
            "MRN 1985-03-12",
        ] {
            assert!(!names_nobody(date), "{date}");
        }
        for phone in ["303-555-0197", "1-303-555-0197"] {
            assert!(!names_nobody(phone), "{phone}");
        }
    }
}
