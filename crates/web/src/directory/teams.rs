//! The teams to choose from.
use crate::{
    App,
    shared::{Pairs, Refused},
};
use interpres_accounts::ListTeams;
use interpres_gate::Actor;

pub(crate) async fn teams(app: &App, actor: &Actor) -> Result<Pairs, Refused> {
    let all = app.gate.view(actor, ListTeams).await?.into_inner();
    Ok(all.into_iter().map(|t| (t.name.clone(), t.name)).collect())
}
