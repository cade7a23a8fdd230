//! Key hierarchy and encryption. The tree: master key → workspace key → record key (the unit of erasure) → one subkey
//! per column. AES-256-GCM with random nonces and the value's location as associated data. No SQL: callers store the
//! wrapped keys.
mod key;
mod master;
mod pbkdf2;
mod seal;
mod sealed_file;

pub use key::{Key, WrappedKey};
pub use master::{Answer, HeldMaster, Master, MasterError, MasterKey};
pub use pbkdf2::{fips_mode, pbkdf2, pbkdf2_fits};
pub use seal::{Place, SealError, blind_index, checksum, sha1_hex, sha256};
pub use sealed_file::{OpenFile, SealFile, Secret};

/// Fills a buffer with random bytes from the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // The operating system's generator does not fail once the system is up. Nothing here is safe without it, so abort
    // rather than return zeros.
    if aws_lc_rs::rand::fill(&mut bytes).is_err() {
        std::process::abort();
    }
    bytes
}
