//! Payment card numbers (ISO/IEC 7812-1).

/// Digits of the longest card number (ISO/IEC 7812-1).
pub(crate) const LONGEST_CARD: usize = 19;

/// Whether `digits` is a plausible card number: a known issuer range and a valid check digit (ISO/IEC 7812). None
/// begins with 0 or 1.
pub(crate) fn is_card_number(digits: &str) -> bool {
    let length = digits.len();
    if !(13..=LONGEST_CARD).contains(&length) {
        return false;
    }
    let issuer: u32 = digits[..6].parse().unwrap_or(0);
    let lengths = match issuer {
        400_000..=499_999 => 13..=19,
        510_000..=559_999 | 222_100..=272_099 => 16..=16,
        340_000..=349_999 | 370_000..=379_999 => 15..=15,
        300_000..=305_999 | 309_500..=309_599 | 360_000..=369_999 | 380_000..=399_999 => 14..=19,
        352_800..=358_999
        | 601_100..=601_199
        | 620_000..=629_999
        | 644_000..=659_999
        | 220_000..=220_499
        | 810_000..=817_199 => 16..=19,
        501_800..=501_899
        | 502_000..=502_099
        | 503_800..=503_899
        | 589_300..=589_399
        | 630_400..=630_499
        | 675_900..=675_999
        | 676_100..=676_399 => 13..=19,
        _ => return false,
    };
    lengths.contains(&length) && luhn(digits)
}

/// The check digit of ISO/IEC 7812-1.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let d = u32::from(b - b'0') * if i % 2 == 1 { 2 } else { 1 };
            if d > 9 { d - 9 } else { d }
        })
        .sum();
    sum.is_multiple_of(10)
}
