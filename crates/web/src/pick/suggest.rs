//! Suggestions for a field, as JSON for the script that shows them.
use crate::{
    App,
    door::{Query, Signed},
    shared::{
        Answer,
        pick::{Of, find},
    },
};
use axum::{Json, extract::State, response::IntoResponse};
use interpres_gate::Actor;
use interpres_types::Field;
use serde::Deserialize;

/// What was typed, and where the list goes on.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct SuggestQuery {
    q: Field,
    after: Field,
}

async fn suggest(app: &App, actor: &Actor, of: Of, asked: &SuggestQuery) -> Answer {
    let found = find(app, actor, of, asked.q.raw(), asked.after.raw()).await?;
    Ok(Json(found).into_response())
}

macro_rules! suggests {
    ($($name:ident: $of:ident),+ $(,)?) => {$(
        pub(crate) async fn $name(
            State(app): State<App>,
            Signed(actor): Signed,
            Query(asked): Query<SuggestQuery>,
        ) -> Answer {
            suggest(&app, &actor, Of::$of, &asked).await
        }
    )+};
}

suggests! {
    customers: Customers,
    interpreters: Interpreters,
    members: Members,
    languages: Languages,
    zones: Zones,
}
