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

/// The teams of a form: where there are several and none is chosen yet, none is chosen for anybody.
pub(crate) async fn teams_to_choose(
    app: &App,
    actor: &Actor,
    chosen: &str,
) -> Result<Pairs, Refused> {
    let mut all = teams(app, actor).await?;
    if chosen.trim().is_empty() && all.len() > 1 {
        all.insert(0, (String::new(), say::choose_a_team().to_owned()));
    }
    Ok(all)
}
