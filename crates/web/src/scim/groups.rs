//! Groups, as a directory keeps them.
use crate::{
    App,
    scim::{
        answer::{Told, list, told},
        asked::{Directory, asked, asked_by_body, body, id, seen},
    },
};
use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};
use interpres_gate::{Actor, Refusal};
use interpres_sso::scim::{Asked, Change, EndGroup, FindGroups, SaveGroup, ShowGroup};
use interpres_types::RecordId;
use serde_json::Value;

pub(super) async fn found_groups(app: &App, actor: &Actor, asked: Asked) -> Told {
    let start = asked.start;
    Ok(list(
        &app.gate.view(actor, FindGroups(asked)).await?.into_inner(),
        start,
    ))
}

pub(super) async fn groups(
    State(app): State<App>,
    Directory(actor): Directory,
    RawQuery(raw): RawQuery,
) -> Told {
    found_groups(&app, &actor, asked(raw)).await
}

pub(super) async fn search_groups(
    State(app): State<App>,
    Directory(actor): Directory,
    bytes: Bytes,
) -> Told {
    found_groups(&app, &actor, asked_by_body(&bytes)?).await
}

pub(super) async fn group(
    State(app): State<App>,
    Directory(actor): Directory,
    Path(text): Path<String>,
    RawQuery(raw): RawQuery,
) -> Told {
    let found = app
        .gate
        .view(&actor, ShowGroup(id(&text)?))
        .await?
        .into_inner();
    Ok(told(StatusCode::OK, &asked(raw).shown.narrow(found)))
}

pub(super) async fn save_group(
    app: &App,
    actor: &Actor,
    id: Option<RecordId>,
    version: Option<i64>,
    change: Change,
) -> Result<Value, Refusal> {
    Ok(app
        .gate
        .perform(
            actor,
            SaveGroup {
                id,
                version,
                change,
            },
        )
        .await?
        .into_inner())
}

pub(super) async fn add_group(
    State(app): State<App>,
    Directory(actor): Directory,
    bytes: Bytes,
) -> Told {
    Ok(told(
        StatusCode::CREATED,
        &save_group(&app, &actor, None, None, Change::Put(body(&bytes)?)).await?,
    ))
}

pub(super) async fn put_group(
    State(app): State<App>,
    Directory(actor): Directory,
    Path(text): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Told {
    Ok(told(
        StatusCode::OK,
        &save_group(
            &app,
            &actor,
            Some(id(&text)?),
            seen(&headers)?,
            Change::Put(body(&bytes)?),
        )
        .await?,
    ))
}

pub(super) async fn patch_group(
    State(app): State<App>,
    Directory(actor): Directory,
    Path(text): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Told {
    Ok(told(
        StatusCode::OK,
        &save_group(
            &app,
            &actor,
            Some(id(&text)?),
            seen(&headers)?,
            Change::Patch(body(&bytes)?),
        )
        .await?,
    ))
}

pub(super) async fn end_group(
    State(app): State<App>,
    Directory(actor): Directory,
    Path(text): Path<String>,
) -> Told {
    app.gate.perform(&actor, EndGroup(id(&text)?)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
