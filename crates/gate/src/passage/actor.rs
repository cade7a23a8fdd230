use crate::passage::{
    assurance::{Assurance, Standing, Strength},
    fact::{Fact, FactName},
    office::Office,
    once::Once,
    refusal::Refusal,
    seen::PageSeen,
};
use interpres_policy::{Action, ActionKind, Grant, Permission, Role, Scopes, Sheet};
use interpres_store::Scope;
use interpres_types::{
    Id, Instant, LocalDate, PageLanguage, ProviderId, ServiceId, TeamId, UserId, WorkspaceId, Zone,
};
use std::collections::BTreeMap;

/// Where a request came from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The network address.
    pub address: Option<String>,
    /// The program, as it names itself.
    pub agent: Option<String>,
    /// The session or key.
    pub session: Option<String>,
}

/// What a member may do, as it stands in the member's record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rights {
    /// The role.
    pub role: Role,
    /// The name and the grants of a role that the workspace made for itself.
    pub sheet: Option<(String, Sheet)>,
    /// The permissions to which a key was narrowed; all of the role's without.
    pub only: Option<Scopes>,
    /// The teams.
    pub teams: Vec<TeamId>,
    /// The ids of the records that are the member's own, by the names of the facts.
    pub(crate) own: BTreeMap<&'static str, String>,
}

impl Rights {
    /// What a role has by itself: no team, and nothing of its own.
    pub(crate) const fn of_role(role: Role) -> Self {
        Self {
            role,
            sheet: None,
            only: None,
            teams: Vec::new(),
            own: BTreeMap::new(),
        }
    }
    /// The record that is the member's own by this fact.
    #[must_use]
    pub fn own<I: Id>(&self, fact: &Fact<I>) -> Option<I> {
        self.own.get(fact.name().name)?.parse().ok()
    }
    /// What the policy grants for this permission, or nothing.
    #[must_use]
    pub fn grant(&self, permission: Permission) -> Option<Grant> {
        if self
            .only
            .as_ref()
            .is_some_and(|only| !only.hold(permission))
        {
            return None;
        }
        match &self.sheet {
            Some((_, sheet)) => sheet.grant(permission),
            None => interpres_policy::grant(self.role, permission),
        }
    }
    /// The role's name as people know it.
    #[must_use]
    pub fn role_name(&self) -> String {
        self.sheet
            .as_ref()
            .map_or_else(|| self.role.to_string(), |(name, _)| name.clone())
    }
}

/// Who is asking. Made only by admitting a credential, or by the gate for its own hands.
#[derive(Clone, Debug)]
pub struct Actor {
    pub(crate) workspace: WorkspaceId,
    pub(crate) user: Option<UserId>,
    pub(crate) service: Option<ServiceId>,
    pub(crate) name: String,
    pub(crate) workspace_name: String,
    pub(crate) zone: Option<Zone>,
    pub(crate) language: Option<PageLanguage>,
    pub(crate) rights: Rights,
    pub(crate) origin: Origin,
    pub(crate) csrf: String,
    pub(crate) hipaa: bool,
    /// The identity provider that the session came by.
    pub(crate) via: Option<ProviderId>,
    /// How many notices in their bell they have not read.
    pub(crate) unread: i64,
    /// Whether the person may take files away under HIPAA mode.
    pub(crate) may_export: bool,
    /// What the workspace says of itself.
    pub(crate) office: Office,
    /// Whether clients of health-care customers are sealed from view: HIPAA mode was switched off,
    /// or its agreement ended.
    pub(crate) withheld: bool,
    pub(crate) assurance: Assurance,
    pub(crate) copied_at: Option<Instant>,
    /// The request whose commands have one effect, however often it comes.
    pub(crate) once: Option<Once>,
    /// What had been committed when they were admitted by a session.
    pub(crate) seen: Option<PageSeen>,
}

impl Actor {
    /// The workspace the actor is in.
    #[must_use]
    pub const fn workspace(&self) -> WorkspaceId {
        self.workspace
    }
    /// The person, when it is one.
    #[must_use]
    pub const fn user(&self) -> Option<UserId> {
        self.user
    }
    /// The program, when it is one.
    #[must_use]
    pub const fn service(&self) -> Option<ServiceId> {
        self.service
    }
    /// The person's or the program's name, or the system role's.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
    /// The workspace's name.
    #[must_use]
    pub fn workspace_name(&self) -> &str {
        &self.workspace_name
    }
    /// How many notices in the person's bell are unread.
    #[must_use]
    pub const fn unread(&self) -> i64 {
        self.unread
    }
    /// The date it is now where the workspace's office is.
    #[must_use]
    pub fn today(&self, now: Instant) -> LocalDate {
        self.zone().wall_time(now).date
    }
    /// The workspace's zone; UTC for the system's own hands.
    #[must_use]
    pub fn zone(&self) -> Zone {
        self.zone.clone().unwrap_or_else(Zone::utc)
    }
    /// The language of pages that the person has chosen.
    #[must_use]
    pub const fn language(&self) -> Option<PageLanguage> {
        self.language
    }
    /// The session or key the actor came with.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        self.origin.session.as_deref()
    }
    /// Where the actor's request came from.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }
    /// Role, teams and own records.
    #[must_use]
    pub const fn rights(&self) -> &Rights {
        &self.rights
    }
    /// The same actor with a request that has one effect: every command they perform is done once for its key.
    #[must_use]
    pub fn once(self, once: Option<Once>) -> Self {
        Self { once, ..self }
    }
    /// Where among all commits a page that is made now stands, to be sent what comes later; nothing for programs, and for
    /// people who may not listen.
    #[must_use]
    pub fn seen(&self) -> Option<&str> {
        let stands = matches!(self.standing(), Standing::Full | Standing::Grace(_));
        let listens = self.copied_at.is_none() && stands && self.assurance.terms;
        let seen = self.seen.as_ref().filter(|_| listens);
        seen.map(|seen| seen.sealed.as_str())
    }
    /// Whether the workspace is under HIPAA mode.
    #[must_use]
    pub const fn hipaa(&self) -> bool {
        self.hipaa
    }
    /// Of which moment what the actor sees is a copy; nothing where it is the original.
    #[must_use]
    pub const fn copied_at(&self) -> Option<Instant> {
        self.copied_at
    }
    /// Whether the policy grants this permission at any reach: for showing and hiding controls.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.granted(permission).is_some()
    }
    /// What the policy grants this person or program.
    pub(crate) fn granted(&self, permission: Permission) -> Option<Grant> {
        self.rights
            .grant(permission)
            .filter(|_| self.service.is_none() || permission.is_for_services())
    }
    /// Whether it is one of the gate's own hands.
    pub(crate) const fn is_hand(&self) -> bool {
        self.user.is_none() && self.service.is_none()
    }
    /// What is granted for this act as the person stands now, with the proof it needs.
    pub(crate) fn permitted(
        &self,
        action: Action,
        permission: Permission,
        now: Instant,
    ) -> Result<Grant, Refusal> {
        let grant = self.granted(permission).ok_or(Refusal::Forbidden)?;
        if !self.exports() && action.kind() == ActionKind::Export && !action.is_ones_own_file() {
            return Err(Refusal::Forbidden);
        }
        let grant = self.assurance.admits(grant, action, permission)?;
        self.assurance.proves(action, now)?;
        Ok(grant)
    }
    /// Whether the person may take files away: under HIPAA mode only those whom an owner has named.
    #[must_use]
    pub const fn exports(&self) -> bool {
        !self.hipaa || self.may_export
    }
    /// How the person stands to what their workspace asks.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        self.assurance.standing
    }
    /// By what the person proved who they are.
    #[must_use]
    pub const fn strength(&self) -> Strength {
        self.assurance.strength
    }
    /// Whether the person has a second factor.
    #[must_use]
    pub const fn enrolled(&self) -> bool {
        self.assurance.enrolled
    }
    /// The identity provider that the session came by.
    #[must_use]
    pub const fn via(&self) -> Option<ProviderId> {
        self.via
    }
    /// Whether a second factor is asked of the person.
    #[must_use]
    pub const fn factor_asked(&self) -> bool {
        self.assurance.asked
    }
    /// Whether the workspace asks for classes of characters in passwords.
    #[must_use]
    pub const fn character_classes(&self) -> bool {
        self.assurance.classes
    }
    /// Seconds until the session ends if nothing more is asked from now on; nothing for keys.
    #[must_use]
    pub fn seconds_left(&self) -> Option<i64> {
        self.assurance.left
    }
    /// What the workspace says of itself.
    #[must_use]
    pub const fn office(&self) -> &Office {
        &self.office
    }
    /// Whether clients of health-care customers are sealed from view.
    #[must_use]
    pub const fn withheld(&self) -> bool {
        self.withheld
    }
    /// How the actor stands in the log.
    pub(crate) fn log_name(&self) -> String {
        let person = self.user.map(|user| user.to_string());
        person
            .or_else(|| self.service.map(|service| service.to_string()))
            .unwrap_or_else(|| self.rights.role.to_string())
    }
    /// The rows that a grant reaches, where these facts are declared.
    pub(crate) fn scope(&self, grant: Grant, declared: &[FactName]) -> Scope {
        let own = |fact: &FactName| {
            let id = self.rights.own.get(fact.name).cloned();
            (fact.name, id.unwrap_or_default())
        };
        let user = self.user.map(|user| user.to_string()).unwrap_or_default();
        Scope {
            workspace: self.workspace.to_string(),
            reach: grant.reach,
            teams: self.rights.teams.iter().map(ToString::to_string).collect(),
            facts: declared.iter().map(own).chain([("user", user)]).collect(),
        }
    }
}
