//! A form that met the end of its session, or a question to answer first, waits in the browser: sealed, and bound to the
//! person who typed it. Nobody else is offered it, and before they have signed in nothing of it is shown. Nothing of it is
//! kept on the server: whose form it is stands sealed in the token that its page carried.
use crate::passage::{
    actor::Actor,
    gate::{Gate, Inner},
    refusal::Refusal,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use interpres_types::{INSTALLATION, Instant};
use interpres_vault::{Key, Place};

/// A form waits no longer than a session lasts at most.
const LONGEST_WAIT_MINUTES: i64 = 12 * 60;

/// Where what names a session's pages is sealed.
const PAGES: Place<'_> = Place {
    workspace: "",
    table: "session",
    column: "csrf",
    row: "",
};

/// Whose form it is.
struct FormOwner {
    workspace: String,
    user: String,
}

impl FormOwner {
    fn of(actor: &Actor) -> Self {
        Self {
            workspace: actor.workspace().to_string(),
            user: actor.log_name(),
        }
    }
    const fn place(&self) -> Place<'_> {
        Place {
            workspace: self.workspace.as_str(),
            table: "kept_form",
            column: "form",
            row: self.user.as_str(),
        }
    }
}

impl Gate {
    /// Seals a form for the person who sent it.
    ///
    /// # Errors
    /// When the key store can't be used.
    pub async fn keep_form(&self, actor: &Actor, form: &str) -> Result<String, Refusal> {
        self.seal_form(&FormOwner::of(actor), form).await
    }

    /// Seals a form for the person whose page it is from, whatever became of the session of that page. Nothing where the
    /// form's token was made by nobody here.
    ///
    /// # Errors
    /// When the key store can't be used.
    pub async fn keep_late_form(
        &self,
        form_token: &str,
        form: &str,
    ) -> Result<Option<String>, Refusal> {
        let Some((of_session, _)) = form_token.split_once('.') else {
            return Ok(None);
        };
        let Ok(sealed) = URL_SAFE_NO_PAD.decode(of_session) else {
            return Ok(None);
        };
        let Ok(plain) = self.inner.form_key().await?.open(&PAGES, &sealed) else {
            return Ok(None);
        };
        let plain = String::from_utf8_lossy(&plain);
        let Some((workspace, user)) = plain.split_once(' ') else {
            return Ok(None);
        };
        self.seal_form(
            &FormOwner {
                workspace: workspace.to_owned(),
                user: user.to_owned(),
            },
            form,
        )
        .await
        .map(Some)
    }

    /// The form that waits for this person; nothing where it is another's, or has waited too long.
    ///
    /// # Errors
    /// When the key store can't be used.
    pub async fn kept_form(&self, actor: &Actor, sealed: &str) -> Result<Option<String>, Refusal> {
        let Ok(sealed) = URL_SAFE_NO_PAD.decode(sealed) else {
            return Ok(None);
        };
        let Ok(plain) = self
            .inner
            .form_key()
            .await?
            .open(&FormOwner::of(actor).place(), &sealed)
        else {
            return Ok(None);
        };
        let text = String::from_utf8_lossy(&plain);
        let Some((at, form)) = text.split_once('\n') else {
            return Ok(None);
        };
        let at = Instant::from_micros(at.parse().map_err(Refusal::fault)?);
        Ok((self.now() < at.plus_minutes(LONGEST_WAIT_MINUTES)).then(|| form.to_owned()))
    }

    async fn seal_form(&self, whose: &FormOwner, form: &str) -> Result<String, Refusal> {
        let plain = format!("{}\n{form}", self.now().micros());
        Ok(URL_SAFE_NO_PAD.encode(
            self.inner
                .form_key()
                .await?
                .seal(&whose.place(), plain.as_bytes())?,
        ))
    }
}

impl Inner {
    /// What the forms of a session's pages are known by. It can't be guessed, and names the person to nobody but us.
    pub(crate) async fn session_of_forms(
        &self,
        workspace: &str,
        user: &str,
    ) -> Result<String, Refusal> {
        Ok(URL_SAFE_NO_PAD.encode(
            self.form_key()
                .await?
                .seal(&PAGES, format!("{workspace} {user}").as_bytes())?,
        ))
    }
    async fn form_key(&self) -> Result<Key, Refusal> {
        Ok(self
            .keys
            .workspace(INSTALLATION)
            .await?
            .checksum
            .derive("kept forms"))
    }
}
