//! Requests to services outside: nobody is waited for longer than ten seconds, and nobody sends us
//! elsewhere.
use interpres_types::is_this_machine;
use std::time::Duration;
use url::Url;

const LONGEST_ANSWER: Duration = Duration::from_secs(10);

/// A client for such requests. Making one reads the machine's certificates, so it is kept.
pub(crate) fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .timeout(LONGEST_ANSWER)
        .redirect(reqwest::redirect::Policy::none())
        .build()
}

/// The address of a service outside: HTTPS, or plain HTTP on this machine (EN1).
///
/// # Errors
/// In words, for any other.
pub(crate) fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text)
        .map_err(|_| "the address can't be read; it looks like https://NAME/PATH".to_owned())?;
    let here = url.host_str().is_some_and(is_this_machine);
    match url.scheme() {
        "https" => Ok(url),
        "http" if here => Ok(url),
        _ => Err(
            "the address must begin with https:// (plain HTTP is for this machine only)".to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn services_elsewhere_are_asked_by_https_only() {
        for good in [
            "https://vault.internal:8200/v1/transit",
            "http://localhost:8200",
            "http://127.0.0.1/",
            "http://[::1]:8200/x",
        ] {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in [
            "http://vault.internal/v1/transit",
            "http://localhost.example.org/",
            "http://127.0.0.1.example.org/",
            "ftp://localhost/",
            "vault.internal",
            "",
        ] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }
}
