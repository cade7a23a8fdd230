//! Who somebody is in the workspace whose provider speaks of them.
use crate::{ExternalIdentity, Provider, provider::Preset};
use interpres_accounts::{Member, Team, Workspace};
use interpres_gate::{Action, Command, Json, Permission, Refusal, SecurityRules, Strength, Val, Via, WriteTx};
use interpres_types::{Email, Line, ProviderId, Rule, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a provider says of somebody, read from its claims.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) subject: String,
    pub(crate) email: Option<Email>,
    pub(crate) verified: bool,
    pub(crate) name: Option<Line<120>>,
    pub(crate) groups: Vec<String>,
    pub(crate) strength: Strength,
    pub(crate) session: Option<String>,
}

impl Who {
    pub(crate) fn read(provider: &Provider, claims: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let many = |name: &str| match claims.get(name) {
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(one)) => vec![one.clone()],
            _ => Vec::new(),
        };
        let said = claims.get("email_verified");
        let verified = matches!(said, Some(Value::Bool(true))) || said.and_then(Value::as_str) == Some("true");
        // Entra says nothing of it; there the tenant's own directory is what the issuer speaks for.
        let verified = verified || (provider.preset == Preset::Entra && said.is_none());
        let shown: Vec<String> = many("amr").into_iter().chain(many("acr")).collect();
        let strong = shown.iter().any(|value| provider.strong_values.0.contains(value));
        let address = text("email").or_else(|| text("preferred_username").filter(|_| provider.preset == Preset::Entra));
        Some(Self {
            subject: text("sub")?.to_owned(),
            email: address.and_then(|e| e.parse().ok()),
            verified,
            name: text("name").and_then(|n| n.parse().ok()),
            groups: many(provider.group_claim.as_str()),
            strength: if strong { Strength::Factor } else { Strength::Password },
            session: text("sid").map(str::to_owned),
        })
    }
}

/// Lets somebody in whom a provider speaks of.
pub(crate) struct EnterByProvider {
    pub(crate) provider: ProviderId,
    pub(crate) who: Who,
    /// An account that was just opened for them.
    pub(crate) opened: Option<UserId>,
}

/// What came of it.
#[derive(Serialize, Deserialize)]
pub(crate) enum Entered {
    /// The session's token.
    Session(String),
    /// They may join, and have no account yet.
    NeedsAccount(Email, Line<120>),
    /// They are nobody here, and why.
    Nobody(String),
}

impl Command for EnterByProvider {
    const ACTION: Action = Action::SessionOpen;
    const PERMISSION: Permission = Permission::KeepDoor;
    type Outcome = Entered;
    async fn run(self, tx: &mut WriteTx) -> Result<Entered, Refusal> {
        let provider: Provider = tx.find(self.provider).await?;
        if provider.ended_at.is_some() {
            return Ok(Entered::Nobody("This identity provider was taken away.".to_owned()));
        }
        let user = match known(tx, &provider, &self.who).await? {
            Some(user) => user,
            None => match self.unknown(tx, &provider).await? {
                Ok(user) => user,
                Err(other) => return Ok(other),
            },
        };
        let members: Vec<Member> = tx.list("where user_id = $1 and ended_at is null", vec![Val::text(user)]).await?;
        let Some(mut member) = members.into_iter().next() else {
            return Ok(Entered::Nobody("Your membership has ended. Ask an admin of the workspace.".to_owned()));
        };
        if let Some(role) = role_of(&provider, &self.who.groups).filter(|role| member.role.as_str() != "owner" && member.role.as_str() != role.as_str()) {
            (member.role, member.role_id) = (said(&role)?, None);
            tx.save(&member).await?;
        }
        tx.saw("member", member.id);
        let id = tx.actor().workspace();
        let workspace: Workspace = tx.find(id).await?;
        let rules = SecurityRules::of(&workspace.settings.0, workspace.hipaa_mode_since.is_some());
        let via = Via { provider: provider.id, session: self.who.session };
        let session = tx.open_session(user, self.who.strength, &rules, Some(&via)).await?;
        Ok(Entered::Session(session.token.expose().to_owned()))
    }
}

pub(crate) fn said<const N: usize>(text: &str) -> Result<Line<N>, Refusal> {
    text.parse().map_err(|rule: Rule| Refusal::invalid("role", rule))
}

/// The person with this issuer and subject.
pub(crate) async fn known(tx: &mut WriteTx, provider: &Provider, who: &Who) -> Result<Option<UserId>, Refusal> {
    known_subject(tx, provider, &who.subject).await
}

pub(crate) async fn known_subject(tx: &mut WriteTx, provider: &Provider, subject: &str) -> Result<Option<UserId>, Refusal> {
    let args = vec![Val::text(&provider.issuer), subject.into()];
    let found: Vec<ExternalIdentity> = tx.list("where issuer = $1 and subject = $2", args).await?;
    Ok(found.first().map(|identity| identity.user_id))
}

impl EnterByProvider {
    /// Somebody who comes for the first time: a member whose verified address the provider is there for,
    /// or one who joins.
    async fn unknown(&self, tx: &mut WriteTx, provider: &Provider) -> Result<Result<UserId, Entered>, Refusal> {
        let nobody = |words: &str| Ok(Err(Entered::Nobody(words.to_owned())));
        let Some(email) = self.who.email.clone().filter(|_| self.who.verified) else {
            return nobody("Your identity provider does not say which verified address you have.");
        };
        if !provider.speaks_for(&email) {
            return nobody("Your identity provider does not speak for addresses of your domain here.");
        }
        let members: Vec<Member> = tx.list("where email = $1 and ended_at is null", vec![Val::text(&email)]).await?;
        let user = match (members.first(), self.opened) {
            (Some(member), _) => member.user_id,
            (None, Some(user)) => {
                self.join(tx, provider, user, email).await?;
                user
            }
            (None, None) if provider.joins => {
                let name = self.who.name.clone().map_or_else(|| said(email.as_str()), Ok)?;
                return Ok(Err(Entered::NeedsAccount(email, name)));
            }
            (None, None) => return nobody("You are no member of this workspace. Ask for an invitation."),
        };
        let identity = ExternalIdentity {
            id: tx.mint(),
            version: 0,
            key: None,
            issuer: provider.issuer.to_string(),
            subject: self.who.subject.clone(),
            user_id: user,
            linked_at: tx.now(),
        };
        tx.save(&identity).await?;
        Ok(Ok(user))
    }

    async fn join(&self, tx: &mut WriteTx, provider: &Provider, user: UserId, email: Email) -> Result<(), Refusal> {
        let teams: Vec<Team> = tx.list("order by name_key limit 500", vec![]).await?;
        let role = role_of(provider, &self.who.groups).unwrap_or_else(|| provider.default_role.to_string());
        let name = self.who.name.clone().map_or_else(|| said(email.as_str()), Ok)?;
        let team_ids = Json(teams.into_iter().map(|team| team.id).collect());
        let member = Member { team_ids, ..Member::new(tx, user, said(&role)?, name, email) };
        tx.save(&member).await.map(drop)
    }
}

/// The role that somebody's groups give, if one does. Never the owner's.
pub(crate) fn role_of(provider: &Provider, groups: &[String]) -> Option<String> {
    let mapped = provider.group_roles.0.iter().find(|(group, _)| groups.contains(group)).map(|(_, role)| role.clone());
    mapped.filter(|role| role != "owner")
}
