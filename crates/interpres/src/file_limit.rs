//! How many files the process may have open; connections are files too.
use rustix::process::{Resource, getrlimit, setrlimit};

/// More are of no use to us.
const ENOUGH: u64 = 65_536;

/// Raises the limit as far as the system lets it, and gives what it is then.
#[must_use]
pub fn raised() -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    let before = limit.current.unwrap_or(ENOUGH);
    let wanted = limit.maximum.unwrap_or(ENOUGH).min(ENOUGH);
    limit.current = Some(wanted);
    let now = if wanted > before && setrlimit(Resource::Nofile, limit).is_ok() {
        wanted
    } else {
        before
    };
    usize::try_from(now).unwrap_or(usize::MAX)
}
