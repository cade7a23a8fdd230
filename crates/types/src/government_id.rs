//! Social security, taxpayer and Medicare numbers.

/// Nine digits of an area, group and serial that are issued (SSA POMS RM 10201.030: never 000, 666, 9xx;
/// 00; 0000), or a taxpayer number (IRM 3.21.263: 9xx with certain groups).
pub(crate) fn is_issued(nine: &str) -> bool {
    let (area, group, serial) = (&nine[..3], &nine[3..5], &nine[5..]);
    if area.starts_with('9') {
        return matches!(group.parse(), Ok(50..=65_u8 | 70..=88 | 90..=92 | 94..=99));
    }
    area != "000" && area != "666" && group != "00" && serial != "0000"
}

/// A Medicare beneficiary's identifier, with or without its dashes (CMS, "Understanding the MBI Format").
pub(crate) fn is_medicare(word: &str) -> bool {
    const FORM: &[u8; 11] = b"9AN9AN9AA99";
    let plain: Vec<u8> = word.bytes().filter(|b| *b != b'-').collect();
    let fits = |(form, b): (&u8, &u8)| {
        let (digit, letter) = (
            b.is_ascii_digit(),
            b.is_ascii_uppercase() && !b"SLOIBZ".contains(b),
        );
        matches!(
            (form, digit, letter),
            (b'9' | b'N', true, _) | (b'A' | b'N', _, true)
        )
    };
    plain.len() == FORM.len() && plain[0] != b'0' && FORM.iter().zip(&plain).all(fits)
}
