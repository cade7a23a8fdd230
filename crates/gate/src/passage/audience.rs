//! What may be named from outside. A kind of record has a history that people can ask for only where
//! its room declares one beside it: by which permission the record itself is viewed. Who is shown which of
//! its columns is said at the column. Scoped names of rules and cards are no kinds, so nobody can ask by them.
use crate::passage::{
    column::Class,
    fact::FactName,
    read_tx::ReadTx,
    record::{ColumnSpec, RecordKind},
};
use interpres_policy::Permission;

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
    pub part: Option<Part>,
}

/// A kind of record that belongs to another and is saved beside it: the history of that tells of both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
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
            part: Some(Part { kind, by }),
            ..self
        }
    }
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
    /// Nobody.
    Nobody,
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
    /// Whether the actor is among those who are shown something.
    pub(crate) fn is_among(&self, audience: Audience) -> bool {
        match audience {
            Audience::Viewers => true,
            Audience::Holders(permission) => self
                .actor
                .granted(permission)
                .is_some_and(|grant| grant.reach >= self.grant.reach),
            Audience::Without(fact) => !self.actor.rights.own.contains_key(fact.name),
            Audience::Nobody => false,
        }
    }
}
