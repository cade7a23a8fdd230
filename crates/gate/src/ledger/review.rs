//! What a worker that goes through the log may look at. It learns of names only whether they are
//! the ones it asks for; no name leaves.
use crate::passage::{
    entry::{HOUR, stored},
    names::folded,
    phi::{PersonName, Phi},
    read_tx::ReadTx,
    refusal::Refusal,
    write_tx::WriteTx,
};
use interpres_audit_log::Entry;
use interpres_policy::{Action, Permission, grant};
use interpres_store::{Val, bind_list};
use interpres_types::{EntryId, Id, Instant, searchable};
use zeroize::Zeroizing;

/// The words of a name, folded for comparison. It can't be printed.
pub struct NameWords(Vec<Zeroizing<String>>);

impl NameWords {
    /// All words of a name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self(
            name.split_whitespace()
                .map(|word| Zeroizing::new(searchable(word)))
                .filter(|word| !word.is_empty())
                .collect(),
        )
    }
    /// The last word of a name: in most of the languages here, the surname.
    #[must_use]
    pub fn surname_of(name: &str) -> Self {
        Self::of(name.split_whitespace().last().unwrap_or_default())
    }
    /// Whether a folded name holds every one of the words.
    fn stand_in(&self, folded: &str) -> bool {
        !self.0.is_empty()
            && self
                .0
                .iter()
                .all(|word| folded.split_whitespace().any(|part| part == word.as_str()))
    }
}

/// How far a log has been gone through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GoneThrough {
    /// Not at all.
    Nothing,
    /// As far as an earlier version went, which did not say it.
    Unsaid,
    /// Until the end of the hour that begins then.
    Until(Instant),
}

impl WriteTx {
    /// Notes in the entry that the hour of the log that begins then was gone through. The log says it itself, because a
    /// row that says it could be changed or taken away.
    ///
    /// # Errors
    /// As [`ReadTx::entries_between`].
    pub fn went_through(&mut self, hour: Instant) -> Result<(), Refusal> {
        self.goes_through_the_log()?;
        self.read.touched.seen(HOUR, hour.to_string());
        Ok(())
    }
}

/// A record that bears a name.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// Its id.
    pub record: String,
    /// The name's place in the list that was asked for.
    pub name: usize,
}

impl ReadTx {
    fn goes_through_the_log(&self) -> Result<(), Refusal> {
        grant(self.actor.rights.role, Permission::JudgeLog)
            .map(drop)
            .ok_or(Refusal::Forbidden)
    }

    /// Entries of a span of time, the earliest first, after this one.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] for anybody but the worker that goes through the log.
    pub async fn entries_between(
        &mut self,
        from: Instant,
        until: Instant,
        after: &str,
        most: i64,
    ) -> Result<Vec<Entry>, Refusal> {
        self.goes_through_the_log()?;
        let first = EntryId::mint(from, &[0; 10])
            .to_string()
            .max(after.to_owned());
        let args = [
            self.scope.workspace.clone().into(),
            first.into(),
            Val::text(EntryId::mint(until, &[0; 10])),
            most.into(),
        ];
        let sql = "select leaf from audit_entry where workspace_id = $1 and id > $2 and id < $3 order by id limit $4";
        self.raw(sql, &args).await?.iter().map(stored).collect()
    }

    /// The first entry from a moment on.
    ///
    /// # Errors
    /// As [`ReadTx::entries_between`].
    pub async fn first_entry_from(&mut self, from: Instant) -> Result<Option<Entry>, Refusal> {
        let now = self.now;
        Ok(self.entries_between(from, now, "", 1).await?.pop())
    }

    /// How far the log has been gone through, as it says itself.
    ///
    /// # Errors
    /// As [`ReadTx::entries_between`].
    pub async fn gone_through(&mut self) -> Result<GoneThrough, Refusal> {
        self.goes_through_the_log()?;
        let sql = "select leaf from audit_entry where workspace_id = $1 and action = $2 and trouble is null order by id desc limit 50";
        let args = [
            self.scope.workspace.clone().into(),
            Action::LogNote.name().into(),
        ];
        let rows = self.raw(sql, &args).await?;
        let Some(latest) = rows.first().map(stored).transpose()? else {
            return Ok(GoneThrough::Nothing);
        };
        let hour = |entry: &Entry| {
            let seen = entry.records.iter().find(|seen| seen.kind == HOUR)?;
            seen.id.parse::<Instant>().ok()
        };
        let Some(mut until) = hour(&latest) else {
            return Ok(GoneThrough::Unsaid);
        };
        // Hours that were gone through in one moment stand in no order.
        for row in &rows[1..] {
            until = hour(&stored(row)?).map_or(until, |hour| until.max(hour));
        }
        Ok(GoneThrough::Until(until))
    }

    /// An actor's latest entries before a moment, the latest first.
    ///
    /// # Errors
    /// As [`ReadTx::entries_between`].
    pub async fn entries_before(
        &mut self,
        actor: &str,
        before: Instant,
        most: i64,
    ) -> Result<Vec<Entry>, Refusal> {
        self.goes_through_the_log()?;
        let args = [
            self.scope.workspace.clone().into(),
            actor.into(),
            Val::text(EntryId::mint(before, &[0; 10])),
            most.into(),
        ];
        let sql = "select leaf from audit_entry where workspace_id = $1 and actor = $2 and id < $3 order by id desc limit $4";
        self.raw(sql, &args).await?.iter().map(stored).collect()
    }

    /// The words of a protected name, for comparing only.
    ///
    /// # Errors
    /// As [`ReadTx::entries_between`].
    pub fn words_of(&self, name: &Phi<PersonName>) -> Result<NameWords, Refusal> {
        self.goes_through_the_log()?;
        let plain = name
            .as_sealed()
            .and_then(|sealed| self.open(sealed).plain());
        Ok(NameWords::of(&Zeroizing::new(plain.unwrap_or_default())))
    }

    /// Which of these records bear which of these names.
    ///
    /// # Errors
    /// As [`ReadTx::entries_between`].
    pub async fn bearing(
        &mut self,
        kind: &'static str,
        column: &'static str,
        ids: &[String],
        names: &[NameWords],
    ) -> Result<Vec<Bearer>, Refusal> {
        self.goes_through_the_log()?;
        let mut out = Vec::new();
        for some in ids.chunks(64) {
            let mut args: Vec<Val> = vec![self.scope.workspace.clone().into()];
            let list = bind_list(&mut args, some.iter().map(|id| id.clone().into()).collect());
            let sql = format!(
                "select id, key_id, {column} as sealed from {kind}_row where workspace_id = $1 and id in ({list})"
            );
            let rows = self.raw(&sql, &args).await?;
            for (id, name) in folded(&self.inner, self.actor.workspace, kind, column, &rows).await?
            {
                out.extend(
                    (0..names.len())
                        .filter(|n| names[*n].stand_in(&name))
                        .map(|name| Bearer {
                            record: id.clone(),
                            name,
                        }),
                );
            }
        }
        Ok(out)
    }
}
