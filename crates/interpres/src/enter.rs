//! Coming in as somebody of the named world.
use crate::{cast::said, world::Person};
use interpres_accounts::{AddApp, BeginApp, code_at};
use interpres_gate::{Actor, Gate, Origin, Refusal};

/// A person of the world as an actor, by their API key.
///
/// # Errors
/// A fault, when the world's own key does not open its door.
pub async fn enter(gate: &Gate, person: &Person) -> Result<Actor, Refusal> {
    gate.admit_key(&person.api_key, Origin::default())
        .await?
        .ok_or(Refusal::Forbidden)
}

/// Somebody who is signed in sets their authenticator app up; gives the actor with this proved, and
/// the app's seed.
///
/// # Errors
/// Whatever the gate refuses.
pub async fn enrol(gate: &Gate, actor: &Actor) -> Result<(Actor, String), Refusal> {
    let home = gate.at_home(actor).ok_or(Refusal::Forbidden)?;
    let begun = gate.perform(&home, BeginApp).await?.into_inner();
    // The code before the one of now, so that the one of now is still good for a sign-in.
    let code = code_at(&begun.seed, gate.now().plus_seconds(-30))?;
    let app = AddApp {
        ticket: begun.ticket,
        code,
        name: said("Pixel 9")?,
    };
    let token = gate
        .perform(&home, app)
        .await?
        .into_inner()
        .token
        .unwrap_or_default();
    let actor = gate
        .admit_session(&token, Origin::default())
        .await?
        .ok_or(Refusal::Forbidden)?;
    Ok((actor, begun.seed))
}
