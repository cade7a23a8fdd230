//! Admitting a credential: the only maker of people's [`Actor`]s. Sessions are 256 random bits, kept
//! as hashes, looked up on every request and never cached.
use crate::{
    Actor, Gate, Office, Origin, Refusal, Rights, SecurityRules, Strength,
    assurance::{Assurance, Facts, TERMS_VERSION},
    entry::{Frame, Touched, entry_id},
    factors::{factors, refuses_texts},
    sessions::Token,
};
use interpres_audit_log::Outcome;
use interpres_policy::{Action, Permission, Role, Sheet, WorkerKind};
use interpres_store::{Row, StoreError, Turn, Val, Write};
use interpres_types::{INSTALLATION, Instant, TeamId, WorkspaceId};
use std::collections::BTreeMap;

/// What is read of a person with each credential. A workspace under HIPAA mode asks a second factor
/// of its people wherever they sign in (AC10), from the moment that both were there.
pub(crate) const ACTOR_COLUMNS: &str = concat!(
    "m.role, r.name as role_name, r.reaches, r.fields, m.team_ids, m.interpreter_id, m.customer_id, m.name, m.joined_at, m.may_export, w.name as workspace_name, w.zone, w.hipaa_mode_since, w.hipaa_mode_ended_at, w.settings, ",
    factors!(),
    " as factors,
    (select min(case when m2.joined_at is null or w2.hipaa_mode_since > m2.joined_at then w2.hipaa_mode_since else m2.joined_at end)
     from member_row m2 join workspace_row w2 on w2.workspace_id = m2.workspace_id and w2.id = m2.workspace_id
     where m2.user_id = m.user_id and m2.ended_at is null and w2.hipaa_mode_since is not null) as asked_since,
    (select count(*) from agreement_row a where a.workspace_id = m.workspace_id and a.kind = 'baa' and a.ended_at is null) as agreements"
);
/// The same of a service. Its keys are made by people, and under HIPAA mode sleep unless whoever made
/// them had proved a second factor.
pub(crate) const SERVICE_COLUMNS: &str = "m.role, r.name as role_name, r.reaches, r.fields, m.team_ids, cast(null as text) as interpreter_id, cast(null as text) as customer_id, m.name, m.created_at as joined_at, false as may_export, w.name as workspace_name, w.zone, w.hipaa_mode_since, w.hipaa_mode_ended_at, w.settings, cast(1 as bigint) as factors, w.hipaa_mode_since as asked_since,
    (select count(*) from agreement_row a where a.workspace_id = m.workspace_id and a.kind = 'baa' and a.ended_at is null) as agreements";
/// The role that a workspace made for itself, where somebody holds one.
pub(crate) const ROLE: &str = "left join role_row r on r.workspace_id = m.workspace_id and r.id = m.role_id";
/// Use is noted no more often than that, so a session may end so much earlier.
pub(crate) const SEEN_EVERY_SECONDS: i64 = 10;

impl Gate {
    /// The actor behind a session's token, if the session stands. Using it keeps it from idling.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn admit_session(&self, token: &str, origin: Origin) -> Result<Option<Actor>, Refusal> {
        let sql = format!(
            "select s.id, s.workspace_id, s.user_id, s.csrf, s.created_at, s.last_seen_at, s.ends_at, s.idle_seconds, s.strength, s.proved_at, s.via, m.terms, {ACTOR_COLUMNS}
             from session s join member_row m on m.workspace_id = s.workspace_id and m.user_id = s.user_id and m.ended_at is null
             join workspace_row w on w.workspace_id = s.workspace_id and w.id = s.workspace_id {ROLE} where s.token_hash = $1"
        );
        let hash = Token::hash(token);
        let rows = self.inner.db.reader().await?.rows(&sql, &[hash.clone().into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (now, last_seen) = (self.now(), Instant::from_micros(row.int("last_seen_at")?));
        let said = Said::of(row)?;
        let (idle, last) = ends(row, &said.rules, last_seen)?;
        if now >= idle || now >= last {
            return Ok(None);
        }
        if now > last_seen.plus_seconds(SEEN_EVERY_SECONDS) {
            self.mark("update session set last_seen_at = $2 where token_hash = $1", hash, now);
        }
        let actor = actor(row, &said, origin, row.text("csrf")?, now)?;
        // This request counts as use, so the whole idle time begins anew, within the session's last hour.
        let left = (idle.micros() - last_seen.micros()).min(last.micros() - now.micros()) / 1_000_000;
        let proved_at = row.may_int("proved_at")?.map(Instant::from_micros);
        // On a copy nothing can be accepted, and whoever looks at it has no time to read.
        let terms = accepted_terms(row)? || self.inner.watch.copied_at().is_some();
        let assurance = Assurance { proved_at, left: Some(left), terms, ..actor.assurance };
        let via = row.may_text("via")?.map(parse).transpose()?;
        if !said.rules.admit_from(actor.rights.role, actor.origin.address.as_deref()) {
            self.turned_away(&actor, now).await?;
            return Ok(None);
        }
        self.here(Actor { assurance, via, ..actor })
    }

    /// A session or a key that is used from elsewhere than it may be is turned away, with an entry.
    pub(crate) async fn turned_away(&self, actor: &Actor, now: Instant) -> Result<(), Refusal> {
        let frame = Frame {
            id: entry_id(now),
            at: now,
            actor,
            action: Action::AccessTurnAway,
            permission: Permission::KeepDoor,
            outcome: Outcome::Refused,
            reason: Some("address".to_owned()),
        };
        Ok(self.inner.db.note(frame.writes(Touched::by(actor))).wait().await?)
    }

    pub(crate) fn here(&self, actor: Actor) -> Result<Option<Actor>, Refusal> {
        Ok(Some(Actor { copied_at: self.inner.watch.copied_at(), ..actor }))
    }

    /// A mark that rides along with the next commit; nobody waits for it.
    pub(crate) fn mark(&self, sql: &'static str, hash: Vec<u8>, now: Instant) {
        drop(self.inner.db.note(vec![Write::Statement(sql, vec![hash.into(), now.micros().into()])]));
    }

    /// A person as the holder of an account, in the installation: for their password and second
    /// factors, which are the same in every workspace. Nothing for the gate's own hands, nor for a
    /// session that came by an identity provider: what one workspace's provider says must not reach
    /// what opens the others.
    #[must_use]
    pub fn at_home(&self, actor: &Actor) -> Option<Actor> {
        if actor.via.is_some() { None } else { self.at_home_by_whatever_way(actor) }
    }
    /// The same for whoever came by an identity provider as well: only for proving a second factor that is
    /// there, and for setting one up where nothing else opens by it.
    #[must_use]
    pub fn at_home_by_whatever_way(&self, actor: &Actor) -> Option<Actor> {
        actor.user?;
        let rights = Rights { role: Role::Person, sheet: None, only: None, teams: Vec::new(), interpreter: None, customer: None };
        Some(Actor { workspace: INSTALLATION, workspace_name: String::new(), rights, ..actor.clone() })
    }
    /// The gate's hand that signs people in and out of a workspace.
    #[must_use]
    pub fn doorkeeper(&self, workspace: WorkspaceId, origin: Origin) -> Actor {
        hand(workspace, Role::Doorkeeper, origin)
    }
    /// Whoever holds the machine, acting on one workspace or on the installation.
    #[must_use]
    pub fn operator(&self, workspace: WorkspaceId) -> Actor {
        hand(workspace, Role::Operator, Origin::default())
    }
    /// A background job's hand in one workspace.
    #[must_use]
    pub fn worker(&self, workspace: WorkspaceId, kind: WorkerKind) -> Actor {
        hand(workspace, Role::Worker(kind), Origin::default())
    }
    /// Every workspace there is and the installation itself: whatever has a log.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn all_with_logs(&self) -> Result<Vec<WorkspaceId>, Refusal> {
        Ok(std::iter::once(INSTALLATION).chain(self.workspaces().await?).collect())
    }
    /// The workspace of this id or name; for the operator.
    ///
    /// # Errors
    /// A fault of the database, or a name that several have.
    pub async fn workspace_named(&self, name: &str) -> Result<Option<WorkspaceId>, Refusal> {
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows("select id from workspace_row where workspace_id = id and (id = $1 or name = $1) limit 2", &[name.into()])
            .await?;
        match rows.as_slice() {
            [] => Ok(None),
            [row] => Ok(Some(parse(row.text("id")?)?)),
            _ => Err(Refusal::conflict("Several workspaces have this name. Tell its id.")),
        }
    }
    /// Every workspace there is, for the jobs that go round.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceId>, Refusal> {
        let rows = self.inner.db.reader().await?.rows("select id from workspace_row order by id", &[]).await?;
        rows.iter().map(|row| parse(row.text("id")?)).collect::<Result<_, StoreError>>().map_err(Refusal::from)
    }
}

fn hand(workspace: WorkspaceId, role: Role, origin: Origin) -> Actor {
    let rights = Rights { role, sheet: None, only: None, teams: Vec::new(), interpreter: None, customer: None };
    Actor {
        workspace,
        user: None,
        service: None,
        name: role.to_string(),
        workspace_name: String::new(),
        zone: None,
        rights,
        origin,
        csrf: String::new(),
        hipaa: false,
        via: None,
        may_export: true,
        office: Office::of(&BTreeMap::new()),
        withheld: false,
        assurance: Assurance::HAND,
        copied_at: None,
        once: None,
    }
}

pub(crate) fn parse<T: std::str::FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Shape("a stored id has not the form of one".into()))
}

fn rights(row: &Row) -> Result<Rights, StoreError> {
    let teams: Vec<TeamId> = serde_json::from_str(row.text("team_ids")?).map_err(|_| StoreError::Shape("member.team_ids".into()))?;
    let sheet = match (row.may_text("role_name")?, row.may_text("reaches")?) {
        (Some(name), Some(reaches)) => {
            let reaches = serde_json::from_str(reaches).map_err(|_| StoreError::Shape("role.reaches".into()))?;
            Some((name.to_owned(), Sheet::of(&reaches, row.text("fields")?)))
        }
        _ => None,
    };
    Ok(Rights {
        sheet,
        only: None,
        role: parse(row.text("role")?)?,
        teams,
        interpreter: row.may_text("interpreter_id")?.map(parse).transpose()?,
        customer: row.may_text("customer_id")?.map(parse).transpose()?,
    })
}

/// When a session ends: by the rules it was opened under or those of now, whichever are stricter.
fn ends(row: &Row, rules: &SecurityRules, last_seen: Instant) -> Result<(Instant, Instant), Refusal> {
    let idle = row.int("idle_seconds")?.min(rules.idle_minutes * 60);
    let last = Instant::from_micros(row.int("created_at")?).plus_minutes(rules.hours * 60);
    Ok((last_seen.plus_seconds(idle), last.min(Instant::from_micros(row.int("ends_at")?))))
}

/// What the workspace of an admitted row says, read once for each credential.
pub(crate) struct Said {
    settings: BTreeMap<String, String>,
    pub(crate) rules: SecurityRules,
}

impl Said {
    pub(crate) fn of(row: &Row) -> Result<Self, StoreError> {
        let settings = serde_json::from_str(row.text("settings")?).map_err(|_| StoreError::Shape("workspace.settings".into()))?;
        let rules = SecurityRules::of(&settings, row.may_int("hipaa_mode_since")?.is_some());
        Ok(Self { settings, rules })
    }
}

pub(crate) fn actor(row: &Row, said: &Said, origin: Origin, csrf: &str, now: Instant) -> Result<Actor, Refusal> {
    let (rights, hipaa) = (rights(row)?, row.may_int("hipaa_mode_since")?.is_some());
    let covered = hipaa && row.int("agreements")? > 0;
    let may_export = rights.role == Role::Owner || matches!(row.get("may_export")?, Val::Bool(true) | Val::Int(1));
    let instant = |name: &str| row.may_int(name).map(|at| at.map(Instant::from_micros));
    let facts = Facts {
        strength: Strength::at(row.int("strength")?),
        enrolled: row.int("factors")? > 0,
        asked_since: instant("asked_since")?.or(asked_of_role(row, said, rights.role)?),
    };
    Ok(Actor {
        workspace: parse(row.text("workspace_id")?)?,
        user: row.may_text("user_id")?.map(parse).transpose()?,
        service: None,
        name: row.text("name")?.to_owned(),
        workspace_name: row.text("workspace_name")?.to_owned(),
        zone: row.text("zone")?.parse().ok(),
        rights,
        origin: Origin { session: Some(row.text("id")?.to_owned()), ..origin },
        csrf: csrf.to_owned(),
        hipaa,
        via: None,
        may_export,
        office: Office::of(&said.settings),
        withheld: !covered && (hipaa || row.may_int("hipaa_mode_ended_at")?.is_some()),
        assurance: Assurance {
            strength: facts.strength,
            proved_at: None,
            enrolled: facts.enrolled,
            asked: facts.asked_since.is_some(),
            standing: facts.standing(now),
            classes: said.rules.character_classes,
            left: None,
            terms: true,
        },
        copied_at: None,
        once: None,
    })
}

/// Whether somebody accepted the user terms as they are now.
fn accepted_terms(row: &Row) -> Result<bool, StoreError> {
    #[derive(serde::Deserialize)]
    struct Accepted {
        version: String,
    }
    let Some(text) = row.may_text("terms")? else { return Ok(false) };
    let accepted: Accepted = serde_json::from_str(text).map_err(|_| StoreError::Shape("member.terms".into()))?;
    Ok(accepted.version == TERMS_VERSION)
}

/// Since when a workspace that is not under HIPAA mode asks a second factor of this role.
fn asked_of_role(row: &Row, said: &Said, role: Role) -> Result<Option<Instant>, StoreError> {
    if !said.rules.factor_roles.contains(&role) {
        return Ok(None);
    }
    let since: i64 = said.settings.get("factor_roles_since").and_then(|v| v.parse().ok()).unwrap_or_default();
    Ok(Some(Instant::from_micros(since.max(row.may_int("joined_at")?.unwrap_or_default()))))
}

/// The rights of a person or a service as they stand now, so that a changed role takes effect at once;
/// nothing for those that have ended.
pub(crate) async fn rights_now(turn: &mut Turn, actor: &Actor) -> Result<Option<Rights>, Refusal> {
    if actor.is_hand() || actor.rights.role == Role::Person {
        return Ok(Some(actor.rights.clone()));
    }
    let (columns, who) = match actor.service {
        Some(service) => ("cast(null as text) as interpreter_id, cast(null as text) as customer_id from service_row m", service.to_string()),
        None => ("m.interpreter_id, m.customer_id from member_row m", actor.user.map(|user| user.to_string()).unwrap_or_default()),
    };
    let key = if actor.service.is_some() { "id" } else { "user_id" };
    let sql = format!(
        "select m.role, r.name as role_name, r.reaches, r.fields, m.team_ids, {columns} {ROLE} where m.workspace_id = $1 and m.{key} = $2 and m.ended_at is null"
    );
    let rows = turn.rows(&sql, &[Val::text(actor.workspace), who.into()]).await?;
    let only = actor.rights.only.clone();
    Ok(rows.first().map(|row| Ok::<_, StoreError>(Rights { only, ..rights(row)? })).transpose()?)
}
