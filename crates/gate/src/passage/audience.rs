//! What may be named from outside. A kind of record has a history that people can ask for only where
//! its room declares one beside it: by which permission the record itself is viewed. Who is shown which of
//! its columns is said at the column. Scoped names of rules and cards are no kinds, so nobody can ask by them.
use crate::passage::{
    column::Class,
    fact::FactName,
    read_tx::{Lane, ReadTx},
    record::{ColumnSpec, Record, RecordKind},
};
use interpres_policy::{Permission, Reach};
use interpres_store::{Row, StoreError};
use std::borrow::Cow;

/// The earlier versions of a kind of record: whom they are for. Asked for by `history.view` and by the
/// permission that views the record, within both reaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct History {
    /// By what the record is viewed.
    pub viewed_by: Permission,
    /// The column that lists the teams a record belongs to, where its scoped name reaches further than
    /// the teams of who asks.
    pub teams: Option<&'static str>,
    /// What belongs to the record and is told with it.
    pub part: Option<ChildKind>,
}

/// A kind of record that belongs to another and is saved beside it: the history of that tells of both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChildKind {
    /// The kind.
    pub kind: &'static str,
    /// Its column that says to which record it belongs.
    pub by: &'static str,
}

impl History {
    /// All of it for whoever holds this permission, but for what nobody is shown.
    #[must_use]
    pub const fn for_viewers(viewed_by: Permission) -> Self {
        Self {
            viewed_by,
            teams: None,
            part: None,
        }
    }
    /// The same, with what belongs to the record told along.
    #[must_use]
    pub const fn with_part(self, kind: &'static str, by: &'static str) -> Self {
        Self {
            part: Some(ChildKind { kind, by }),
            ..self
        }
    }
}

/// How a row is tied to somebody who is shown it as their own: they are assigned to it, or only asked. The row's scoped
/// text says it in a column `tie`, so it is a fact of the scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tie {
    /// What scoped text calls it.
    pub name: &'static str,
    /// The fact by which the row is theirs; nothing where it is theirs as a user.
    pub by: Option<FactName>,
}

/// Who is shown a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Audience {
    /// Whoever views the record.
    Viewers,
    /// Those of them who hold this permission as far.
    Holders(Permission),
    /// Those of them who own no record by this fact.
    Without(FactName),
    /// Those who reach further than their own; and of their own rows, those who are tied to one like this. To others it is
    /// empty.
    Tied(&'static [Tie]),
    /// The same, but others are shown its mask.
    TiedOrMasked(&'static [Tie]),
    /// Nobody.
    Nobody,
}

impl Audience {
    /// Whether somebody is among them whose own the row is, tied to them like this.
    pub(crate) fn takes(self, tie: Option<&str>) -> bool {
        match self {
            Self::Tied(ties) | Self::TiedOrMasked(ties) => {
                tie.is_some_and(|name| ties.iter().any(|tie| tie.name == name))
            }
            _ => true,
        }
    }
    /// The same of a column, which must be one that may be empty where this empties it.
    ///
    /// # Panics
    /// While it is compiled, where it is not.
    #[must_use]
    pub const fn of_column(self, may_be_empty: bool) -> Self {
        assert!(
            may_be_empty || !matches!(self, Self::Tied(_)),
            "a column with this audience must be an Option"
        );
        self
    }
}

/// How a row is tied to whose own it is, as its scoped text says.
pub(crate) fn tie_of(row: &Row) -> Result<Option<&str>, StoreError> {
    row.may_text("tie")
}

impl RecordKind {
    /// Who is shown a column in the record's history.
    #[must_use]
    pub fn audience(&self, column: &ColumnSpec) -> Audience {
        match self.history {
            Some(_) if column.class != Class::Secret => column.audience,
            _ => Audience::Nobody,
        }
    }
}

impl ReadTx {
    /// Whether the actor is among those who are shown something, whichever row it stands in.
    #[must_use]
    pub fn is_among(&self, audience: Audience) -> bool {
        match audience {
            Audience::Viewers => true,
            Audience::Holders(permission) => self
                .actor
                .granted(permission)
                .is_some_and(|grant| grant.reach >= self.grant.reach),
            Audience::Without(fact) => !self.actor.rights.own.contains_key(fact.name),
            Audience::Tied(_) | Audience::TiedOrMasked(_) => self.grant.reach > Reach::Own,
            Audience::Nobody => false,
        }
    }

    /// A row with nothing in it that its columns keep from the actor. A query can't show what it never held; a command
    /// needs the whole row, since it saves the whole row.
    pub(crate) fn as_shown<'a, R: Record>(&self, row: &'a Row) -> Result<Cow<'a, Row>, StoreError> {
        let mut shown = Cow::Borrowed(row);
        if !R::SEALED || self.grant.reach > Reach::Own || !matches!(self.lane, Lane::Read(_)) {
            return Ok(shown);
        }
        let tie = tie_of(row)?;
        for column in R::COLUMNS {
            if matches!(column.audience, Audience::Tied(_)) && !column.audience.takes(tie) {
                shown.to_mut().empty(column.name, column.kind);
            }
        }
        Ok(shown)
    }
}
