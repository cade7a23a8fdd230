//! The way to telephones: an HTTP service that takes `To`, `From` and `Body` as a form with HTTP's basic
//! authentication, as Twilio's Messages resource and those like it do; or a folder, for trying out.
use interpres_accounts::TextCode;
use reqwest::{Client, Url, redirect::Policy};
use std::{
    fs::OpenOptions, io::Write, os::unix::fs::OpenOptionsExt, path::PathBuf, time::Duration,
};

const LONGEST_ANSWER: Duration = Duration::from_secs(10);

/// The operator's service for text messages.
#[derive(Clone, Debug)]
pub enum Texts {
    /// A service, who signs in there with what secret, and the number or name that messages come from.
    Service {
        /// Its client, which goes nowhere else.
        client: Client,
        /// Its address.
        url: Url,
        /// Who signs in.
        user: String,
        /// The secret.
        secret: Secret,
        /// Whom messages are from.
        from: String,
    },
    /// A folder whose files hold the messages.
    Folder(PathBuf),
}

/// A secret that is not printed.
#[derive(Clone)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Texts {
    /// A service at an address: HTTPS, or plain HTTP on this machine.
    ///
    /// # Errors
    /// In words, when the address is none that messages may go to.
    pub fn service(url: &str, user: &str, secret: &str, from: &str) -> Result<Self, String> {
        let url = Url::parse(url).map_err(|_| format!("{url} is no address"))?;
        let here = url.host_str().is_some_and(interpres_types::is_this_machine);
        if url.scheme() != "https" && !(url.scheme() == "http" && here) {
            return Err("text messages go out by HTTPS only, but on this machine".to_owned());
        }
        let client = Client::builder()
            .timeout(LONGEST_ANSWER)
            .redirect(Policy::none())
            .build()
            .map_err(|e| e.to_string())?;
        Ok(Self::Service {
            client,
            url,
            user: user.to_owned(),
            secret: Secret(secret.to_owned()),
            from: from.to_owned(),
        })
    }

    /// Sends a code in the language that is spoken; whether it was taken. What went wrong stands in the server's log, without the code.
    pub(crate) async fn send(&self, message: &TextCode) -> bool {
        let text = say::text_code(&message.code);
        let trouble = match self {
            Self::Folder(folder) => write(folder, &message.to.to_string(), &text)
                .err()
                .map(|e| e.to_string()),
            Self::Service {
                client,
                url,
                user,
                secret,
                from,
            } => {
                let form = [
                    ("To", message.to.to_string()),
                    ("From", from.clone()),
                    ("Body", text),
                ];
                let body = form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(form)
                    .finish();
                let request = client
                    .post(url.clone())
                    .basic_auth(user, Some(&secret.0))
                    .header("content-type", "application/x-www-form-urlencoded");
                match request.body(body).send().await {
                    Ok(answer) if answer.status().is_success() => None,
                    Ok(answer) => Some(format!("it answered {}", answer.status().as_u16())),
                    Err(_) => Some("it was not reached".to_owned()),
                }
            }
        };
        if let Some(trouble) = &trouble {
            tracing::warn!(trouble, "the service for text messages did not take a code");
        }
        trouble.is_none()
    }
}

/// The latest message to a number, in a file of its own.
fn write(folder: &PathBuf, to: &str, text: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(folder.join(format!("{to}.txt")))?;
    file.write_all(text.as_bytes())
}
