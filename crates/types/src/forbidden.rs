//! Numbers that free text must not contain (DI6): social security, taxpayer, Medicare and payment card numbers. One
//! rule for every field; `docs/decisions/0028-numbers-and-labels.md` explains it.
use crate::{
    Rule,
    card_number::{LONGEST_CARD, is_card_number},
    government_id::{is_issued, is_medicare},
    number_words::{Kind, kind_of},
    written::{is_invisible, joins, joins_loosely, pieces, plain_digit, unwrapped},
};
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

const SAID: &str = "must not hold a social security number or another government id";

const LOOKS: &str = "must not hold a social security number; if it is another number, write it without gaps after a word that says which, like “claim” or “order”";

const CARD: &str =
    "must not hold a payment card number; if it is another number, leave its last four digits out";

/// Number of words before a number that are checked for its kind.
const WORDS_BEFORE: usize = 5;

/// The rule broken by the first forbidden number in the text; never repeats the number. Finds it whatever separates
/// its digits and in whatever script they are written. Our own ids are exempt.
#[must_use]
pub fn forbidden_content(text: &str) -> Option<Rule> {
    let is_id = |word: &&str| {
        Uuid::try_parse(word.trim_matches(|c: char| !c.is_ascii_alphanumeric())).is_ok()
    };
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|word| if is_id(&word) { "id" } else { word })
        .collect();
    let plain: String = words
        .join(" ")
        .nfkc()
        .filter(|c| !is_invisible(*c))
        .map(plain_digit)
        .collect();
    if plain
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .any(is_medicare)
    {
        return Some(SAID.into());
    }
    let found = runs(&plain, joins).iter().find_map(Run::judge);
    found.or_else(|| {
        runs(&unwrapped(&plain), joins_loosely)
            .iter()
            .any(|run| !run.plus && run.is_grouped_as_social_security())
            .then(|| LOOKS.into())
    })
}

/// Digits that may be one number, in the groups they are written in.
#[derive(Default)]
struct Run<'a> {
    groups: Vec<&'a str>,
    gaps: Vec<&'a str>,
    /// The kind of number, according to the words before it.
    kind: Option<Kind>,
    /// Whether it is written as a foreign telephone number.
    plus: bool,
}

fn runs(text: &str, joins: fn(&str) -> bool) -> Vec<Run<'_>> {
    let (mut out, mut run, mut before): (Vec<Run<'_>>, Run<'_>, Vec<String>) = Default::default();
    // Sentinel: a letter token flushes the last run.
    for piece in pieces(text).into_iter().chain(["x"]) {
        let c = piece.chars().next().unwrap_or('x');
        if c.is_ascii_digit() {
            run.groups.push(piece);
        } else if !run.groups.is_empty() && joins(piece) {
            run.gaps.push(piece);
        } else {
            if !run.groups.is_empty() {
                run.kind = before
                    .drain(..)
                    .rev()
                    .take(WORDS_BEFORE)
                    .find_map(|word| kind_of(&word));
                out.push(std::mem::take(&mut run));
            }
            run.plus = piece.ends_with('+');
            before.extend(Some(piece.to_lowercase()).filter(|_| c.is_alphabetic()));
        }
    }
    out
}

impl Run<'_> {
    fn judge(&self) -> Option<Rule> {
        if self.kind == Some(Kind::GovernmentId) && self.leads_with(|digits| digits == 9) {
            return Some(SAID.into());
        }
        if !self.plus && self.is_social_security() {
            return Some(LOOKS.into());
        }
        let said =
            self.kind == Some(Kind::Card) && self.leads_with(|digits| (13..=19).contains(&digits));
        (said || self.is_card()).then(|| CARD.into())
    }

    /// Whether some number of leading groups has this many digits in all.
    fn leads_with(&self, fits: impl Fn(usize) -> bool) -> bool {
        let mut digits = 0;
        self.groups.iter().any(|group| {
            digits += group.len();
            fits(digits)
        })
    }

    fn is_grouped_as_social_security(&self) -> bool {
        self.groups
            .windows(3)
            .any(|g| (g[0].len(), g[1].len(), g[2].len()) == (3, 2, 4) && is_issued(&g.concat()))
    }

    /// Written 3-2-4, or unseparated with no word that names another kind of number.
    fn is_social_security(&self) -> bool {
        self.is_grouped_as_social_security()
            || (self.kind != Some(Kind::Other)
                && self.groups.iter().any(|g| g.len() == 9 && is_issued(g)))
    }

    /// An issuer's number of a length it issues, with its check digit, in one, in even groups or in groups
    /// of four and more; or 4-6-5 and 4-6-4, which nothing else is written in, whatever its check digit.
    fn is_card(&self) -> bool {
        (0..self.groups.len()).any(|from| {
            let (mut number, mut lengths) = (String::new(), Vec::new());
            for (to, group) in self.groups.iter().enumerate().skip(from) {
                number.push_str(group);
                lengths.push(group.len());
                // No card number has more groups; the limit keeps long rows linear.
                if number.len() > LONGEST_CARD {
                    return false;
                }
                let embossed = matches!(lengths[..], [4, 6, 4 | 5])
                    && number.starts_with(['3', '4', '5', '6']);
                if embossed
                    || (is_grouped(&lengths)
                        && !self.is_fraction(from, to)
                        && is_card_number(&number))
                {
                    return true;
                }
            }
            false
        })
    }

    /// The decimals of a number, as spreadsheets write a time of day.
    fn is_fraction(&self, from: usize, to: usize) -> bool {
        from == to
            && from > 0
            && self.gaps[from - 1] == "."
            && self.groups[from - 1].len() <= 5
            && self.groups[from].len() > 13
    }
}

fn is_grouped(lengths: &[usize]) -> bool {
    let most = lengths.len() - 1;
    lengths.iter().all(|n| *n == lengths[0]) || lengths[..most].iter().all(|n| *n >= 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_row_of_digits_is_judged_by_what_a_card_can_be_and_not_from_each_to_each() {
        assert!(forbidden_content(&"1 ".repeat(50_000)).is_none());
        assert!(
            forbidden_content(&format!("{}4111 1111 1111 1111", "1 ".repeat(50_000))).is_some()
        );
    }

    fn rule(text: &str) -> String {
        forbidden_content(text)
            .map(|rule| rule.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn social_security_numbers_are_found_however_they_are_written() {
        for bad in [
            "123456789",
            "SSN 123456789",
            "SSN 219-09-9999",
            "ssn: 219 09 9999.",
            "SSN 219.09.9999",
            "219/09/9999",
            "SSN 219\u{2013}09\u{2013}9999",
            "219\u{2011}09\u{2011}9999",
            "219\u{a0}09\u{a0}9999",
            "219 - 09 - 9999",
            "\u{ff12}\u{ff11}\u{ff19}\u{ff0d}\u{ff10}\u{ff19}\u{ff0d}\u{ff19}\u{ff19}\u{ff19}\u{ff19}",
            "\u{0662}\u{0661}\u{0669} \u{0660}\u{0669} \u{0669}\u{0669}\u{0669}\u{0669}",
            "2\u{200b}19-0\u{ad}9-9999",
            "219\n09\n9999",
            "SSN\n219099999",
            "Her social security number is 21909 9999",
            "SSN: 219-099-999",
            "ITIN 912-70-1234",
            "912-70-1234",
            "SSN 000-12-3456",
            "the claim says SSN 219099999",
            "passport no. 219099999",
            "ward line abroad 030 12 3456",
            "219+09+9999",
            "219 + 09 + 9999",
            "219:09:9999",
            "219,09,9999",
            "219;09;9999",
            "219^09^9999",
            "219'09'9999",
            "(219) 09 9999",
            "(219)09(9999)",
            "(219)(09)(9999)",
            "219 (09) 9999",
            "219-(09)-9999",
            "[219] - [09] - [9999]",
            "<219> <09> <9999>",
            "219\u{ff1a}09\u{ff1a}9999",
            "219\u{ff0b}09\u{ff0b}9999",
            "her number (219:09:9999) is on file",
            "call (303) 555-0197, her number is 219:09:9999",
            "her Medicare id is 1EG4-TE5-MK73",
            "1EG4TE5MK73",
        ] {
            let rule = rule(bad);
            assert!(
                rule.contains("social security number")
                    && !rule.contains(|c: char| c.is_ascii_digit()),
                "{bad}: {rule}"
            );
        }
    }

    #[test]
    fn card_numbers_are_found_however_they_are_written() {
        for bad in [
            "card 4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "pay 4111111111111111 now",
            "4111 111111 11111",
            "4111 111111 111111",
            "4111.1111.1111.1111",
            "4111/1111/1111/1111",
            "4111-1111 11111111",
            "41111111 11111111",
            "411111 1111111111",
            "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
            "41 11 11 11 11 11 11 11",
            "\u{ff14}111 1111 1111 \u{ff11}111",
            "3782 822463 10005",
            "378282246310005",
            "room 7 4111 1111 1111 1111",
            "5555555555554444",
            "2223 0031 2200 3222",
            "6011111111111117",
            "3056 9309 0259 04",
            "3530111333300000",
            "Visa: 4111 1111 1111 1112",
        ] {
            let rule = rule(bad);
            assert!(
                rule.contains("payment card number")
                    && !rule.contains(|c: char| c.is_ascii_digit()),
                "{bad}: {rule}"
            );
        }
    }

    #[test]
    fn ordinary_numbers_and_the_references_of_customers_pass() {
        for good in [
            "Their request 20261214093001",
            "Claim 0012345670009",
            "Authorization 112027010000006",
            "PO 000-12-3456",
            "Claim 219099999",
            "claim no. 219099999, order #219099998",
            "666-12-3456",
            "900-12-3456",
            "Room 12-3",
            "call 303-555-0197 or 720 555 0167",
            "303 555 0197 720 555 0167",
            "+49 030 12 3456",
            "2027-03-14 09:30",
            "2027-03-14T09:30:00+01:00",
            "03/14/2027 09:30:00, room 219",
            "09:30:00",
            "call (303) 555-0197 or (720) 555-0167",
            "(303) 555-0197 (720) 555-0167",
            "+1 (303) 555-0197, ext. 12",
            "1 (303) 555-0197 x1234",
            "+49 (030) 12 3456",
            "303-555-0197 +49 030 12 3456",
            "Room 303: 10/2027",
            "Room 303, 10/2027",
            "Room 303 (10/2027)",
            "(room 303) 10-4100",
            "Rooms 303, 12, 4100",
            "$219, 12 miles, 4100 points",
            "exit 219 (12 min)",
            "3 (12) 4100",
            "2027-03-14 09:30-10:30, 2027-03-15 09:30-10:30",
            "REQ-00017",
            "Suite 4100, floor 2",
            "Rooms 4100, 4200, 4300, 4400",
            "Denver, CO 80203-1234",
            "0.3958333333333333 and 46370.3750000000005",
            "https://video.example.zoom.us/j/219099999",
            "meeting id 219 099 999",
            "A 5-4 3-2-1 schedule",
            "3531:  112583-1K",
            "20394",
            "01a20039-4709-7685-8151-604097338165",
            "see 00000000-4111-4111-8111-111111111111.",
            "",
        ] {
            assert_eq!(rule(good), "", "{good}");
        }
    }

    #[test]
    fn no_id_of_ours_is_taken_for_a_card_number() {
        for n in 0..20_000_u64 {
            let id = uuid::Builder::from_unix_timestamp_millis(
                1_795_000_000_000 + n * 977,
                &[(n % 251) as u8; 10],
            )
            .into_uuid();
            assert_eq!(forbidden_content(&id.to_string()), None, "{id}");
        }
    }
}
