//! Where one's work is.
use crate::{
    App,
    account::profile,
    door::Signed,
    shared::{Answer, Frame, go},
};
use axum::extract::State;
use interpres_accounts::MyProfile;
use interpres_gate::Role;

/// Where one's work is.
pub(crate) async fn home(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let chosen = app
        .gate
        .view(&actor, MyProfile)
        .await?
        .into_inner()
        .first_page;
    if let Some(page) =
        chosen.filter(|page| profile::first_pages(&Frame::of(&actor, "")).any(|may| may == *page))
    {
        return go(format!("/{page}"));
    }
    match actor.rights().role {
        Role::Interpreter => go("/today"),
        Role::Requester => go("/appointments"),
        _ => go("/overview"),
    }
}
