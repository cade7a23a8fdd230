//! What a pass opens and who holds it, read and believed together. It is read on every request and never cached.
use crate::identity::{factors::refuses_texts, pass::Pass};
use crate::passage::{
    actor::{Actor, Origin, Rights},
    assurance::{Assurance, Facts, SecurityRules, SessionSettings, Strength},
    believed::{AGREEMENT, FACTOR, MEMBER, ROLE, SERVICE, WORKSPACE},
    fact::FactName,
    gate::{Gate, Inner},
    refusal::Refusal,
    rights::{WITH_ROLE, of_a_person, rights},
    settings::Settings,
    stored_id::parse,
};
use interpres_policy::Role;
use interpres_store::{Row, StoreError, Val};
use interpres_types::{INSTALLATION, Instant, UserId, WorkspaceId};

/// Joins the agreement by which clients can be seen.
const WITH_AGREEMENT: &str = "left join agreement_row a on a.workspace_id = m.workspace_id and a.kind = 'baa' and a.ended_at is null";

/// A workspace under HIPAA mode asks a second factor of its people wherever they sign in (AC10), from the moment that
/// both were there.
const ASKED_SINCE: &str = "(select min(case when m2.joined_at is null or w2.hipaa_mode_since > m2.joined_at then w2.hipaa_mode_since else m2.joined_at end)
     from member_row m2 join workspace_row w2 on w2.workspace_id = m2.workspace_id and w2.id = m2.workspace_id
     where m2.user_id = m.user_id and m2.ended_at is null and w2.hipaa_mode_since is not null) as asked_since";

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
    pub(crate) workspace: Row,
    pub(crate) role: Option<Row>,
    agreed: bool,
    enrolled: bool,
    asked_since: Option<Instant>,
    pub(crate) rules: SecurityRules,
    settings: Settings,
}

/// Rows of which an actor is made.
struct Believed<'a> {
    holder: &'a Row,
    workspace: &'a Row,
    agreed: bool,
    settings: &'a Settings,
}

impl Believed<'_> {
    fn actor(
        &self,
        rights: Rights,
        origin: Origin,
        assurance: Assurance,
    ) -> Result<Actor, Refusal> {
        let (holder, workspace) = (self.holder, self.workspace);
        let hipaa = workspace.may_int("hipaa_mode_since")?.is_some();
        let may_export = rights.role == Role::Owner
            || matches!(holder.get("may_export"), Ok(Val::Bool(true) | Val::Int(1)));
        Ok(Actor {
            workspace: parse(workspace.text("id")?)?,
            user: of_a_person(holder, "user_id").map(parse).transpose()?,
            service: None,
            name: holder.text("name")?.to_owned(),
            workspace_name: workspace.text("name")?.to_owned(),
            zone: workspace.text("zone")?.parse().ok(),
            language: of_a_person(holder, "language").and_then(|tag| tag.parse().ok()),
            rights,
            origin,
            csrf: String::new(),
            hipaa,
            via: None,
            unread: 0,
            may_export,
            office: self.settings.of(),
            withheld: !(hipaa && self.agreed)
                && (hipaa || workspace.may_int("hipaa_mode_ended_at")?.is_some()),
            assurance,
            copied_at: None,
            once: None,
            seen: None,
        })
    }
}

fn settings_of(workspace: &Row) -> Result<Settings, StoreError> {
    serde_json::from_str(workspace.text("settings")?)
        .map_err(|_| StoreError::Shape("workspace.settings".into()))
}

impl Gate {
    /// A person who started something that goes on by itself, as they may act now; nothing for one who is no member any
    /// more. That they did start it is for the caller to know, from a record of theirs: the job that says so could be
    /// anybody's.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn on_behalf_of(
        &self,
        workspace: WorkspaceId,
        user: UserId,
    ) -> Result<Option<Actor>, Refusal> {
        let (inner, now) = (&self.inner, self.now());
        let sql = format!(
            "select {} from member_row m join workspace_row w on w.workspace_id = m.workspace_id and w.id = m.workspace_id {WITH_ROLE} {WITH_AGREEMENT}
             where m.workspace_id = $1 and m.user_id = $2 and m.ended_at is null",
            inner.columns_of(&[MEMBER, WORKSPACE, ROLE, AGREEMENT])?
        );
        let args = [Val::text(workspace), Val::text(user)];
        let rows = inner.db.reader().await?.rows(&sql, &args).await?;
        let Some(first) = rows.first() else {
            return Ok(None);
        };
        let (Some(holder), Some(workspace)) = (
            inner.believed(first, MEMBER, now).await?,
            inner.believed(first, WORKSPACE, now).await?,
        ) else {
            return Ok(None);
        };
        let role = inner.believed(first, ROLE, now).await?;
        if holder.may_text("role_id")?.is_some() != role.is_some() {
            return Ok(None);
        }
        let mut agreed = false;
        for joined in &rows {
            agreed = agreed || inner.believed(joined, AGREEMENT, now).await?.is_some();
        }
        let believed = Believed {
            holder: &holder,
            workspace: &workspace,
            agreed,
            settings: &settings_of(&workspace)?,
        };
        let rights = rights(&holder, role.as_ref(), inner.facts)?;
        // What it asked of them was asked when they started it.
        self.here(believed.actor(rights, Origin::default(), Assurance::HAND)?)
    }
}

impl Inner {
    /// Reads a pass with whoever holds it; nothing where one of the rows is not what was issued or saved.
    pub(crate) async fn admission(
        &self,
        pass: &Pass,
        holder: Holder,
        hash: &[u8],
        beside: &str,
        now: Instant,
    ) -> Result<Option<Admission>, Refusal> {
        let mut args = vec![hash.to_vec().into()];
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
        let settings = settings_of(&workspace)?;
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

impl Admission {
    /// When a session ends: by the rules it was opened under or those of now, whichever are stricter.
    pub(crate) fn ends(&self, last_seen: Instant) -> Result<(Instant, Instant), Refusal> {
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

    pub(crate) fn actor(
        &self,
        declared: &[FactName],
        origin: Origin,
        csrf: &str,
        now: Instant,
    ) -> Result<Actor, Refusal> {
        let Self {
            pass,
            holder,
            workspace,
            ..
        } = self;
        let rights = rights(holder, self.role.as_ref(), declared)?;
        let facts = Facts {
            strength: Strength::at(pass.int("p_strength")?),
            enrolled: self.enrolled,
            asked_since: self.asked_since.or(self.asked_of_role(rights.role)?),
        };
        let assurance = Assurance {
            strength: facts.strength,
            proved_at: None,
            enrolled: facts.enrolled,
            asked: facts.asked_since.is_some(),
            standing: facts.standing(now),
            classes: self.rules.character_classes,
            left: None,
            terms: true,
        };
        let origin = Origin {
            session: Some(pass.text("p_id")?.to_owned()),
            ..origin
        };
        let believed = Believed {
            holder,
            workspace,
            agreed: self.agreed,
            settings: &self.settings,
        };
        Ok(Actor {
            csrf: csrf.to_owned(),
            ..believed.actor(rights, origin, assurance)?
        })
    }

    /// Since when a workspace that is not under HIPAA mode asks a second factor of this role.
    fn asked_of_role(&self, role: Role) -> Result<Option<Instant>, StoreError> {
        if !self.rules.factor_roles.contains(&role) {
            return Ok(None);
        }
        let since = self
            .settings
            .of::<SessionSettings>()
            .factor_roles_since
            .map_or(0, Instant::micros);
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
