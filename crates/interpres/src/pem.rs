//! Certificates and keys from PEM files, with words for the operator.
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::{fmt::Display, path::Path};

/// Which file, and what is wrong with it.
pub(crate) fn words(path: &Path, e: impl Display) -> String {
    format!("{}: {e}", path.display())
}

/// Every certificate in a file, in order.
pub(crate) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| words(path, e))
}

/// The key in a file.
pub(crate) fn key(path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_file(path).map_err(|e| words(path, e))
}
