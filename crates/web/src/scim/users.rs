//! People, as a directory keeps them.
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
use interpres_gate::Actor;
use interpres_sso::scim::{Asked, Change, EndUser, FindUsers, ShowUser, save_user};

pub(super) async fn found_users(app: &App, actor: &Actor, asked: Asked) -> Told {
    let start = asked.start;
    Ok(list(
        &app.gate.view(actor, FindUsers(asked)).await?.into_inner(),
        start,
    ))
}

pub(super) async fn users(
    State(app): State<App>,
    Directory(actor): Directory,
    RawQuery(raw): RawQuery,
) -> Told {
    found_users(&app, &actor, asked(raw)).await
}

pub(super) async fn search_users(
    State(app): State<App>,
    Directory(actor): Directory,
    bytes: Bytes,
) -> Told {
    found_users(&app, &actor, asked_by_body(&bytes)?).await
}

pub(super) async fn user(
    State(app): State<App>,
    Directory(actor): Directory,
    Path(text): Path<String>,
    RawQuery(raw): RawQuery,
) -> Told {
    let found = app
        .gate
        .view(&actor, ShowUser(id(&text)?))
        .await?
        .into_inner();
    Ok(told(StatusCode::OK, &asked(raw).shown.narrow(found)))
}

pub(super) async fn add_user(
    State(app): State<App>,
    Directory(actor): Directory,
    bytes: Bytes,
) -> Told {
    Ok(told(
        StatusCode::CREATED,
        &save_user(&app.gate, &actor, None, None, Change::Put(body(&bytes)?)).await?,
    ))
}

pub(super) async fn put_user(
    State(app): State<App>,
    Directory(actor): Directory,
    Path(text): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Told {
    Ok(told(
        StatusCode::OK,
        &save_user(
            &app.gate,
            &actor,
            Some(id(&text)?),
            seen(&headers)?,
            Change::Put(body(&bytes)?),
        )
        .await?,
    ))
}

pub(super) async fn patch_user(
    State(app): State<App>,
    Directory(actor): Directory,
    Path(text): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Told {
    Ok(told(
        StatusCode::OK,
        &save_user(
            &app.gate,
            &actor,
            Some(id(&text)?),
            seen(&headers)?,
            Change::Patch(body(&bytes)?),
        )
        .await?,
    ))
}

pub(super) async fn end_user(
    State(app): State<App>,
    Directory(actor): Directory,
    Path(text): Path<String>,
) -> Told {
    app.gate.perform(&actor, EndUser(id(&text)?)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
