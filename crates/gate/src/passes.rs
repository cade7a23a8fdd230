//! Passes: what lets somebody in, or speaks for something, and is no record: sessions, keys, tickets, letters on
//! their way, and which provider speaks for a domain. Each carries a keyed checksum over what it grants, made
//! where it is issued; one that was put there or changed past us is good for nothing, and is told of.
use crate::{
    Class, ColumnSpec, Gate, KeyRing, RecordKind, Refusal, WriteTx,
    gate::Inner,
    integrity::{Subject, body_of},
};
use interpres_store::{Kind, Row, Val, Write};
use interpres_types::{Instant, WorkspaceId};
use std::fmt::Write as _;

/// A kind of pass: its table, and what of it is under the checksum.
pub(crate) struct Pass {
    table: RecordKind,
    /// The columns of its primary key.
    found_by: &'static [&'static str],
}

const fn text(name: &'static str) -> ColumnSpec {
    ColumnSpec {
        name,
        class: Class::Plain,
        kind: Kind::Text,
    }
}
const fn int(name: &'static str) -> ColumnSpec {
    ColumnSpec {
        name,
        class: Class::Plain,
        kind: Kind::Int,
    }
}
/// What the log calls a pass that has ended.
pub(crate) const ENDED: &str = "pass";
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
fn name_of(hash: &[u8]) -> String {
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

const TOKEN: ColumnSpec = ColumnSpec {
    name: "token_hash",
    class: Class::Plain,
    kind: Kind::Bytes,
};
const BY_TOKEN: &[&str] = &["token_hash"];

const fn pass(
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

static ALL: [&Pass; 7] = [
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
    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.table
            .columns
            .iter()
            .map(|spec| spec.name)
            .chain(std::iter::once("checksum"))
    }
    /// What a row grants, as it was given to [`WriteTx::issue`].
    fn granted(&self, row: &Row) -> Result<Vec<Val>, Refusal> {
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
    fn workspace(&self, granted: &[Val]) -> Option<WorkspaceId> {
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

impl Inner {
    async fn sum(&self, pass: &Pass, granted: &[Val]) -> Result<Option<[u8; 32]>, Refusal> {
        let Some(workspace) = pass.workspace(granted) else {
            return Ok(None);
        };
        let keys = self.keys.workspace(workspace).await?;
        let subject = Subject {
            workspace: &workspace.to_string(),
            kind: pass.table.name,
            id: "",
            version: 0,
        };
        Ok(Some(
            subject.sum(&keys, &body_of(&pass.table, None, granted)),
        ))
    }
    /// Whether a pass was issued here as it stands and has not ended; another is told of. The row holds [`Pass::columns`].
    pub(crate) async fn is_issued(
        &self,
        pass: &Pass,
        row: &Row,
        now: Instant,
    ) -> Result<bool, Refusal> {
        let sum = self.sum(pass, &pass.granted(row)?).await?;
        let issued = matches!((row.get("checksum")?, sum), (Val::Bytes(stored), Some(sum)) if *stored == sum)
            && !row.flag("ended")?;
        if !issued {
            let of = pass
                .found_by
                .iter()
                .chain(&["id"])
                .rev()
                .find_map(|name| row.text(name).ok())
                .unwrap_or("-");
            tracing::error!(
                kind = pass.table.name,
                id = of,
                "a pass was made, changed or put back outside Interpres; it lets nobody in"
            );
            let workspace = row.text("workspace_id").unwrap_or_default();
            drop(self.db.note(vec![
                    Subject {
                        workspace,
                        kind: pass.table.name,
                        id: of,
                        version: 0,
                    }
                    .incident("pass", now),
                ]));
        }
        Ok(issued)
    }
}

impl WriteTx {
    /// Issues a pass: what it grants, in the order of its columns, and what stands beside and grants nothing.
    pub(crate) async fn issue(
        &mut self,
        pass: &Pass,
        granted: Vec<Val>,
        beside: Vec<(&'static str, Val)>,
    ) -> Result<(), Refusal> {
        let sum = self
            .read
            .inner
            .sum(pass, &granted)
            .await?
            .ok_or_else(|| Refusal::fault("a pass of no workspace"))?;
        let (names, more): (Vec<&str>, Vec<Val>) = beside.into_iter().unzip();
        let columns: Vec<&str> = pass.names().chain(names).collect();
        let values: Vec<Val> = granted
            .into_iter()
            .chain([sum.to_vec().into()])
            .chain(more)
            .collect();
        let binds: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "insert into {} ({}) values ({})",
            pass.table.name,
            columns.join(", "),
            binds.join(", ")
        );
        Ok(self.turn()?.execute(&sql, &values).await.map(drop)?)
    }
    /// Ends the passes of a kind for which a condition holds; gives how many. Those that time has not ended are remembered, in
    /// the log as well, so that none is let in again that is put back.
    pub(crate) async fn end(
        &mut self,
        pass: &Pass,
        condition: &str,
        args: &[Val],
    ) -> Result<u64, Refusal> {
        let now = self.read.now;
        let sql = format!(
            "delete from {} where {condition} returning token_hash, ends_at",
            pass.name()
        );
        let gone = self.turn()?.rows(&sql, args).await?;
        let mut writes = Vec::new();
        for row in gone
            .iter()
            .filter(|row| row.int("ends_at").is_ok_and(|at| at > now.micros()))
        {
            let name = name_of(row.bytes("token_hash")?);
            writes.extend(has_ended(&name, now));
            self.read.touched.changed(ENDED, name, vec!["ended"]);
        }
        self.turn()?.write(writes).await?;
        Ok(gone.len() as u64)
    }
    /// The pass that a row is, once it was issued here: by name, to be issued anew with something changed.
    pub(crate) async fn reissued(
        &mut self,
        pass: &Pass,
        row: &Row,
        change: &[(&str, Val)],
    ) -> Result<Vec<Val>, Refusal> {
        if !self.read.inner.is_issued(pass, row, self.read.now).await? {
            return Err(Refusal::NotFound);
        }
        let mut granted = pass.granted(row)?;
        for (spec, value) in pass.table.columns.iter().zip(&mut granted) {
            if let Some((_, new)) = change.iter().find(|(name, _)| *name == spec.name) {
                *value = new.clone();
            }
        }
        Ok(granted)
    }
}

const AT_A_TIME: i64 = 500;
const SEALED: &str = "passes are sealed";

impl Gate {
    /// Seals the passes of an installation that is older than their seals. It is done once, which the key store
    /// remembers: from then on a pass without a seal is a forgery.
    ///
    /// # Errors
    /// A fault of a database.
    pub async fn seal_passes(&self) -> Result<(), Refusal> {
        if self.inner.keys.was_done(SEALED).await? {
            return Ok(());
        }
        for pass in ALL {
            while self.seal_some(pass).await? {}
        }
        self.inner.keys.note_done(SEALED, self.now()).await
    }

    async fn seal_some(&self, pass: &Pass) -> Result<bool, Refusal> {
        let sql = format!(
            "select {} from {} where checksum is null limit {AT_A_TIME}",
            pass.columns(),
            pass.table.name
        );
        let mut turn = self.inner.db.turn().await?;
        let rows = turn.rows(&sql, &[]).await?;
        let found: Vec<String> = pass
            .found_by
            .iter()
            .enumerate()
            .map(|(i, name)| format!("{name} = ${}", i + 2))
            .collect();
        let sql = format!(
            "update {} set checksum = $1 where {}",
            pass.table.name,
            found.join(" and ")
        );
        for row in &rows {
            // What is of no workspace any more gets a seal that fits nothing.
            let sum = self
                .inner
                .sum(pass, &pass.granted(row)?)
                .await?
                .unwrap_or_default();
            let mut args: Vec<Val> = vec![sum.to_vec().into()];
            for name in pass.found_by {
                args.push(row.get(name)?.clone());
            }
            turn.execute(&sql, &args).await?;
        }
        turn.keep().await?.wait().await?;
        Ok(!rows.is_empty())
    }

    /// Goes through every pass there is; gives how many were not issued here. Each is told of where it would let
    /// somebody in.
    pub(crate) async fn sweep_passes(&self) -> Result<i64, Refusal> {
        let mut forged = 0;
        for pass in ALL {
            let key = pass.found_by.join(", ");
            let binds: Vec<String> = (1..=pass.found_by.len()).map(|n| format!("${n}")).collect();
            let sql = format!(
                "select {} from {} where ({key}) > ({}) order by {key} limit {AT_A_TIME}",
                pass.columns(),
                pass.table.name,
                binds.join(", ")
            );
            let first = |name: &&str| {
                if *name == TOKEN.name {
                    Val::Bytes(Vec::new())
                } else {
                    "".into()
                }
            };
            let mut after: Vec<Val> = pass.found_by.iter().map(first).collect();
            loop {
                let rows = self.inner.db.reader().await?.rows(&sql, &after).await?;
                for row in &rows {
                    forged += i64::from(!self.inner.is_issued(pass, row, self.now()).await?);
                }
                let Some(last) = rows.last().filter(|_| rows.len() as i64 == AT_A_TIME) else {
                    break;
                };
                after = pass
                    .found_by
                    .iter()
                    .map(|name| last.get(name).cloned())
                    .collect::<Result<_, _>>()?;
            }
        }
        Ok(forged)
    }
}

impl KeyRing {
    async fn was_done(&self, name: &str) -> Result<bool, Refusal> {
        Ok(!self
            .db
            .reader()
            .await?
            .rows("select at from once where name = $1", &[name.into()])
            .await?
            .is_empty())
    }
    async fn note_done(&self, name: &str, at: Instant) -> Result<(), Refusal> {
        let mut turn = self.db.turn().await?;
        turn.execute(
            "insert into once (name, at) values ($1, $2) on conflict do nothing",
            &[name.into(), at.micros().into()],
        )
        .await?;
        Ok(turn.keep().await?.wait().await?)
    }
}
