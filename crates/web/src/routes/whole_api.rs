//! What is true of all of the API.
use crate::{App, problem::Problem};
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    middleware,
    response::IntoResponse,
    routing::get,
};
use interpres_gate::Refusal;

/// The API, with what is true of all of it.
pub(crate) fn whole_api(routes: Router<App>) -> Router<App> {
    routes
        .route("/openapi.json", get(description))
        .layer(middleware::from_fn(crate::once::by_key))
        .fallback(|| async { Problem::from(Refusal::NotFound) })
        .method_not_allowed_fallback(|| async {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method",
                "Not this way",
                "This address does not take this method.",
            )
        })
}

async fn description(State(app): State<App>) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/json")],
        app.openapi.to_string(),
    )
}
