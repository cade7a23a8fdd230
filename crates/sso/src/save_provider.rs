//! Setting a provider up, and changing one.
use crate::{ExternalIdentity, Preset, Provider, provider::MOST_PROVIDERS};
use interpres_accounts::{Member, Workspace, may_have_given, runs_workspace};
use interpres_gate::{
    Action, Command, Credential, Granted, Json, Phi, Refusal, Role, SessionSettings, WriteTx,
    async_trait,
};
use interpres_types::{Field, Line, Problems, ProviderId, Rule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Provider input.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProviderInput {
    /// Its display name; required.
    pub name: Field,
    /// generic (default), okta, entra or google.
    pub preset: Field,
    /// Its issuer, exactly as it reports it; required.
    pub issuer: Field,
    /// Our client id there; required.
    pub client_id: Field,
    /// Our client secret; required for a new provider, unchanged if blank.
    pub client_secret: Field,
    /// yes, where people who are no members yet join by signing in.
    pub joins: Field,
    /// The built-in role of new members; default: viewer.
    pub default_role: Field,
    /// The claim with the groups; default: `groups`.
    pub group_claim: Field,
    /// `group=role` for each mapped group, one per line.
    pub group_roles: Field,
    /// Values of `amr` or `acr` that show a second factor, separated by spaces; default: mfa.
    pub strong_values: Field,
    /// yes, if it is the only way in for members other than owners.
    pub only: Field,
}

/// Saves a provider: a new one, or another version of one that is there.
pub struct SaveProvider {
    /// Which; a new one without.
    pub id: Option<ProviderId>,
    /// The input.
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

/// Rejects a provider that would grant more than the actor can. If nobody joins through it and no role was given, it
/// does not grant viewer either.
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

#[async_trait]
impl Command for SaveProvider {
    const ACTION: Action = Action::ProviderSave;
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

/// Owners and admins are never matched by email, so admins must link their accounts before other ways in are closed;
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

/// Single sign-on is mandatory only while a provider says so.
pub(crate) async fn provider_only(tx: &mut WriteTx) -> Result<(), Refusal> {
    let id = tx.actor().workspace();
    let lock = tx.alone("providers").await?;
    let only = tx
        .count::<Provider>(&lock, "where exclusive = true and ended_at is null", vec![])
        .await?
        > 0;
    let mut workspace: Workspace = tx.find(id).await?;
    let before: SessionSettings = workspace.settings.of();
    workspace.settings.0.put(&SessionSettings {
        provider_only: only,
        ..before
    });
    tx.save(&workspace).await.map(drop)
}
