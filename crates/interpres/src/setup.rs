//! The first workspace and its owner, made by whoever holds the machine.
use interpres_accounts::{Doors, FoundWorkspace, Founder, OpenAccount};
use interpres_gate::{Gate, Refusal, Role};
use interpres_types::{Currency, Email, INSTALLATION, Id, Line, Rule, WorkspaceId, Zone};
use std::str::FromStr;

/// What `interpres setup` asks for.
#[derive(Clone, Debug)]
pub struct FirstWorkspace {
    /// The agency's name.
    pub workspace: String,
    /// Its IANA zone.
    pub zone: String,
    /// Its currency.
    pub currency: String,
    /// The owner's full name.
    pub owner: String,
    /// The owner's address.
    pub email: String,
    /// The owner's password.
    pub password: String,
    /// The teams; one called Office when none is named.
    pub teams: Vec<String>,
}

fn read<T: FromStr<Err = Rule>>(field: &'static str, text: &str) -> Result<T, Refusal> {
    text.parse().map_err(|rule| Refusal::invalid(field, rule))
}

/// Makes the workspace and its owner.
///
/// # Errors
/// [`Refusal::Invalid`] with what is wrong.
pub async fn found(gate: &Gate, first: &FirstWorkspace) -> Result<WorkspaceId, Refusal> {
    let (name, email): (Line<120>, Email) =
        (read("owner", &first.owner)?, read("email", &first.email)?);
    let (workspace, zone, currency): (Line<120>, Zone, Currency) = (
        read("workspace", &first.workspace)?,
        read("zone", &first.zone)?,
        read("currency", &first.currency)?,
    );
    let named = if first.teams.is_empty() {
        vec!["Office".to_owned()]
    } else {
        first.teams.clone()
    };
    let teams = named
        .iter()
        .map(|t| read("teams", t))
        .collect::<Result<Vec<Line<80>>, _>>()?;
    let words = [
        first.owner.as_str(),
        first.email.as_str(),
        first.workspace.as_str(),
    ];
    let password_hash = Doors::default()
        .choose(gate, "password", &first.password, &words, false, false)
        .await?;
    let user = gate
        .perform(
            &gate.operator(INSTALLATION),
            OpenAccount {
                email: email.clone(),
                name: name.clone(),
                password_hash,
            },
        )
        .await?
        .into_inner();
    let id = WorkspaceId::mint(gate.now(), &interpres_vault::random());
    let owner = Founder {
        user,
        name,
        email,
        role: Role::Owner,
        teams: Vec::new(),
        may_export: false,
        interpreter: None,
    };
    gate.perform(
        &gate.operator(id),
        FoundWorkspace {
            name: workspace,
            zone,
            currency,
            teams,
            people: vec![owner],
            hipaa_signed_by: None,
        },
    )
    .await?;
    Ok(id)
}
