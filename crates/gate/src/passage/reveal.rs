//! Opening protected values for the actor, by the scope's field rule.
use crate::passage::{
    column::Class,
    phi::{Credential, ERASED, Opened, Phi, Sealed, Sensitive, Shown, UNREADABLE},
    read_tx::ReadTx,
    record::Record,
    refusal::Refusal,
};
use interpres_policy::{FieldRule, Reach};
use interpres_vault::Place;

impl ReadTx {
    /// Opens a protected value for the actor, or masks it, by the scope's field rule; either way
    /// the log learns whose field it was.
    ///
    /// # Errors
    /// A fault for a value that was never saved.
    pub fn reveal<T: Sensitive>(&mut self, phi: &Phi<T>) -> Result<Shown<T>, Refusal> {
        let Some(sealed) = phi.as_sealed() else {
            return Err(Refusal::fault("a fresh value has nobody to be shown to"));
        };
        let plain = match self.open(sealed) {
            Opened::Plain(plain) => plain,
            Opened::Erased => return Ok(Shown::new(ERASED.to_owned(), true)),
            Opened::Not => return Ok(Shown::new(UNREADABLE.to_owned(), true)),
        };
        if T::CLASS != Class::Secret && self.is_open(sealed) {
            self.touched
                .revealed(sealed.table, &sealed.row, sealed.column);
            return Ok(Shown::new(plain, false));
        }
        Ok(Shown::new(T::mask(&plain), true))
    }

    /// As [`ReadTx::reveal`], for a field that may be empty.
    ///
    /// # Errors
    /// As [`ReadTx::reveal`].
    pub fn may_reveal<T: Sensitive>(
        &mut self,
        phi: Option<&Phi<T>>,
    ) -> Result<Option<Shown<T>>, Refusal> {
        phi.map(|phi| self.reveal(phi)).transpose()
    }

    /// As [`ReadTx::reveal`], for a field that is shown with another record: once it opens, the log learns of that
    /// record as well, by this name of the field.
    ///
    /// # Errors
    /// As [`ReadTx::reveal`].
    pub fn reveal_with<H: Record, T: Sensitive>(
        &mut self,
        phi: &Phi<T>,
        holder: H::Id,
        field: &'static str,
    ) -> Result<Shown<T>, Refusal> {
        let shown = self.reveal(phi)?;
        if !shown.is_masked() {
            self.touched.revealed(H::NAME, &holder.to_string(), field);
        }
        Ok(shown)
    }

    /// As [`ReadTx::reveal_with`], of a field that may be blank.
    ///
    /// # Errors
    /// As [`ReadTx::reveal`].
    pub fn may_reveal_with<H: Record, T: Sensitive>(
        &mut self,
        phi: Option<&Phi<T>>,
        holder: H::Id,
        field: &'static str,
    ) -> Result<Option<Shown<T>>, Refusal> {
        phi.map(|phi| self.reveal_with::<H, T>(phi, holder, field))
            .transpose()
    }

    /// A credential in clear, to be used.
    ///
    /// # Errors
    /// A fault when it does not open: wrong key, wrong place, or changed.
    pub fn use_credential(&self, phi: &Phi<Credential>) -> Result<Credential, Refusal> {
        let plain = phi.as_sealed().and_then(|sealed| self.open(sealed).plain());
        plain
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| Refusal::fault("a credential does not open"))
    }

    pub(crate) fn open(&self, sealed: &Sealed) -> Opened {
        let Some(key) = sealed.key else {
            return Opened::Erased;
        };
        let place = Place {
            workspace: &sealed.workspace,
            table: sealed.table,
            column: sealed.column,
            row: &sealed.row,
        };
        if self.inner.keys.was_destroyed(key) {
            return Opened::Erased;
        }
        let plain = self
            .inner
            .keys
            .opened(key)
            .and_then(|key| key.open_column(&place, &sealed.bytes).ok());
        plain
            .and_then(|plain| String::from_utf8(plain.to_vec()).ok())
            .map_or(Opened::Not, Opened::Plain)
    }

    /// Whether the scope's field rule opens a sealed value now.
    pub(crate) fn is_open(&self, sealed: &Sealed) -> bool {
        if sealed.covered && self.actor.withheld {
            return false;
        }
        if self.grant.reach == Reach::Own && !sealed.own {
            return false;
        }
        match self.grant.fields {
            FieldRule::Always => true,
            FieldRule::Masked => false,
            FieldRule::Window => {
                let near = self.now.plus_minutes(self.actor.office.reveal_hours * 60);
                sealed.window.is_some_and(|(from, until)| {
                    from <= near && until.is_none_or(|end| self.now < end)
                })
            }
        }
    }

    /// Whether the scope opens protected fields without condition, those of records covered by HIPAA
    /// mode or of others. Who does not see a field can't be the one who replaces it.
    #[must_use]
    pub fn opens_fields(&self, covered: bool) -> bool {
        self.grant.fields == FieldRule::Always && !(covered && self.actor.withheld)
    }
}
