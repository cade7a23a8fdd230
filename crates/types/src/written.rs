//! How a number may be written in a text: scripts, groups and gaps.

/// Maximum number of characters between two groups of one number.
const WIDEST_GAP: usize = 3;

/// Splits into runs of digits, of letters, and of other characters.
pub(crate) fn pieces(text: &str) -> Vec<&str> {
    let class = |c: char| (c.is_ascii_digit(), c.is_alphabetic());
    let (mut out, mut from, mut last) = (Vec::new(), 0, None);
    for (at, c) in text.char_indices() {
        if last.is_some_and(|last| last != class(c)) {
            out.push(&text[from..at]);
            from = at;
        }
        last = Some(class(c));
    }
    out.push(&text[from..]);
    out
}

pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{20e3}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// The zeros of scripts whose digits follow each other (Unicode category Nd).
const ZEROS: &[u32] = &[
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50,
    0xed0, 0xf20, 0x1040, 0x17e0, 0x1810,
];

pub(crate) fn plain_digit(c: char) -> char {
    let digit = ZEROS
        .iter()
        .find_map(|zero| u32::from(c).checked_sub(*zero).filter(|n| *n < 10));
    digit.and_then(|n| char::from_digit(n, 10)).unwrap_or(c)
}

/// Whether a number may continue after this: a few spaces, dashes, dots, slashes. Commas and colons separate.
pub(crate) fn joins(gap: &str) -> bool {
    let dash = |c: char| matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}');
    let mark = |c: char| "./\\_|*~=·•‧∙⁄∕".contains(c);
    gap.chars().count() <= WIDEST_GAP
        && gap.chars().all(|c| c.is_whitespace() || dash(c) || mark(c))
}

/// Additional separators within a social security number: ones nobody writes between other numbers grouped this way.
/// A comma or colon before a space separates, and a plus after a space starts a telephone number.
pub(crate) fn joins_loosely(gap: &str) -> bool {
    let parts = gap.contains([',', ';', ':']) && gap.ends_with(char::is_whitespace);
    let dials = gap.ends_with('+') && gap.contains(char::is_whitespace);
    !parts && !dials && joins(&gap.replace(['+', ':', ',', ';', '^', '\'', '"', '`'], "-"))
}

/// The text with brackets around groups of digits removed.
pub(crate) fn unwrapped(text: &str) -> String {
    let all = pieces(text);
    let wrapped = |at: usize| {
        let before = at
            .checked_sub(1)
            .is_some_and(|before| all[before].ends_with(OPEN));
        before
            && all
                .get(at)
                .is_some_and(|piece| piece.starts_with(|c: char| c.is_ascii_digit()))
            && all
                .get(at + 1)
                .is_some_and(|after| after.starts_with(CLOSE))
    };
    let bare = |(at, piece): (usize, &&str)| {
        let (closes, opens) = (at > 0 && wrapped(at - 1), wrapped(at + 1));
        let bare = piece
            .strip_prefix(CLOSE)
            .filter(|_| closes)
            .unwrap_or(piece);
        let bare = bare.strip_suffix(OPEN).filter(|_| opens).unwrap_or(bare);
        if bare.is_empty() && (closes || opens) {
            " ".to_owned()
        } else {
            bare.to_owned()
        }
    };
    all.iter().enumerate().map(bare).collect()
}

const OPEN: [char; 4] = ['(', '[', '{', '<'];
const CLOSE: [char; 4] = [')', ']', '}', '>'];
