//! A form that met the end of its session, or a question to answer first, waits in the browser: sealed, and bound to the
//! person who typed it. Nobody else is offered it, and before they have signed in nothing of it is shown.
use crate::{Actor, Gate, Refusal, sessions::Token};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use interpres_types::Instant;
use interpres_vault::{Key, Place};

/// A form waits no longer than a session lasts at most.
const LONGEST_WAIT_MINUTES: i64 = 12 * 60;

/// Whose form it is.
struct Whose {
    workspace: String,
    user: String,
}

impl Whose {
    fn of(actor: &Actor) -> Self {
        Self { workspace: actor.workspace().to_string(), user: actor.log_name() }
    }
    const fn place(&self) -> Place<'_> {
        Place { workspace: self.workspace.as_str(), table: "kept_form", column: "form", row: self.user.as_str() }
    }
}

impl Gate {
    /// Seals a form for the person who sent it.
    ///
    /// # Errors
    /// When the key store can't be used.
    pub async fn keep_form(&self, actor: &Actor, form: &str) -> Result<String, Refusal> {
        self.seal_form(&Whose::of(actor), form).await
    }

    /// Seals a form for the person whose session has ended since its page was made. Nothing where the session is not known
    /// any more, or the form is not from its pages.
    ///
    /// # Errors
    /// A fault of the database or the key store.
    pub async fn keep_late_form(&self, session: &str, form_token: &str, form: &str) -> Result<Option<String>, Refusal> {
        let sql = "select workspace_id, user_id, csrf from session where token_hash = $1";
        let rows = self.inner.db.reader().await?.rows(sql, &[Token::hash(session).into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        if form_token.split_once('.').is_none_or(|(of_session, _)| of_session != row.text("csrf").unwrap_or_default()) {
            return Ok(None);
        }
        let whose = Whose { workspace: row.text("workspace_id")?.to_owned(), user: row.text("user_id")?.to_owned() };
        self.seal_form(&whose, form).await.map(Some)
    }

    /// The form that waits for this person; nothing where it is another's, or has waited too long.
    ///
    /// # Errors
    /// When the key store can't be used.
    pub async fn kept_form(&self, actor: &Actor, sealed: &str) -> Result<Option<String>, Refusal> {
        let Ok(sealed) = URL_SAFE_NO_PAD.decode(sealed) else { return Ok(None) };
        let Ok(plain) = self.form_key().await?.open(&Whose::of(actor).place(), &sealed) else { return Ok(None) };
        let text = String::from_utf8_lossy(&plain);
        let Some((at, form)) = text.split_once('\n') else { return Ok(None) };
        let at = Instant::from_micros(at.parse().map_err(Refusal::fault)?);
        Ok((self.now() < at.plus_minutes(LONGEST_WAIT_MINUTES)).then(|| form.to_owned()))
    }

    async fn seal_form(&self, whose: &Whose, form: &str) -> Result<String, Refusal> {
        let plain = format!("{}\n{form}", self.now().micros());
        Ok(URL_SAFE_NO_PAD.encode(self.form_key().await?.seal(&whose.place(), plain.as_bytes())?))
    }

    async fn form_key(&self) -> Result<Key, Refusal> {
        Ok(self.inner.keys.workspace(interpres_types::INSTALLATION).await?.checksum.derive("kept forms"))
    }
}
