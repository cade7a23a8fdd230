//! Carrying letters out: to a mail server over TLS (RFC 5321, 8314), or into a folder for trying out.
use interpres_gate::{Gate, NoteLetters, ReadyLetter, Refusal, TakeLetters, WorkerKind, sha256};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, SinglePart},
    transport::smtp::authentication::Credentials,
};
use std::{
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};
use url::Url;

/// Where letters go.
pub enum Post {
    /// A mail server, and whom the letters are from.
    Server(Box<AsyncSmtpTransport<Tokio1Executor>>, Box<Mailbox>),
    /// A folder.
    Folder(PathBuf),
}

/// One sender, as an operator writes it: an address, or `Name <address>`, where the name may be anything that
/// people are called by, quoted or not (RFC 5322 section 3.4).
fn sender(text: &str) -> Result<Mailbox, String> {
    let wrong =
        |why: &str| format!("--mail-from {why}; it looks like Front Range <interpres@example.org>");
    if text.chars().any(char::is_control) {
        return Err(wrong("must be one line"));
    }
    let (name, address) = match text
        .trim()
        .strip_suffix('>')
        .and_then(|rest| rest.rsplit_once('<'))
    {
        Some((name, address)) => (name.trim(), address),
        None => ("", text),
    };
    let name = name
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .map_or_else(|| name.to_owned(), |quoted| quoted.replace("\\\"", "\""));
    if name.contains(['<', '>', '@']) {
        return Err(wrong("must be one sender"));
    }
    let address = address
        .trim()
        .parse()
        .map_err(|_| wrong("has no e-mail address"))?;
    Ok(Mailbox::new(
        Some(name).filter(|name| !name.is_empty()),
        address,
    ))
}

/// A letter as it goes over the wire (RFC 5322, MIME by RFC 2045). The writer quotes or encodes names and folds lines. Each
/// try has an id of its own, because it has a link of its own.
fn message(
    letter: &ReadyLetter,
    from: &Mailbox,
    to: Mailbox,
    body: String,
) -> Result<Message, lettre::error::Error> {
    let one_try: String = sha256(letter.path.as_bytes())[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let id = format!("<{}.{one_try}@{}>", letter.id, from.email.domain());
    Message::builder()
        .from(from.clone())
        .to(to)
        .subject(&letter.subject)
        .message_id(Some(id))
        .singlepart(SinglePart::plain(body))
}

/// A letter in the language of whoever it goes to.
fn in_language(letter: &ReadyLetter) -> ReadyLetter {
    say::speech::within_sync(letter.language.unwrap_or_default(), || ReadyLetter {
        subject: say::overheard(&letter.subject).into_owned(),
        text: say::overheard(&letter.text).into_owned(),
        path: letter.path.clone(),
        to: letter.to.clone(),
        ..*letter
    })
}

impl Post {
    /// A mail server at an address like smtps://mail.example.org:465.
    ///
    /// # Errors
    /// In words, what is wrong with the address, the sender or the password's file.
    pub fn server(address: &str, from: &str, login: Option<(&str, &Path)>) -> Result<Self, String> {
        let url = Url::parse(address)
            .map_err(|_| format!("{address} is no address like smtps://mail.example.org:465"))?;
        let host = url
            .host_str()
            .ok_or("the mail server's address has no name")?;
        let here = interpres_types::is_this_machine(host);
        let builder = match url.scheme() {
            "smtps" => AsyncSmtpTransport::<Tokio1Executor>::relay(host)
                .map_err(|e| e.to_string())?
                .port(url.port().unwrap_or(465)),
            // Plain only on this machine: nobody listens there.
            "smtp" if here => AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
                .port(url.port().unwrap_or(25)),
            "smtp" => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(host)
                .map_err(|e| e.to_string())?
                .port(url.port().unwrap_or(587)),
            other => {
                return Err(format!(
                    "{other}:// is no way to a mail server; use smtps:// or smtp://"
                ));
            }
        };
        let builder = match login {
            None => builder,
            Some((user, file)) => {
                let password = std::fs::read_to_string(file)
                    .map_err(|e| format!("{}: {e}", file.display()))?;
                builder.credentials(Credentials::new(
                    user.to_owned(),
                    password.trim_end().to_owned(),
                ))
            }
        };
        Ok(Self::Server(
            Box::new(builder.build()),
            Box::new(sender(from)?),
        ))
    }

    /// Sends one letter; the error is for the delivery log and holds nothing of the letter.
    async fn send(&self, letter: &ReadyLetter, public_url: &str) -> Result<(), String> {
        let letter = &in_language(letter);
        let body = format!(
            "{}\n\n{}{}\n",
            letter.text,
            public_url.trim_end_matches('/'),
            letter.path
        );
        match self {
            Self::Folder(folder) => {
                std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
                let path = folder.join(format!("{}.eml", letter.id));
                let mut file = OpenOptions::new()
                    .write(true)
                    .create(true)
                    .truncate(true)
                    .mode(0o600)
                    .open(path)
                    .map_err(|e| e.to_string())?;
                write!(
                    file,
                    "To: {}\nSubject: {}\n\n{body}",
                    letter.to, letter.subject
                )
                .map_err(|e| e.to_string())
            }
            Self::Server(server, from) => {
                let to: Mailbox = letter
                    .to
                    .as_str()
                    .parse()
                    .map_err(|_| "the address can't be written to".to_owned())?;
                let message = message(letter, from, to, body)
                    .map_err(|_| "the letter can't be written".to_owned())?;
                server
                    .send(message)
                    .await
                    .map(drop)
                    .map_err(|e| match e.status() {
                        Some(code) => format!("the mail server answered {code}"),
                        None => "the mail server was not reached".to_owned(),
                    })
            }
        }
    }

    /// Sends every letter that is due, and notes what became of each; gives how many were taken.
    ///
    /// # Errors
    /// A fault of the database; letters that are not taken are no error, and tried again.
    pub async fn send_due(&self, gate: &Gate, public_url: &str) -> Result<usize, Refusal> {
        let mut sent = 0;
        for workspace in gate.with_letters().await? {
            let courier = gate.worker(workspace, WorkerKind::Courier);
            let letters = gate.perform(&courier, TakeLetters).await?.into_inner();
            let mut outcomes = Vec::new();
            for letter in letters {
                let trouble = self.send(&letter, public_url).await.err();
                if let Some(trouble) = &trouble {
                    tracing::warn!(letter = %letter.id, trouble, "a letter was not taken; it is sent again later");
                }
                outcomes.push((letter.id, trouble));
            }
            if !outcomes.is_empty() {
                sent += gate
                    .perform(&courier, NoteLetters { outcomes })
                    .await?
                    .into_inner();
            }
        }
        Ok(sent)
    }
}
