//! SCIM 2.0 over HTTP (RFC 7644): its own form of answers and errors, at `/scim/v2`.
use crate::{
    App,
    scim::{
        answer::{ScimResult, Wrong, list, told, whole},
        asked::{Directory, asked_by_body},
    },
};
use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use interpres_gate::Refusal;
use interpres_sso::scim::{
    FindGroups, FindUsers, ListRequest, MOST, resource_type, resource_types, schema, schemas,
    service_provider_config,
};

mod answer;
mod asked;
mod kept;

pub(crate) use answer::wrong;
use kept::{Groups, Users};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/ServiceProviderConfig", get(config))
        .route("/Schemas", get(all_schemas))
        .route("/Schemas/{id}", get(one_schema))
        .route("/ResourceTypes", get(all_types))
        .route("/ResourceTypes/{id}", get(one_type))
        .route("/.search", axum::routing::post(search))
        .merge(kept::routes::<Users>("/Users"))
        .merge(kept::routes::<Groups>("/Groups"))
        .fallback(|| async { Wrong::from(Refusal::NotFound) })
        .method_not_allowed_fallback(|| async {
            Wrong::new(
                StatusCode::METHOD_NOT_ALLOWED,
                None,
                "This address does not take this method.",
            )
        })
}

async fn config(_: Directory) -> Response {
    told(StatusCode::OK, &service_provider_config())
}

async fn all_schemas(_: Directory) -> Response {
    whole(schemas())
}

async fn one_schema(_: Directory, Path(id): Path<String>) -> ScimResult {
    schema(&id)
        .map(|found| told(StatusCode::OK, &found))
        .ok_or_else(|| Refusal::NotFound.into())
}

async fn all_types(_: Directory) -> Response {
    whole(resource_types())
}

async fn one_type(_: Directory, Path(id): Path<String>) -> ScimResult {
    resource_type(&id)
        .map(|found| told(StatusCode::OK, &found))
        .ok_or_else(|| Refusal::NotFound.into())
}

/// A search of people and groups, in this order.
async fn search(State(app): State<App>, Directory(actor): Directory, bytes: Bytes) -> ScimResult {
    let first = asked_by_body(&bytes)?;
    let mut found = app
        .gate
        .view(&actor, FindUsers(first.clone()))
        .await?
        .into_inner();
    let (start, count) = (
        first.start.max(1).saturating_sub(found.total).max(1),
        first.count.min(MOST) - found.resources.len(),
    );
    let groups = app
        .gate
        .view(
            &actor,
            FindGroups(ListRequest {
                start,
                count,
                ..first.clone()
            }),
        )
        .await?
        .into_inner();
    found.total += groups.total;
    found.resources.extend(groups.resources);
    Ok(list(&found, first.start))
}
