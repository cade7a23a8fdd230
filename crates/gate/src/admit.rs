//! Admitting a credential: the only maker of people's [`Actor`]s. Sessions are 256 random bits, kept
//! as hashes, looked up on every request and never cached.
use crate::{
    Actor, Gate, Office, Origin, Refusal, Rights, SecurityRules, Strength,
    assurance::{Assurance, Facts, TERMS_VERSION},
    believed::{AGREEMENT, FACTOR, MEMBER, ROLE, SERVICE, WORKSPACE},
    entry::{Frame, Touched, entry_id},
    factors::refuses_texts,
    gate::Inner,
    passes::{Pass, SESSION},
    sessions::Token,
};
use interpres_audit_log::Outcome;
use interpres_policy::{Action, Permission, Role, Sheet, WorkerKind};
use interpres_store::{Row, StoreError, Turn, Val, Write};
use interpres_types::{INSTALLATION, Instant, TeamId, WorkspaceId};
use std::collections::BTreeMap;

/// What goes with a person's or a service's row, `m`: the role that the workspace made for itself, where they hold
/// one, and the agreement by which clients can be seen.
const WITH_ROLE: &str =
    "left join role_row r on r.workspace_id = m.workspace_id and r.id = m.role_id";
const WITH_AGREEMENT: &str = "left join agreement_row a on a.workspace_id = m.workspace_id and a.kind = 'baa' and a.ended_at is null";
/// A workspace under HIPAA mode asks a second factor of its people wherever they sign in (AC10), from the moment that
/// both were there.
const ASKED_SINCE: &str = "(select min(case when m2.joined_at is null or w2.hipaa_mode_since > m2.joined_at then w2.hipaa_mode_since else m2.joined_at end)
     from member_row m2 join workspace_row w2 on w2.workspace_id = m2.workspace_id and w2.id = m2.workspace_id
     where m2.user_id = m.user_id and m2.ended_at is null and w2.hipaa_mode_since is not null) as asked_since";
/// Use is noted no more often than that, so a session may end so much earlier.
pub(crate) const SEEN_EVERY_SECONDS: i64 = 10;

/// Who holds a pass.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    Person,
    Service,
}

/// What was believed of whoever holds a pass.
pub(crate) struct Admission {
    /// The pass, each column as `p_column`, and what was asked for beside.
    pub(crate) pass: Row,
    /// The member or service.
    pub(crate) holder: Row,
    workspace: Row,
    role: Option<Row>,
    agreed: bool,
    enrolled: bool,
    asked_since: Option<Instant>,
    pub(crate) rules: SecurityRules,
    settings: BTreeMap<String, String>,
}

impl Inner {
    /// Reads a pass with whoever holds it; nothing where one of the rows is not what was issued or saved.
    pub(crate) async fn admission(
        &self,
        pass: &Pass,
        holder: Holder,
        token: &str,
        beside: &str,
        now: Instant,
    ) -> Result<Option<Admission>, Refusal> {
        let mut args = vec![Token::hash(token).into()];
        if holder == Holder::Person {
            args.push(Val::text(INSTALLATION));
        }
        let rows = self
            .db
            .reader()
            .await?
            .rows(&self.admission_sql(pass, holder, beside)?, &args)
            .await?;
        let Some(first) = rows.first() else {
            return Ok(None);
        };
        let who = if holder == Holder::Person {
            MEMBER
        } else {
            SERVICE
        };
        let issued = self.is_issued(pass, &first.part("p_"), now).await?;
        let (row, workspace) = (
            self.believed(first, who, now).await?,
            self.believed(first, WORKSPACE, now).await?,
        );
        let (Some(row), Some(workspace), true) = (row, workspace, issued) else {
            return Ok(None);
        };
        let role = self.believed(first, ROLE, now).await?;
        if row.may_text("role_id")?.is_some() != role.is_some() {
            return Ok(None);
        }
        let (mut agreed, mut enrolled) = (false, holder == Holder::Service);
        // One row for each agreement and each factor that there is.
        for joined in &rows {
            agreed = agreed || self.believed(joined, AGREEMENT, now).await?.is_some();
            enrolled = enrolled || self.believed(joined, FACTOR, now).await?.is_some();
        }
        let settings = serde_json::from_str(workspace.text("settings")?)
            .map_err(|_| StoreError::Shape("workspace.settings".into()))?;
        let rules = SecurityRules::of(&settings, workspace.may_int("hipaa_mode_since")?.is_some());
        let asked_since = first.may_int("asked_since")?.map(Instant::from_micros);
        Ok(Some(Admission {
            pass: first.clone(),
            holder: row,
            workspace,
            role,
            agreed,
            enrolled,
            asked_since,
            rules,
            settings,
        }))
    }

    fn admission_sql(&self, pass: &Pass, holder: Holder, beside: &str) -> Result<String, Refusal> {
        let factors = concat!(
            "left join factor_row f on f.workspace_id = $2 and f.user_id = m.user_id and f.ended_at is null and f.kind <> 'codes' and (f.kind <> 'text' or not exists ",
            refuses_texts!(),
            ")"
        );
        let (table, is_held, parts, with_factors, asked) = match holder {
            Holder::Person => (
                "member_row",
                "m.user_id = p.user_id",
                [MEMBER, WORKSPACE, ROLE, AGREEMENT, FACTOR].as_slice(),
                factors,
                ASKED_SINCE,
            ),
            Holder::Service => (
                "service_row",
                "m.id = p.service_id",
                [SERVICE, WORKSPACE, ROLE, AGREEMENT].as_slice(),
                "",
                "w.hipaa_mode_since as asked_since",
            ),
        };
        Ok(format!(
            "select {}, {beside}, {asked}, {} from {} p join {table} m on m.workspace_id = p.workspace_id and {is_held} and m.ended_at is null
             join workspace_row w on w.workspace_id = p.workspace_id and w.id = p.workspace_id {WITH_ROLE} {WITH_AGREEMENT} {with_factors} where p.token_hash = $1",
            pass.columns_as("p"),
            self.columns_of(parts)?,
            pass.name()
        ))
    }
}

impl Gate {
    /// The actor behind a session's token, if the session stands. Using it keeps it from idling.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn admit_session(
        &self,
        token: &str,
        origin: Origin,
    ) -> Result<Option<Actor>, Refusal> {
        let now = self.now();
        let Some(found) = self
            .inner
            .admission(
                &SESSION,
                Holder::Person,
                token,
                "p.last_seen_at as last_seen_at",
                now,
            )
            .await?
        else {
            return Ok(None);
        };
        let last_seen = Instant::from_micros(found.pass.int("last_seen_at")?);
        let (idle, last) = found.ends(last_seen)?;
        if now >= idle || now >= last {
            return Ok(None);
        }
        if now > last_seen.plus_seconds(SEEN_EVERY_SECONDS) {
            self.mark(
                "update session set last_seen_at = $2 where token_hash = $1",
                Token::hash(token),
                now,
            );
        }
        let actor = found.actor(origin, found.pass.text("p_csrf")?, now)?;
        // This request counts as use, so the whole idle time begins anew, within the session's last hour.
        let left =
            (idle.micros() - last_seen.micros()).min(last.micros() - now.micros()) / 1_000_000;
        let proved_at = found.pass.may_int("p_proved_at")?.map(Instant::from_micros);
        // On a copy nothing can be accepted, and whoever looks at it has no time to read.
        let terms = accepted_terms(&found.holder)? || self.inner.watch.copied_at().is_some();
        let assurance = Assurance {
            proved_at,
            left: Some(left),
            terms,
            ..actor.assurance
        };
        let via = found.pass.may_text("p_via")?.map(parse).transpose()?;
        if !found
            .rules
            .admit_from(actor.rights.role, actor.origin.address.as_deref())
        {
            self.turned_away(&actor, now).await?;
            return Ok(None);
        }
        self.here(Actor {
            assurance,
            via,
            ..actor
        })
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
        Ok(self
            .inner
            .db
            .note(frame.writes(Touched::by(actor)))
            .wait()
            .await?)
    }

    pub(crate) fn here(&self, actor: Actor) -> Result<Option<Actor>, Refusal> {
        Ok(Some(Actor {
            copied_at: self.inner.watch.copied_at(),
            ..actor
        }))
    }

    /// A mark that rides along with the next commit; nobody waits for it.
    pub(crate) fn mark(&self, sql: &'static str, hash: Vec<u8>, now: Instant) {
        drop(self.inner.db.note(vec![Write::Statement(
            sql.into(),
            vec![hash.into(), now.micros().into()],
        )]));
    }

    /// A person as the holder of an account, in the installation: for their password and second
    /// factors, which are the same in every workspace. Nothing for the gate's own hands, nor for a
    /// session that came by an identity provider: what one workspace's provider says must not reach
    /// what opens the others.
    #[must_use]
    pub fn at_home(&self, actor: &Actor) -> Option<Actor> {
        if actor.via.is_some() {
            None
        } else {
            self.at_home_by_whatever_way(actor)
        }
    }
    /// The same for whoever came by an identity provider as well: only for proving a second factor that is
    /// there, and for setting one up where nothing else opens by it.
    #[must_use]
    pub fn at_home_by_whatever_way(&self, actor: &Actor) -> Option<Actor> {
        actor.user?;
        let rights = Rights {
            role: Role::Person,
            sheet: None,
            only: None,
            teams: Vec::new(),
            interpreter: None,
            customer: None,
        };
        Some(Actor {
            workspace: INSTALLATION,
            workspace_name: String::new(),
            rights,
            ..actor.clone()
        })
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
        // Whoever deletes a workspace's own record does not thereby keep it from being looked at.
        let sql = "select id from workspace_row union select workspace_id from audit_head union select workspace_id from integrity_sweep order by 1";
        let rows = self.inner.db.reader().await?.rows(sql, &[]).await?;
        let others = rows
            .iter()
            .filter_map(|row| row.text("id").ok()?.parse().ok())
            .filter(|workspace| *workspace != INSTALLATION);
        Ok(std::iter::once(INSTALLATION).chain(others).collect())
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
            _ => Err(Refusal::conflict(
                "Several workspaces have this name. Tell its id.",
            )),
        }
    }
    /// Every workspace there is, for the jobs that go round.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceId>, Refusal> {
        let rows = self
            .inner
            .db
            .reader()
            .await?
            .rows("select id from workspace_row order by id", &[])
            .await?;
        rows.iter()
            .map(|row| parse(row.text("id")?))
            .collect::<Result<_, StoreError>>()
            .map_err(Refusal::from)
    }
}

fn hand(workspace: WorkspaceId, role: Role, origin: Origin) -> Actor {
    let rights = Rights {
        role,
        sheet: None,
        only: None,
        teams: Vec::new(),
        interpreter: None,
        customer: None,
    };
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
    text.parse()
        .map_err(|_| StoreError::Shape("a stored id has not the form of one".into()))
}

/// What a member's or service's row and their role's say.
fn rights(holder: &Row, role: Option<&Row>) -> Result<Rights, StoreError> {
    let teams: Vec<TeamId> = serde_json::from_str(holder.text("team_ids")?)
        .map_err(|_| StoreError::Shape("member.team_ids".into()))?;
    let sheet = |role: &Row| {
        let reaches = serde_json::from_str(role.text("reaches")?)
            .map_err(|_| StoreError::Shape("role.reaches".into()))?;
        Ok::<_, StoreError>((
            role.text("name")?.to_owned(),
            Sheet::of(&reaches, role.text("fields")?),
        ))
    };
    Ok(Rights {
        sheet: role.map(sheet).transpose()?,
        only: None,
        role: parse(holder.text("role")?)?,
        teams,
        interpreter: of_a_person(holder, "interpreter_id")
            .map(parse)
            .transpose()?,
        customer: of_a_person(holder, "customer_id").map(parse).transpose()?,
    })
}

/// A column that members have and services have not.
fn of_a_person<'a>(holder: &'a Row, column: &str) -> Option<&'a str> {
    holder.text(column).ok()
}

impl Admission {
    /// When a session ends: by the rules it was opened under or those of now, whichever are stricter.
    fn ends(&self, last_seen: Instant) -> Result<(Instant, Instant), Refusal> {
        let idle = self
            .pass
            .int("p_idle_seconds")?
            .min(self.rules.idle_minutes * 60);
        let last = Instant::from_micros(self.pass.int("p_created_at")?)
            .plus_minutes(self.rules.hours * 60);
        Ok((
            last_seen.plus_seconds(idle),
            last.min(Instant::from_micros(self.pass.int("p_ends_at")?)),
        ))
    }

    pub(crate) fn actor(&self, origin: Origin, csrf: &str, now: Instant) -> Result<Actor, Refusal> {
        let Self {
            pass,
            holder,
            workspace,
            ..
        } = self;
        let (rights, hipaa) = (
            rights(holder, self.role.as_ref())?,
            workspace.may_int("hipaa_mode_since")?.is_some(),
        );
        let may_export = rights.role == Role::Owner
            || matches!(holder.get("may_export"), Ok(Val::Bool(true) | Val::Int(1)));
        let facts = Facts {
            strength: Strength::at(pass.int("p_strength")?),
            enrolled: self.enrolled,
            asked_since: self.asked_since.or(self.asked_of_role(rights.role)?),
        };
        Ok(Actor {
            workspace: parse(workspace.text("id")?)?,
            user: of_a_person(holder, "user_id").map(parse).transpose()?,
            service: None,
            name: holder.text("name")?.to_owned(),
            workspace_name: workspace.text("name")?.to_owned(),
            zone: workspace.text("zone")?.parse().ok(),
            rights,
            origin: Origin {
                session: Some(pass.text("p_id")?.to_owned()),
                ..origin
            },
            csrf: csrf.to_owned(),
            hipaa,
            via: None,
            may_export,
            office: Office::of(&self.settings),
            withheld: !(hipaa && self.agreed)
                && (hipaa || workspace.may_int("hipaa_mode_ended_at")?.is_some()),
            assurance: Assurance {
                strength: facts.strength,
                proved_at: None,
                enrolled: facts.enrolled,
                asked: facts.asked_since.is_some(),
                standing: facts.standing(now),
                classes: self.rules.character_classes,
                left: None,
                terms: true,
            },
            copied_at: None,
            once: None,
        })
    }

    /// Since when a workspace that is not under HIPAA mode asks a second factor of this role.
    fn asked_of_role(&self, role: Role) -> Result<Option<Instant>, StoreError> {
        if !self.rules.factor_roles.contains(&role) {
            return Ok(None);
        }
        let since: i64 = self
            .settings
            .get("factor_roles_since")
            .and_then(|v| v.parse().ok())
            .unwrap_or_default();
        // A service is there from when it was made.
        let joined = self
            .holder
            .may_int("joined_at")
            .or_else(|_| self.holder.may_int("created_at"))?;
        Ok(Some(Instant::from_micros(
            since.max(joined.unwrap_or_default()),
        )))
    }
}

/// Whether somebody accepted the user terms as they are now.
fn accepted_terms(row: &Row) -> Result<bool, StoreError> {
    #[derive(serde::Deserialize)]
    struct Accepted {
        version: String,
    }
    let Some(text) = row.may_text("terms")? else {
        return Ok(false);
    };
    let accepted: Accepted =
        serde_json::from_str(text).map_err(|_| StoreError::Shape("member.terms".into()))?;
    Ok(accepted.version == TERMS_VERSION)
}

/// The rights of a person or a service as they stand now, so that a changed role takes effect at once;
/// nothing for those that have ended.
pub(crate) async fn rights_now(
    inner: &Inner,
    turn: &mut Turn,
    actor: &Actor,
    now: Instant,
) -> Result<Option<Rights>, Refusal> {
    if actor.is_hand() || actor.rights.role == Role::Person {
        return Ok(Some(actor.rights.clone()));
    }
    let (part, key, who) = match actor.service {
        Some(service) => (SERVICE, "id", service.to_string()),
        None => (
            MEMBER,
            "user_id",
            actor.user.map(|user| user.to_string()).unwrap_or_default(),
        ),
    };
    let sql = format!(
        "select {} from {}_row m {WITH_ROLE} where m.workspace_id = $1 and m.{key} = $2 and m.ended_at is null",
        inner.columns_of(&[part, ROLE])?,
        part.kind
    );
    let rows = turn
        .rows(&sql, &[Val::text(actor.workspace), who.into()])
        .await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let (holder, role) = (
        inner.believed(row, part, now).await?,
        inner.believed(row, ROLE, now).await?,
    );
    let Some(holder) = holder else {
        return Ok(None);
    };
    if holder.may_text("role_id")?.is_some() != role.is_some() {
        return Ok(None);
    }
    Ok(Some(Rights {
        only: actor.rights.only.clone(),
        ..rights(&holder, role.as_ref())?
    }))
}
