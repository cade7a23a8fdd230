//! Setting identity providers up.
use crate::{
    ExternalIdentity, Outward, Preset, Provider,
    discover::{Slip, discover},
    provider::{MOST_PROVIDERS, providers},
};
use interpres_accounts::{Member, Workspace, may_have_given, runs_workspace};
use interpres_gate::{
    Action, Command, Credential, Granted, Json, Permission, Phi, Query, ReadTx, Refusal, Role,
    WriteTx, async_trait,
};
use interpres_types::{Field, Line, Problems, ProviderId, Rule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a provider shall be.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProviderInput {
    /// What people know it by; required.
    pub name: Field,
    /// generic, okta, entra or google; generic unless said.
    pub preset: Field,
    /// Its issuer, exactly as it says it; required.
    pub issuer: Field,
    /// What it knows us by; required.
    pub client_id: Field,
    /// What we prove ourselves by; required for a new one, kept as it is when blank.
    pub client_secret: Field,
    /// yes, where people who are no members yet join by signing in.
    pub joins: Field,
    /// The built-in role they get; viewer unless said.
    pub default_role: Field,
    /// The claim that holds groups; groups unless said.
    pub group_claim: Field,
    /// `group=role` for each group that gives a role, a line each.
    pub group_roles: Field,
    /// Values of amr or acr that show a second factor, separated by spaces; mfa unless said.
    pub strong_values: Field,
    /// yes, where members come in by it only, but for owners.
    pub only: Field,
}

/// Saves a provider: a new one, or another version of one that is there.
pub struct SaveProvider {
    /// Which; a new one without.
    pub id: Option<ProviderId>,
    /// What it shall be.
    pub input: ProviderInput,
}

/// A provider that was saved.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedProvider {
    /// Its id.
    pub id: ProviderId,
    /// Its version now.
    pub version: i64,
}

const DEFAULT_ROLE: &str = "viewer";

fn or<'a>(raw: &'a Field, otherwise: &'a str) -> &'a str {
    if raw.is_blank() {
        otherwise
    } else {
        raw.raw().trim()
    }
}

fn role(p: &mut Problems, field: &'static str, raw: &str) -> Option<Line<40>> {
    let good = raw
        .parse::<Role>()
        .is_ok_and(|role| Role::PEOPLE.contains(&role) && role != Role::Owner);
    if !good {
        p.add(
            field,
            Rule::new("must be a built-in role, and not the owner's"),
        );
        return None;
    }
    raw.parse().ok()
}

/// Refuses to let a provider give what the actor could not give to somebody. Where nobody joins by it
/// and nothing was said, looking on is not given either.
fn may_give(
    tx: &WriteTx,
    joins: bool,
    default_role: &Line<40>,
    group_roles: &BTreeMap<String, String>,
) -> Result<(), Refusal> {
    let default_role = Some(default_role.as_str()).filter(|role| joins || *role != DEFAULT_ROLE);
    let given = group_roles.values().map(String::as_str).chain(default_role);
    given
        .filter_map(|role| role.parse::<Role>().ok())
        .try_for_each(|role| may_have_given(tx, role))
}

fn group_roles(p: &mut Problems, raw: &Field) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for line in raw
        .raw()
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        match line.rsplit_once('=') {
            Some((group, name))
                if !group.trim().is_empty()
                    && group.len() <= 200
                    && role(p, "group_roles", name.trim()).is_some() =>
            {
                all.insert(group.trim().to_owned(), name.trim().to_owned());
            }
            Some(_) => {}
            None => p.add("group_roles", Rule::new("must be group=role, a line each")),
        }
    }
    all
}

/// Asks an issuer for its metadata before it is saved: a slip is told then, not at everybody's sign-in. One that
/// can't be reached now is no slip.
///
/// # Errors
/// [`Refusal::Invalid`] with what to enter instead.
pub async fn check_issuer(out: &Outward, input: &ProviderInput) -> Result<(), Refusal> {
    let wrong = |rule: String| Err(Refusal::invalid("issuer", Rule::from(rule)));
    let shown = |issuer: &str| {
        issuer
            .chars()
            .filter(|c| !c.is_control())
            .take(300)
            .collect::<String>()
    };
    match discover(out, input.issuer.raw().trim()).await {
        Ok(_) | Err(Slip::Unreached) => Ok(()),
        Err(Slip::Slash(said)) => wrong(format!(
            "differs from what the provider says by a slash at the end; enter {}",
            shown(&said)
        )),
        Err(Slip::Another(said)) => wrong(format!(
            "is another than the provider says; enter {}",
            shown(&said)
        )),
        Err(Slip::Tenant) => {
            wrong("is for every tenant; enter the one with your own tenant's id in it".to_owned())
        }
        Err(Slip::Elsewhere) => wrong(
            "leads to addresses that are not asked: only public ones are, by HTTPS".to_owned(),
        ),
    }
}

#[async_trait]
impl Command for SaveProvider {
    const ACTION: Action = Action::ProviderSave;
    const PERMISSION: Permission = Permission::SetSecurity;
    type Outcome = SavedProvider;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<SavedProvider, Refusal> {
        let (input, mut p) = (self.input, Problems::none());
        let (name, issuer, client_id) = (
            p.need::<Line<80>>("name", &input.name),
            p.need::<Line<300>>("issuer", &input.issuer),
            p.need::<Line<300>>("client_id", &input.client_id),
        );
        if issuer.as_ref().is_some_and(|url| {
            !(url.as_str().starts_with("https://")
                || url.as_str().starts_with("http://localhost:")
                || url.as_str().starts_with("http://127.0.0.1:"))
        }) {
            p.add("issuer", Rule::new("must begin with https://"));
        }
        let preset = or(&input.preset, "generic")
            .parse::<Preset>()
            .map_err(|rule| p.add("preset", rule))
            .ok();
        let default_role = role(
            &mut p,
            "default_role",
            or(&input.default_role, DEFAULT_ROLE),
        );
        let group_claim = or(&input.group_claim, "groups")
            .parse::<Line<80>>()
            .map_err(|rule| p.add("group_claim", rule))
            .ok();
        let group_roles = group_roles(&mut p, &input.group_roles);
        let before = match self.id {
            Some(id) => Some(tx.find::<Provider>(id).await?),
            None => None,
        };
        let secret = p.may::<Credential>("client_secret", &input.client_secret);
        if secret.is_none() && before.is_none() {
            p.add("client_secret", Rule::new("is required"));
        }
        let (
            Some(name),
            Some(issuer),
            Some(client_id),
            Some(preset),
            Some(default_role),
            Some(group_claim),
            true,
        ) = (
            name,
            issuer,
            client_id,
            preset,
            default_role,
            group_claim,
            p.is_empty(),
        )
        else {
            return Err(p.into());
        };
        let (joins, exclusive) = (input.joins.raw() == "yes", input.only.raw() == "yes");
        may_give(tx, joins, &default_role, &group_roles)?;
        if let Some(before) = &before {
            may_give(
                tx,
                before.joins,
                &before.default_role,
                &before.group_roles.0,
            )?;
        }
        let (id, version, key, domains, old) = match before {
            // The operator granted the domains to the provider that was seen, and to no other.
            Some(b) if b.issuer != issuer || b.client_id != client_id => {
                tx.end_provider(b.id).await?;
                (
                    b.id,
                    b.version,
                    b.key,
                    Json(Vec::new()),
                    Some(b.client_secret),
                )
            }
            Some(b) => (b.id, b.version, b.key, b.domains, Some(b.client_secret)),
            None => {
                tx.room_for_one_more::<Provider>(
                    "where ended_at is null",
                    MOST_PROVIDERS,
                    "identity providers",
                )
                .await?;
                (tx.mint(), 0, tx.new_key().await?, Json(Vec::new()), None)
            }
        };
        let client_secret = secret
            .map(Phi::new)
            .or(old)
            .ok_or_else(|| Refusal::invalid("client_secret", "is required"))?;
        let strong_values = Json(
            or(&input.strong_values, "mfa")
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
        );
        if exclusive {
            all_in_charge_are_linked(tx, issuer.as_str()).await?;
        }
        let provider = Provider {
            id,
            version,
            key,
            name,
            preset,
            issuer,
            client_id,
            client_secret,
            domains,
            joins,
            default_role,
            group_claim,
            group_roles: Json(group_roles),
            strong_values,
            exclusive,
            ended_at: None,
        };
        let saved = tx.save(&provider).await?;
        provider_only(tx).await?;
        Ok(SavedProvider {
            id: saved.id,
            version: saved.version,
        })
    }
}

/// Whoever is in charge is never found by an address, so they link their accounts before their own way is closed;
/// owners keep theirs.
async fn all_in_charge_are_linked(tx: &mut WriteTx, issuer: &str) -> Result<(), Refusal> {
    let linked: Vec<ExternalIdentity> = tx
        .every("issuer = $1 and ended_at is null", vec![issuer.into()])
        .await?;
    let others: Vec<Member> = tx
        .every("role in ('admin', 'custom') and ended_at is null", vec![])
        .await?;
    for member in others.iter().filter(|member| {
        !linked
            .iter()
            .any(|identity| identity.user_id == member.user_id)
    }) {
        if runs_workspace(tx, member).await? {
            let words = "can be set once every admin has linked their account to this provider, on their account's page; otherwise they would be locked out";
            return Err(Refusal::invalid("only", words));
        }
    }
    Ok(())
}

/// Members come in by a provider only while one says so.
async fn provider_only(tx: &mut WriteTx) -> Result<(), Refusal> {
    let id = tx.actor().workspace();
    let only = tx
        .count::<Provider>("where exclusive = true and ended_at is null", vec![])
        .await?
        > 0;
    let mut workspace: Workspace = tx.find(id).await?;
    workspace.settings.0.insert(
        "provider_only".to_owned(),
        if only { "yes" } else { "no" }.to_owned(),
    );
    tx.save(&workspace).await.map(drop)
}

/// Takes a provider away; sessions that came by it end.
#[derive(Debug)]
pub struct EndProvider(pub ProviderId);

#[async_trait]
impl Command for EndProvider {
    const ACTION: Action = Action::ProviderEnd;
    const PERMISSION: Permission = Permission::SetSecurity;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let mut provider: Provider = tx.find(self.0).await?;
        provider.ended_at = provider.ended_at.or(Some(tx.now()));
        tx.save(&provider).await?;
        tx.end_provider(self.0).await?;
        provider_only(tx).await
    }
}

/// Grants a domain to a provider: its addresses are sent there, and it speaks for them. The operator
/// does it, having seen that the domain is the workspace's.
#[derive(Debug)]
pub struct GrantDomain {
    /// The provider.
    pub provider: ProviderId,
    /// The domain.
    pub domain: String,
}

#[async_trait]
impl Command for GrantDomain {
    const ACTION: Action = Action::ProviderDomain;
    const PERMISSION: Permission = Permission::SetUp;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let domain = self.domain.trim().to_lowercase();
        if format!("x@{domain}")
            .parse::<interpres_types::Email>()
            .is_err()
        {
            return Err(Refusal::invalid(
                "domain",
                "must be a domain such as example.org",
            ));
        }
        let mut provider: Provider = tx.find(self.provider).await?;
        tx.grant_domain(&domain, provider.id).await?;
        if !provider.domains.0.contains(&domain) {
            provider.domains.0.push(domain);
            tx.save(&provider).await?;
        }
        Ok(())
    }
}

/// A workspace's identity providers.
#[derive(Clone, Debug)]
pub struct ListProviders;

/// A provider, without its secret.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProviderView {
    /// Its id.
    pub id: ProviderId,
    /// Its version.
    pub version: i64,
    /// What people know it by.
    pub name: String,
    /// Its quirks.
    pub preset: Preset,
    /// Its issuer.
    pub issuer: String,
    /// What it knows us by.
    pub client_id: String,
    /// Domains that it speaks for.
    pub domains: Vec<String>,
    /// Whether people join by signing in.
    pub joins: bool,
    /// The role they get.
    pub default_role: String,
    /// The claim that holds groups.
    pub group_claim: String,
    /// Groups and the role that each gives.
    pub group_roles: BTreeMap<String, String>,
    /// Values that show a second factor.
    pub strong_values: Vec<String>,
    /// Whether members come in by it only.
    pub only: bool,
}

#[async_trait]
impl Query for ListProviders {
    const ACTION: Action = Action::ProvidersList;
    const PERMISSION: Permission = Permission::SetSecurity;
    type View = Vec<ProviderView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<ProviderView>, Refusal> {
        let all = providers(tx).await?;
        let view = |p: Provider| ProviderView {
            id: p.id,
            version: p.version,
            name: p.name.to_string(),
            preset: p.preset,
            issuer: p.issuer.to_string(),
            client_id: p.client_id.to_string(),
            domains: p.domains.0,
            joins: p.joins,
            default_role: p.default_role.to_string(),
            group_claim: p.group_claim.to_string(),
            group_roles: p.group_roles.0,
            strong_values: p.strong_values.0,
            only: p.exclusive,
        };
        Ok(all.into_iter().map(view).collect())
    }
}
