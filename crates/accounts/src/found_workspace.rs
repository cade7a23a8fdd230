use crate::{Member, NewAgreement, NewWorkspace, Team, Workspace};
use interpres_gate::{
    Action, Command, Granted, Json, NewRecord, Refusal, Role, WriteTx, async_trait,
};
use interpres_types::{Currency, Email, InterpreterId, Line, Rule, TeamId, UserId, Zone};
use serde::{Deserialize, Serialize};

/// The version of the agreement's text that is signed at founding.
const BAA_TEXT: &str = "2026-11";

/// Makes a workspace with its teams and first people. The operator does it, once, in the new
/// workspace's own scope.
#[derive(Debug)]
pub struct FoundWorkspace {
    /// Its name.
    pub name: Line<120>,
    /// Its zone.
    pub zone: Zone,
    /// Its currency.
    pub currency: Currency,
    /// Its teams.
    pub teams: Vec<Line<80>>,
    /// Its people; one of them the owner.
    pub people: Vec<Founder>,
    /// Who signed the business associate agreement, when HIPAA mode starts with the workspace.
    pub hipaa_signed_by: Option<Line<160>>,
}

/// One of the first people.
#[derive(Debug)]
pub struct Founder {
    /// The account.
    pub user: UserId,
    /// The name shown.
    pub name: Line<120>,
    /// The address shown.
    pub email: Email,
    /// The role.
    pub role: Role,
    /// Teams by their place in the list; all of them when empty.
    pub teams: Vec<usize>,
    /// Whether they may export under HIPAA mode.
    pub may_export: bool,
    /// The id of the person's interpreter record, which is created later.
    pub interpreter: Option<InterpreterId>,
}

/// The result.
#[derive(Debug, Serialize, Deserialize)]
pub struct Founding {
    /// The teams' ids, in order.
    pub teams: Vec<TeamId>,
}

#[async_trait]
impl Command for FoundWorkspace {
    const ACTION: Action = Action::WorkspaceFound;
    type Outcome = Founding;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Founding, Refusal> {
        if !self.people.iter().any(|p| p.role == Role::Owner) {
            return Err(Refusal::invalid("people", Rule::new("must hold an owner")));
        }
        let (id, now) = (tx.actor().workspace(), tx.now());
        let hipaa_mode_since = self.hipaa_signed_by.as_ref().map(|_| now);
        tx.save(&Workspace {
            hipaa_mode_since,
            ..NewWorkspace {
                name: self.name,
                zone: self.zone,
                currency: self.currency,
                settings: Json::default(),
            }
            .blank(id, None)
        })
        .await?;
        if let Some(accepted_by) = self.hipaa_signed_by {
            let baa = tx
                .blank(NewAgreement {
                    kind: "baa".to_owned(),
                    text_version: BAA_TEXT.to_owned(),
                    accepted_by,
                    accepted_at: now,
                })
                .await?;
            tx.save(&baa).await?;
        }
        let mut teams = Vec::new();
        for name in self.teams {
            let team = Team::new(tx, name);
            teams.push(tx.save(&team).await?.id);
        }
        for person in self.people {
            add(tx, person, &teams).await?;
        }
        Ok(Founding { teams })
    }
}

async fn add(tx: &mut WriteTx, person: Founder, teams: &[TeamId]) -> Result<(), Refusal> {
    let own: Vec<TeamId> = if person.teams.is_empty() {
        teams.to_vec()
    } else {
        person
            .teams
            .iter()
            .filter_map(|i| teams.get(*i).copied())
            .collect()
    };
    let role = person
        .role
        .to_string()
        .parse()
        .map_err(|rule: Rule| Refusal::invalid("role", rule))?;
    let member = Member {
        team_ids: Json(own),
        interpreter_id: person.interpreter,
        may_export: person.may_export.then_some(true),
        joined_at: None,
        ..Member::new(tx, person.user, role, person.name, person.email).await?
    };
    tx.save(&member).await.map(drop)
}
