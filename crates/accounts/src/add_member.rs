use crate::{Member, role::GivenRole};
use interpres_gate::{Action, Command, Granted, Json, Refusal, Role, Val, WriteTx, async_trait};
use interpres_types::{CustomerId, Email, InterpreterId, Line, MemberId, Rule, TeamId, UserId};

/// Makes a person with an account a member of this workspace.
#[derive(Debug)]
pub struct AddMember {
    /// The account.
    pub user: UserId,
    /// The name shown.
    pub name: Line<120>,
    /// The address shown.
    pub email: Email,
    /// The role.
    pub role: Role,
    /// The teams.
    pub teams: Vec<TeamId>,
    /// The interpreter record that is the person's own.
    pub interpreter: Option<InterpreterId>,
    /// The customer a requester files for.
    pub customer: Option<CustomerId>,
}

#[async_trait]
impl Command for AddMember {
    const ACTION: Action = Action::MemberAdd;
    type Outcome = MemberId;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<MemberId, Refusal> {
        if !Role::PEOPLE.contains(&self.role) {
            return Err(Refusal::invalid("role", "is not a role people hold"));
        }
        GivenRole::BuiltIn(self.role).may_be_given_by(tx, Some(&self.teams))?;
        if tx
            .is_taken::<Member>("where user_id = $1", vec![Val::text(self.user)])
            .await?
        {
            return Err(Refusal::invalid("email", "already belongs to a member"));
        }
        let role = self
            .role
            .to_string()
            .parse()
            .map_err(|rule: Rule| Refusal::invalid("role", rule))?;
        let member = Member {
            team_ids: Json(self.teams),
            interpreter_id: self.interpreter,
            customer_id: self.customer,
            ..Member::new(tx, self.user, role, self.name, self.email).await?
        };
        Ok(tx.save(&member).await?.id)
    }
}
