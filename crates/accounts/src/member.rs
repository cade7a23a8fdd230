use interpres_gate::{Json, ReadTx, Refusal, Val, record};
use interpres_types::{CustomerId, Email, Instant, InterpreterId, Line, MemberId, TeamId, UserId};

record! {
    /// A person's place in one workspace: role, teams, and the records that are their own.
    pub struct Member in "member" by MemberId {
        /// Who.
        user_id: UserId,
        /// The role's name, as in the matrix.
        role: Line<40>,
        /// The teams.
        team_ids: Json<Vec<TeamId>>,
        /// The name shown to colleagues.
        name: Line<120>,
        /// The address shown to colleagues.
        email: Email,
        /// The person's own interpreter record.
        interpreter_id: Option<InterpreterId>,
        /// The customer a requester files for.
        customer_id: Option<CustomerId>,
        /// When they joined; nothing for the first people.
        joined_at: Option<Instant>,
        /// When the membership ended.
        ended_at: Option<Instant>,
    }
}

/// The user who signs in as this interpreter, when there is one.
///
/// # Errors
/// A fault of the database.
pub async fn user_of_interpreter(tx: &mut ReadTx, interpreter: InterpreterId) -> Result<Option<UserId>, Refusal> {
    let found: Vec<Member> = tx.list("where interpreter_id = $1 and ended_at is null", vec![Val::text(interpreter)]).await?;
    Ok(found.first().map(|m| m.user_id))
}
