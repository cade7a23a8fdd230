use crate::StoreError;
use interpres_types::is_this_machine;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::{fmt, str::FromStr};
use url::Url;

/// The URL of a PostgreSQL database, `postgres://…`. Remote servers require TLS with a verified host name; a local
/// socket or loopback does not.
#[derive(Clone)]
pub struct ServerAddress {
    url: Url,
    pub(crate) options: Box<PgConnectOptions>,
}

impl FromStr for ServerAddress {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        let unread =
            || StoreError::Address("it can't be read; it looks like postgres://USER@HOST/DATABASE");
        let mut url = Url::parse(text).map_err(|_| unread())?;
        let options = PgConnectOptions::from_str(text).map_err(|_| unread())?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(unread());
        }
        if is_near(&options) {
            return Ok(Self {
                url,
                options: Box::new(options),
            });
        }
        match options.get_ssl_mode() {
            PgSslMode::VerifyFull => {}
            // The default.
            PgSslMode::Prefer => {
                let said: Vec<(String, String)> = url
                    .query_pairs()
                    .into_owned()
                    .filter(|(name, _)| !matches!(name.as_str(), "sslmode" | "ssl-mode"))
                    .collect();
                url.query_pairs_mut()
                    .clear()
                    .extend_pairs(said)
                    .append_pair("sslmode", "verify-full");
            }
            _ => {
                return Err(StoreError::Address(
                    "PostgreSQL on another machine is reached with sslmode=verify-full, which need not be said",
                ));
            }
        }
        Ok(Self {
            url,
            options: Box::new(options.ssl_mode(PgSslMode::VerifyFull)),
        })
    }
}

/// Whether no one can listen in: a Unix socket, or loopback.
fn is_near(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    options.get_socket().is_some() || host.starts_with('/') || is_this_machine(host)
}

impl ServerAddress {
    /// The address with all that is in it, its password too: for PostgreSQL's own tools.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }
    /// Another database on the same server.
    #[must_use]
    pub fn beside(&self, database: &str) -> Self {
        let mut url = self.url.clone();
        url.set_path(database);
        Self {
            url,
            options: Box::new(self.options.as_ref().clone().database(database)),
        }
    }
    /// The database's name.
    #[must_use]
    pub fn database(&self) -> &str {
        self.options.get_database().unwrap_or_default()
    }
}

/// Without user and password.
impl fmt::Debug for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "postgres://{}/{}",
            self.options.get_host(),
            self.database()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(text: &str) -> Option<PgSslMode> {
        text.parse::<ServerAddress>()
            .ok()
            .map(|address| address.options.get_ssl_mode())
    }

    #[test]
    fn another_machine_is_reached_by_tls_with_its_name_checked_and_never_otherwise() {
        for far in [
            "postgres://i:secret@db.internal/agency",
            "postgresql://db.internal:5433/agency?sslrootcert=/etc/root.pem",
            "postgres://u@[2001:db8::1]/agency",
            "postgres://u@localhost/agency?host=db.internal",
        ] {
            for (said, expected) in [
                ("", true),
                ("sslmode=verify-full", true),
                ("sslmode=prefer", true),
                ("sslmode=require", false),
                ("ssl-mode=disable", false),
                ("sslmode=verify-ca", false),
                ("sslmode=verify-full&sslmode=allow", false),
            ] {
                let text = format!("{far}{}{said}", if far.contains('?') { '&' } else { '?' });
                assert_eq!(
                    mode(&text).is_some_and(|mode| matches!(mode, PgSslMode::VerifyFull)),
                    expected,
                    "{text}"
                );
                if let Ok(address) = text.parse::<ServerAddress>() {
                    let told: Vec<_> = address
                        .url()
                        .query_pairs()
                        .filter(|(name, _)| name == "sslmode")
                        .collect();
                    assert_eq!(
                        (told.len(), &*told[0].1),
                        (1, "verify-full"),
                        "PostgreSQL's own tools are told the same"
                    );
                    assert!(!format!("{address:?}").contains("secret"));
                }
            }
        }
        for near in [
            "postgres://u@localhost/x",
            "postgres://u@127.0.0.1:5433/x",
            "postgres://u@[::1]/x",
            "postgres://u@localhost/x?host=/run/postgresql",
        ] {
            assert!(matches!(mode(near), Some(PgSslMode::Prefer)), "{near}");
            assert!(
                matches!(
                    mode(&format!(
                        "{near}{}sslmode=disable",
                        if near.contains('?') { '&' } else { '?' }
                    )),
                    Some(PgSslMode::Disable)
                ),
                "{near}"
            );
        }
        for bad in [
            "",
            "db.internal/x",
            "mysql://u@localhost/x",
            "postgres://u@localhost/x?sslmode=maybe",
        ] {
            assert!(mode(bad).is_none(), "{bad}");
        }
        let beside = "postgres://u@localhost/x?host=/run/pg"
            .parse::<ServerAddress>()
            .unwrap()
            .beside("drill");
        assert_eq!(
            (beside.database(), beside.url().as_str()),
            ("drill", "postgres://u@localhost/drill?host=/run/pg")
        );
    }
}
