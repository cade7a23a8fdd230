//! Requests to services outside: nobody is waited for longer than ten seconds, and nobody sends us
//! elsewhere.
use std::time::Duration;

const LONGEST_ANSWER: Duration = Duration::from_secs(10);

/// A client for such requests. Making one reads the machine's certificates, so it is kept.
pub(crate) fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().timeout(LONGEST_ANSWER).redirect(reqwest::redirect::Policy::none()).build()
}
