use crate::Interpreter;
use interpres_accounts::{Invited, Whom, invite, may_have_given, user_of_interpreter};
use interpres_gate::{Action, Command, Granted, Refusal, Role, WriteTx, async_trait};
use interpres_types::{InterpreterId, Line, Rule};

/// Invites an interpreter of the directory to sign up: by the address, in the name and for the team that
/// the record has.
#[derive(Debug)]
pub struct InviteInterpreter(pub InterpreterId);

#[async_trait]
impl Command for InviteInterpreter {
    const ACTION: Action = Action::InterpreterInvite;
    type Outcome = Invited;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Invited, Refusal> {
        // Interpreters see their clients, so whoever sees none can't make one of a mailbox of their own.
        may_have_given(tx, Role::Interpreter)?;
        let interpreter: Interpreter = tx.find(self.0).await?;
        if user_of_interpreter(tx, interpreter.id).await?.is_some() {
            return Err(Refusal::conflict("This interpreter has signed up already."));
        }
        let wrong = |rule: Rule| Refusal::invalid("name", rule);
        let name: Line<120> = Line::kept(format!(
            "{} {}",
            interpreter.first_name, interpreter.last_name
        ));
        let whom = Whom {
            email: interpreter.email,
            name: Some(name),
            role: Role::Interpreter.to_string().parse().map_err(wrong)?,
            role_id: None,
            teams: vec![interpreter.team_id],
            interpreter: Some(interpreter.id),
            customer: None,
        };
        Ok(Invited {
            id: invite(tx, whom).await?,
        })
    }
}
