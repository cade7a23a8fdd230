use crate::Key;
use aws_lc_rs::hmac;
use std::fmt;

/// The location of an encrypted value. It is the associated data, so a value moved to another row, column, table or
/// workspace does not decrypt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place<'a> {
    /// The workspace's id.
    pub workspace: &'a str,
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// The row's id.
    pub row: &'a str,
}

impl Place<'_> {
    /// The place as associated data. Length-prefixed, so that no two places share their bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = b"interpres/1".to_vec();
        for part in [self.workspace, self.table, self.column, self.row] {
            out.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            out.extend_from_slice(part.as_bytes());
        }
        out
    }
    /// The purpose of the subkey for this column.
    pub(crate) fn purpose(&self) -> String {
        format!("column {}.{}", self.table, self.column)
    }
}

/// A value that does not decrypt. Gives no reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SealError;

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sealed value did not open: wrong key, wrong place, or changed")
    }
}
impl std::error::Error for SealError {}

/// A keyed checksum over parts (HMAC-SHA-256, length-prefixed), for record versions (AL7).
#[must_use]
pub fn checksum(key: &Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key.bytes()));
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.sign().as_ref());
    out
}

/// A blind index over a secret value: equal values in the same workspace and column give equal indexes; without the
/// key an index reveals nothing else.
#[must_use]
pub fn blind_index(key: &Key, column: &str, value: &str) -> [u8; 32] {
    checksum(
        &key.derive("blind index"),
        &[column.as_bytes(), value.as_bytes()],
    )
}

/// SHA-256 of some bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref());
    out
}

/// SHA-1 as upper-case hexadecimal: only for lookups in third-party lists.
#[must_use]
pub fn sha1_hex(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
    digest.as_ref().iter().map(|b| format!("{b:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place<'_> = Place {
        workspace: "w",
        table: "t",
        column: "c",
        row: "r",
    };

    #[test]
    fn a_value_opens_only_with_its_key_and_at_its_place() {
        let key = Key::generate();
        let sealed = key.seal(&HERE, b"Mei").unwrap();
        assert_eq!(key.open(&HERE, &sealed).unwrap().as_slice(), b"Mei");
        assert!(Key::generate().open(&HERE, &sealed).is_err());
        for there in [
            Place {
                workspace: "x",
                ..HERE
            },
            Place { table: "x", ..HERE },
            Place {
                column: "x",
                ..HERE
            },
            Place { row: "x", ..HERE },
            Place {
                workspace: "wt",
                table: "",
                ..HERE
            },
        ] {
            assert_eq!(
                key.open(&there, &sealed).unwrap_err(),
                SealError,
                "{there:?}"
            );
        }
    }

    #[test]
    fn every_flipped_bit_and_every_truncation_is_refused() {
        let key = Key::generate();
        let sealed = key.seal(&HERE, b"a protected value").unwrap();
        for i in 0..sealed.len() {
            for bit in 0..8 {
                let mut bad = sealed.clone();
                bad[i] ^= 1 << bit;
                assert!(key.open(&HERE, &bad).is_err(), "byte {i} bit {bit}");
            }
            assert!(key.open(&HERE, &sealed[..i]).is_err(), "cut at {i}");
        }
    }

    #[test]
    fn of_a_hundred_thousand_flips_every_one_is_the_same_error() {
        let (key, mut seed) = (Key::generate(), 0x2027_0301_u64);
        let mut chance = |end: usize| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap() % end
        };
        for round in 0..1_000 {
            let plain = vec![u8::try_from(round % 251).unwrap(); chance(300)];
            let sealed = key.seal(&HERE, &plain).unwrap();
            for _ in 0..100 {
                let mut bad = sealed.clone();
                bad[chance(sealed.len())] ^= 1 << chance(8);
                assert_eq!(key.open(&HERE, &bad).unwrap_err(), SealError);
            }
        }
    }

    /// What an index reveals without the key: which values are equal, and only within one column of one workspace.
    #[test]
    fn a_blind_index_of_a_hundred_thousand_names_shows_no_more_than_which_are_equal() {
        let names: Vec<String> = (0..100_000).map(|n| format!("Name {n}")).collect();
        let (here, there) = (Key::from_bytes([3; 32]), Key::from_bytes([4; 32]));
        let index = |key: &Key, column: &str| -> Vec<[u8; 32]> {
            names.iter().map(|n| blind_index(key, column, n)).collect()
        };
        let (own, elsewhere, other_column) = (
            index(&here, "name"),
            index(&there, "name"),
            index(&here, "reference"),
        );
        let distinct: std::collections::BTreeSet<_> =
            own.iter().chain(&elsewhere).chain(&other_column).collect();
        assert_eq!(
            distinct.len(),
            300_000,
            "nothing is equal but equal names under one key and column"
        );
        for bit in 0..256 {
            let ones = own
                .iter()
                .filter(|i| i[bit / 8] >> (bit % 8) & 1 == 1)
                .count();
            // Six standard deviations of a fair coin tossed a hundred thousand times.
            assert!((49_051..=50_949).contains(&ones), "bit {bit}: {ones}");
        }
        // Neighbours in the alphabet are no neighbours in the index.
        let near = own
            .windows(2)
            .filter(|pair| pair[0][..2] == pair[1][..2])
            .count();
        assert!(near < 20, "{near}");
    }

    #[test]
    fn the_same_value_seals_differently_each_time() {
        let key = Key::generate();
        assert_ne!(
            key.seal(&HERE, b"x").unwrap(),
            key.seal(&HERE, b"x").unwrap()
        );
    }

    #[test]
    fn derived_keys_depend_on_their_purpose_and_wrapped_ones_come_back() {
        let key = Key::from_bytes([3; 32]);
        assert_eq!(key.derive("a").bytes(), key.derive("a").bytes());
        assert_ne!(key.derive("a").bytes(), key.derive("b").bytes());
        let wrapped = key.wrap(&HERE, &Key::from_bytes([5; 32])).unwrap();
        assert_eq!(key.unwrap(&HERE, &wrapped).unwrap().bytes(), &[5; 32]);
    }

    #[test]
    fn checksums_tell_parts_apart() {
        let key = Key::from_bytes([3; 32]);
        assert_ne!(
            checksum(&key, &[b"ab", b"c"]),
            checksum(&key, &[b"a", b"bc"])
        );
    }
}
