//! The scope defines what a name means: SQL in rooms says `from appointment`, and a common table expression in front
//! of the statement defines which rows of `appointment_row` that is.
use crate::{StoreError, Val, bind_list, driver::check_binds};
use interpres_policy::Reach;
use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write,
};

/// Tables that hold no records: they have no scoped name, and their names don't end in `_row`.
const PLUMBING: &[&str] = &[
    "alarm",
    "api_key",
    "audit_cosignature",
    "audit_entry",
    "audit_handover",
    "audit_head",
    "audit_leaf",
    "audit_node",
    "audit_pending",
    "audit_stream",
    "audit_subject",
    "backup_drill",
    "device",
    "draft",
    "ended_pass",
    "idempotency",
    "integrity_incident",
    "integrity_sweep",
    "job",
    "key_bond",
    "key_destruction",
    "letter",
    "migration",
    "news",
    "provider_domain",
    "record_version",
    "scim_token",
    "seen_token",
    "service_key",
    "session",
    "throttle",
    "ticket",
];

/// The word by which a statement would reach past the scope: a base table, plumbing, or what the engine says of itself.
fn past_the_scope<'a>(words: &HashSet<&'a str>) -> Option<&'a str> {
    let catalog = |word: &str| {
        ["pg_", "sqlite_", "information_schema"]
            .iter()
            .any(|of_the_engine| word.starts_with(of_the_engine))
    };
    words
        .iter()
        .find(|word| word.ends_with("_row") || PLUMBING.contains(*word) || catalog(word))
        .copied()
}

/// A name that domain SQL may use, and the rows it stands for.
#[derive(Clone, Copy, Debug)]
pub struct Scoped {
    /// The name domain SQL uses.
    pub name: &'static str,
    /// The base table; its name ends in `_row`.
    pub table: &'static str,
    /// The visible columns: `*`, or a short list for names that cover the whole workspace. Facts about the actor go
    /// in braces, like `{user}`.
    pub columns: &'static str,
    /// Rows for reach `all`: a predicate, or empty for every row of the workspace.
    pub all: &'static str,
    /// Rows for reach `team`. `{teams}` becomes a list of binds.
    pub team: &'static str,
    /// Rows for reach `own`. A fact of who is asking, like `{user}`, becomes a bind, and so does `{workspace}`, so that a
    /// statement within it is worked out once.
    pub own: &'static str,
}

impl Scoped {
    /// A name that shows a few columns of every row of the workspace to every reach: what rules
    /// need that look beyond the actor's own rows.
    #[must_use]
    pub const fn wide(name: &'static str, table: &'static str, columns: &'static str) -> Self {
        Self {
            name,
            table,
            columns,
            all: "",
            team: "",
            own: "",
        }
    }
}

/// Which rows: the workspace, the reach, and the actor.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The workspace.
    pub workspace: String,
    /// The reach.
    pub reach: Reach,
    /// The actor's teams.
    pub teams: Vec<String>,
    /// Other facts about the actor, by their names in scoped SQL. An empty text is no one's id, so it matches
    /// nothing.
    pub facts: BTreeMap<&'static str, String>,
}

/// Puts the scope in front of a statement. The statement's own binds are `$1` to `$n`; the
/// scope's follow, because both engines go by number and not by place in the text.
///
/// # Errors
/// When the statement's binds don't fit its arguments, and when it names a base table, wherever and however: in a join, a
/// subquery or an expression of its own, in other case, in quotes, even in a literal or a comment.
pub fn scoped(
    sql: &str,
    mut args: Vec<Val>,
    scope: &Scope,
    names: &[Scoped],
) -> Result<(String, Vec<Val>), StoreError> {
    check_binds(sql, &args)?;
    let lower = sql.to_ascii_lowercase();
    if lower.contains("u&\"") {
        return Err(StoreError::Shape(
            "the statement spells a name by escapes".into(),
        ));
    }
    let words: HashSet<&str> = lower
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .collect();
    if let Some(word) = past_the_scope(&words) {
        return Err(StoreError::Shape(format!(
            "the statement names {word}, which is no scoped name"
        )));
    }
    let used: Vec<&Scoped> = names.iter().filter(|n| words.contains(n.name)).collect();
    if used.is_empty() {
        return Err(StoreError::Shape(
            "the statement mentions no scoped name".into(),
        ));
    }
    let mut binds = Binds {
        args: &mut args,
        scope,
        bound: BTreeMap::new(),
    };
    let workspace = binds.fact("workspace")?;
    let mut front = String::new();
    for name in used {
        let rows = match scope.reach {
            Reach::All => name.all,
            Reach::Team => name.team,
            Reach::Own => name.own,
            Reach::None => " and false",
        };
        let (columns, rows) = (binds.fill(name.columns)?, binds.fill(rows)?);
        let comma = if front.is_empty() { "with " } else { ", " };
        let _ = write!(
            front,
            "{comma}{} as not materialized (select {columns} from {} where workspace_id = {workspace}{rows})",
            name.name, name.table
        );
    }
    // A statement's own expressions join the scope's list.
    let text = match sql.trim_start().strip_prefix("with ") {
        Some(rest) => format!("{front}, {rest}"),
        None => format!("{front} {sql}"),
    };
    Ok((text, args))
}

struct Binds<'a> {
    args: &'a mut Vec<Val>,
    scope: &'a Scope,
    bound: BTreeMap<String, String>,
}

impl Binds<'_> {
    fn push(&mut self, val: Val) -> String {
        self.args.push(val);
        format!("${}", self.args.len())
    }

    /// A scoped text with binds in the place of the facts it names.
    fn fill(&mut self, text: &str) -> Result<String, StoreError> {
        let (mut out, mut rest) = (String::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| StoreError::Shape(format!("a brace stays open: {text}")))?;
            out.push_str(before);
            out.push_str(&self.fact(name)?);
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    /// The bind of a fact or of the workspace, or the binds of the teams; the same wherever it is named.
    fn fact(&mut self, name: &str) -> Result<String, StoreError> {
        if let Some(bind) = self.bound.get(name) {
            return Ok(bind.clone());
        }
        let bind = if name == "teams" {
            // An actor without teams sees no team's rows: an empty text is no team's id.
            bind_list(
                self.args,
                self.scope
                    .teams
                    .iter()
                    .map(|id| id.as_str().into())
                    .collect(),
            )
        } else if name == "workspace" {
            self.push(self.scope.workspace.clone().into())
        } else {
            let value = self.scope.facts.get(name);
            let value =
                value.ok_or_else(|| StoreError::Shape(format!("no fact is called {name}")))?;
            self.push(value.clone().into())
        };
        self.bound.insert(name.to_owned(), bind.clone());
        Ok(bind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &[Scoped] = &[
        Scoped {
            name: "thing",
            table: "thing_row",
            columns: "*",
            all: "",
            team: " and team_id in ({teams})",
            own: " and owner_id = {user}",
        },
        Scoped::wide("thing_card", "thing_row", "workspace_id, id"),
    ];

    fn scope(reach: Reach, teams: &[&str]) -> Scope {
        Scope {
            workspace: "w".into(),
            reach,
            teams: teams.iter().map(ToString::to_string).collect(),
            facts: [("user", "u".to_owned())].into(),
        }
    }

    #[test]
    fn the_scopes_binds_follow_the_statements_own() {
        let (sql, args) = scoped(
            "select id from thing where id = $1",
            vec!["x".into()],
            &scope(Reach::Team, &["a", "b", "c"]),
            NAMES,
        )
        .unwrap();
        assert_eq!(
            sql,
            "with thing as not materialized (select * from thing_row where workspace_id = $2 and team_id in ($3,$4,$5,$6)) select id from thing where id = $1"
        );
        assert_eq!(args.len(), 6);
        assert_eq!(args[5], "c".into());
    }

    #[test]
    fn a_statement_without_a_scoped_name_or_with_a_missing_bind_is_refused() {
        assert!(scoped("select 1", vec![], &scope(Reach::All, &[]), NAMES).is_err());
        assert!(
            scoped(
                "select id from thing where id = $2",
                vec!["x".into()],
                &scope(Reach::All, &[]),
                NAMES
            )
            .is_err()
        );
        assert!(
            scoped(
                "select id from thing",
                vec!["x".into()],
                &scope(Reach::All, &[]),
                NAMES
            )
            .is_err()
        );
    }

    #[test]
    fn only_names_that_are_mentioned_stand_in_front() {
        let (sql, _) = scoped(
            "with few as (select id from thing_card limit 1) select id from few",
            vec![],
            &scope(Reach::Own, &[]),
            NAMES,
        )
        .unwrap();
        assert_eq!(
            sql,
            "with thing_card as not materialized (select workspace_id, id from thing_row where workspace_id = $1), few as (select id from thing_card limit 1) select id from few"
        );
    }

    #[test]
    fn a_fact_is_bound_once_and_one_that_nobody_declared_is_refused() {
        const OWN: &[Scoped] = &[Scoped {
            own: " and (owner_id = {user} or guest_id = {user})",
            ..Scoped::wide("thing", "thing_row", "*")
        }];
        const UNKNOWN: &[Scoped] = &[Scoped {
            own: " and owner_id = {usr}",
            ..Scoped::wide("thing", "thing_row", "*")
        }];
        let ask = |names| {
            scoped(
                "select id from thing",
                vec![],
                &scope(Reach::Own, &[]),
                names,
            )
        };
        assert_eq!(
            ask(OWN).unwrap(),
            (
                "with thing as not materialized (select * from thing_row where workspace_id = $1 and (owner_id = $2 or guest_id = $2)) select id from thing".to_owned(),
                vec!["w".into(), "u".into()]
            )
        );
        assert!(ask(UNKNOWN).is_err());
    }

    #[test]
    fn a_base_table_is_refused_however_it_is_named() {
        for sql in [
            "select owner_id from thing_row",
            "select t.id from thing t join thing_row r on r.id = t.id",
            "select t.id from thing t, thing_row",
            "select id from thing where id in (select id from thing_row)",
            "select id from thing where exists(select 1 from thing_row)",
            "with all_of_it as (select * from thing_row) select id from thing, all_of_it",
            "with thing as (select * from thing_row) select id from thing",
            "select id from thing union all select id from\nthing_row",
            "select id from thing_row/**/union select id from thing",
            "select id from thing t join \"thing_row\" r on r.id = t.id",
            "select id from thing, [thing_row]",
            "select id from thing, `thing_row`",
            "select id from thing, main.thing_row",
            "select id from thing, public.\"thing_row\"",
            "select id from thing, THING_ROW",
            "select id from thing, (table thing_row) r",
            "select t.id, s.token_hash from thing t, session s",
            "select t.id from thing t left join Api_Key k on true",
            "select id, (select count(*) from audit_entry) from thing",
            "select id from thing, pg_catalog.pg_class",
            "select id from thing, sqlite_schema",
            "select id from thing, information_schema.tables",
            "select id from thing, U&\"thing\\005frow\"",
            "select query_to_xml('select * from session', true, true, '') from thing",
        ] {
            assert!(
                scoped(sql, vec![], &scope(Reach::All, &[]), NAMES).is_err(),
                "{sql}"
            );
        }
        for sql in [
            "select id from thing where row_number > 1",
            "select session_id, ticket_number from thing",
            "SELECT id FROM Thing",
        ] {
            assert!(
                scoped(sql, vec![], &scope(Reach::All, &[]), NAMES).is_ok(),
                "{sql}"
            );
        }
    }

    #[test]
    fn every_table_without_a_row_of_records_is_plumbing() {
        let text: String = crate::SCHEMA.iter().map(|step| step.sql).collect();
        let text = text.replace("create unlogged table ", "create table ");
        let mut tables: Vec<&str> = text
            .split("create table ")
            .skip(1)
            .filter_map(|rest| rest.split([' ', '(']).next())
            .filter(|table| !table.ends_with("_row"))
            .chain(["migration"])
            .collect();
        tables.sort_unstable();
        tables.dedup();
        assert_eq!(tables, PLUMBING);
    }
}
