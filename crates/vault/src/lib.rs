//! Keys and sealing. The tree: master key → workspace key → record key (the unit of erasure)
//! → one subkey a column. AES-256-GCM with random nonces, bound to where the value stands.
//! No SQL: where wrapped keys rest is the caller's matter.
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
    // The operating system's generator does not fail once the machine is up; without it nothing
    // here can be safe, so zeros would be the worst answer and an abort is the right one.
    if aws_lc_rs::rand::fill(&mut bytes).is_err() {
        std::process::abort();
    }
    bytes
}
