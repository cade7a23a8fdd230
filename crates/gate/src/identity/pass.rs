//! Passes: what lets somebody in, or speaks for something, and is no record: sessions, keys, tickets, letters on
//! their way, and which provider speaks for a domain. Here is which kinds there are and what each grants.
use crate::passage::{
    audience::Audience,
    column::Class,
    record::{ColumnSpec, RecordKind},
    refusal::Refusal,
};
use interpres_store::{Kind, Row, Val, Write};
use interpres_types::{Instant, WorkspaceId};
use std::fmt::Write as _;

/// A kind of pass: its table, and what of it is under the checksum.
pub(crate) struct Pass {
    pub(crate) table: RecordKind,
    /// The columns of its primary key.
    pub(crate) found_by: &'static [&'static str],
}

const fn text(name: &'static str) -> ColumnSpec {
    ColumnSpec {
        name,
        class: Class::Plain,
        kind: Kind::Text,
        audience: Audience::Nobody,
    }
}

const fn int(name: &'static str) -> ColumnSpec {
    ColumnSpec {
        name,
        class: Class::Plain,
        kind: Kind::Int,
        audience: Audience::Nobody,
    }
}

/// How many bytes of a token's hash tell it from all others.
const MARK: usize = 16;

/// Writes that a pass has ended, by the name that the log has for it.
pub(crate) fn has_ended(id: &str, at: Instant) -> Option<Write> {
    let digits = id.replace('-', "");
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let mark = (0..MARK)
        .map(|n| byte(2 * n))
        .collect::<Option<Vec<u8>>>()?;
    let sql = "insert into ended_pass (mark, id, at) values ($1, $2, $3) on conflict do nothing";
    Some(Write::Statement(
        sql.into(),
        vec![mark.into(), id.into(), at.micros().into()],
    ))
}

/// What the log calls the pass with this hash of its token: the hash's beginning, written as an id.
pub(crate) fn name_of(hash: &[u8]) -> String {
    let mut name = String::new();
    for (n, byte) in hash.iter().take(MARK).enumerate() {
        let _ = write!(
            name,
            "{}{byte:02x}",
            if matches!(n, 4 | 6 | 8 | 10) { "-" } else { "" }
        );
    }
    name
}

pub(crate) const TOKEN: ColumnSpec = ColumnSpec {
    name: "token_hash",
    class: Class::Plain,
    kind: Kind::Bytes,
    audience: Audience::Nobody,
};

const BY_TOKEN: &[&str] = &["token_hash"];

pub(crate) const fn pass(
    name: &'static str,
    columns: &'static [ColumnSpec],
    found_by: &'static [&'static str],
) -> Pass {
    Pass {
        table: RecordKind {
            name,
            columns,
            sealed: false,
            history: None,
            viewed_by: None,
            ties: &[],
            resource: None,
            told: None,
            told_beside: None,
        },
        found_by,
    }
}

pub(crate) static SESSION: Pass = pass(
    "session",
    &[
        TOKEN,
        text("id"),
        text("workspace_id"),
        text("user_id"),
        int("created_at"),
        int("ends_at"),
        int("idle_seconds"),
        text("csrf"),
        int("strength"),
        int("proved_at"),
        text("via"),
        text("provider_session"),
    ],
    BY_TOKEN,
);

pub(crate) static API_KEY: Pass = pass(
    "api_key",
    &[
        TOKEN,
        text("id"),
        text("workspace_id"),
        text("user_id"),
        text("name"),
        int("created_at"),
        int("ends_at"),
        int("strength"),
        text("scopes"),
        text("networks"),
    ],
    BY_TOKEN,
);

pub(crate) static SERVICE_KEY: Pass = pass(
    "service_key",
    &[
        TOKEN,
        text("id"),
        text("workspace_id"),
        text("service_id"),
        text("made_with"),
        text("name"),
        int("created_at"),
        int("ends_at"),
        int("strength"),
        text("scopes"),
    ],
    BY_TOKEN,
);

pub(crate) static SCIM_TOKEN: Pass = pass(
    "scim_token",
    &[
        TOKEN,
        text("workspace_id"),
        int("created_at"),
        int("ends_at"),
    ],
    BY_TOKEN,
);

pub(crate) static TICKET: Pass = pass(
    "ticket",
    &[
        TOKEN,
        text("kind"),
        text("workspace_id"),
        text("user_id"),
        int("ends_at"),
        text("body"),
    ],
    BY_TOKEN,
);

pub(crate) static LETTER: Pass = pass(
    "letter",
    &[
        text("workspace_id"),
        text("id"),
        text("address"),
        text("subject"),
        text("text"),
        text("path"),
        text("ticket"),
        int("at"),
    ],
    &["workspace_id", "id"],
);

pub(crate) static PROVIDER_DOMAIN: Pass = pass(
    "provider_domain",
    &[text("domain"), text("workspace_id"), text("provider_id")],
    &["domain"],
);

pub(crate) static ALL: [&Pass; 7] = [
    &SESSION,
    &API_KEY,
    &SERVICE_KEY,
    &SCIM_TOKEN,
    &TICKET,
    &LETTER,
    &PROVIDER_DOMAIN,
];

impl Pass {
    /// Its table.
    pub(crate) const fn name(&self) -> &'static str {
        self.table.name
    }

    /// What a statement selects to judge one, each column under its own name.
    pub(crate) fn columns(&self) -> String {
        let columns = self.names().collect::<Vec<_>>().join(", ");
        format!("{columns}, {} as ended", self.ended(self.table.name))
    }

    /// The same of a joined row, each as `alias_column`.
    pub(crate) fn columns_as(&self, alias: &str) -> String {
        let columns = self
            .names()
            .map(|name| format!("{alias}.{name} as {alias}_{name}"))
            .collect::<Vec<_>>()
            .join(", ");
        format!("{columns}, {} as {alias}_ended", self.ended(alias))
    }

    /// Whether it has ended: then it was put back past us.
    fn ended(&self, alias: &str) -> String {
        if self.found_by == BY_TOKEN {
            format!(
                "exists (select 1 from ended_pass e where e.mark = substr({alias}.token_hash, 1, {MARK}))"
            )
        } else {
            "1 = 0".to_owned()
        }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.table
            .columns
            .iter()
            .map(|spec| spec.name)
            .chain(std::iter::once("checksum"))
    }

    /// What a row grants, as it was given to [`WriteTx::issue`].
    pub(crate) fn granted(&self, row: &Row) -> Result<Vec<Val>, Refusal> {
        let value = |spec: &ColumnSpec| {
            Ok(row.get(spec.name).map(|value| {
                if value.is_null() {
                    Val::Null(spec.kind)
                } else {
                    value.clone()
                }
            })?)
        };
        self.table.columns.iter().map(value).collect()
    }

    pub(crate) fn workspace(&self, granted: &[Val]) -> Option<WorkspaceId> {
        let at = self
            .table
            .columns
            .iter()
            .position(|spec| spec.name == "workspace_id")?;
        granted.get(at).and_then(|value| {
            if let Val::Text(text) = value {
                text.parse().ok()
            } else {
                None
            }
        })
    }
}
