//! What a directory keeps, people and groups: the same addresses for both (RFC 7644 section 3.2).
use crate::{
    App,
    scim::{
        answer::{ScimResult, list, told},
        asked::{Directory, asked, asked_by_body, body, id, seen},
    },
};
use axum::{
    Router,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::{get, post},
};
use futures_util::future::BoxFuture;
use interpres_gate::{Actor, Command, Query, Refusal};
use interpres_sso::scim::{
    Change, EndGroup, EndUser, FindGroups, FindUsers, Found, ListRequest, SaveGroup, ShowGroup,
    ShowUser, save_user,
};
use interpres_types::RecordId;
use serde_json::Value;

/// A save on its way.
pub(super) type Saving<'a> = BoxFuture<'a, Result<Value, Refusal>>;

/// A sort of resource that a directory keeps.
pub(super) trait Kept: 'static {
    /// Shows one.
    type Show: Query<View = Value> + 'static;
    /// Finds some.
    type Find: Query<View = Found> + 'static;
    /// Ends one.
    type End: Command;
    fn show(id: RecordId) -> Self::Show;
    fn find(asked: ListRequest) -> Self::Find;
    fn end(id: RecordId) -> Self::End;
    /// Makes one, or changes it.
    fn save<'a>(
        app: &'a App,
        actor: &'a Actor,
        id: Option<RecordId>,
        version: Option<i64>,
        change: Change,
    ) -> Saving<'a>;
}

/// People.
pub(super) struct Users;

impl Kept for Users {
    type Show = ShowUser;
    type Find = FindUsers;
    type End = EndUser;
    fn show(id: RecordId) -> ShowUser {
        ShowUser(id)
    }
    fn find(asked: ListRequest) -> FindUsers {
        FindUsers(asked)
    }
    fn end(id: RecordId) -> EndUser {
        EndUser(id)
    }
    fn save<'a>(
        app: &'a App,
        actor: &'a Actor,
        id: Option<RecordId>,
        version: Option<i64>,
        change: Change,
    ) -> Saving<'a> {
        Box::pin(save_user(&app.gate, actor, id, version, change))
    }
}

/// Groups.
pub(super) struct Groups;

impl Kept for Groups {
    type Show = ShowGroup;
    type Find = FindGroups;
    type End = EndGroup;
    fn show(id: RecordId) -> ShowGroup {
        ShowGroup(id)
    }
    fn find(asked: ListRequest) -> FindGroups {
        FindGroups(asked)
    }
    fn end(id: RecordId) -> EndGroup {
        EndGroup(id)
    }
    fn save<'a>(
        app: &'a App,
        actor: &'a Actor,
        id: Option<RecordId>,
        version: Option<i64>,
        change: Change,
    ) -> Saving<'a> {
        let save = SaveGroup {
            id,
            version,
            change,
        };
        Box::pin(async move { Ok(app.gate.perform(actor, save).await?.into_inner()) })
    }
}

/// The addresses of a sort, below where it stands.
pub(super) fn routes<K: Kept>(at: &str) -> Router<App> {
    Router::new()
        .route(at, get(some::<K>).post(add::<K>))
        .route(&format!("{at}/.search"), post(search::<K>))
        .route(
            &format!("{at}/{{id}}"),
            get(one::<K>)
                .put(put::<K>)
                .patch(patch::<K>)
                .delete(end::<K>),
        )
}

async fn found<K: Kept>(app: &App, actor: &Actor, asked: ListRequest) -> ScimResult {
    let start = asked.start;
    let found = app.gate.view(actor, K::find(asked)).await?;
    Ok(list(&found, start))
}

async fn some<K: Kept>(
    State(app): State<App>,
    Directory(actor): Directory,
    RawQuery(raw): RawQuery,
) -> ScimResult {
    found::<K>(&app, &actor, asked(raw)).await
}

async fn search<K: Kept>(
    State(app): State<App>,
    Directory(actor): Directory,
    bytes: Bytes,
) -> ScimResult {
    found::<K>(&app, &actor, asked_by_body(&bytes)?).await
}

async fn one<K: Kept>(
    State(app): State<App>,
    Directory(actor): Directory,
    Path(text): Path<String>,
    RawQuery(raw): RawQuery,
) -> ScimResult {
    let shown = app.gate.view(&actor, K::show(id(&text)?)).await?;
    let narrowed = asked(raw).shown.narrow(shown.into_inner());
    Ok(told(StatusCode::OK, &narrowed))
}

async fn add<K: Kept>(
    State(app): State<App>,
    Directory(actor): Directory,
    bytes: Bytes,
) -> ScimResult {
    let made = K::save(&app, &actor, None, None, Change::Put(body(&bytes)?)).await?;
    Ok(told(StatusCode::CREATED, &made))
}

async fn put<K: Kept>(
    State(app): State<App>,
    Directory(actor): Directory,
    Path(text): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> ScimResult {
    let (id, version) = (id(&text)?, seen(&headers)?);
    let saved = K::save(&app, &actor, Some(id), version, Change::Put(body(&bytes)?)).await?;
    Ok(told(StatusCode::OK, &saved))
}

async fn patch<K: Kept>(
    State(app): State<App>,
    Directory(actor): Directory,
    Path(text): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> ScimResult {
    let (id, version) = (id(&text)?, seen(&headers)?);
    let saved = K::save(
        &app,
        &actor,
        Some(id),
        version,
        Change::Patch(body(&bytes)?),
    )
    .await?;
    Ok(told(StatusCode::OK, &saved))
}

async fn end<K: Kept>(
    State(app): State<App>,
    Directory(actor): Directory,
    Path(text): Path<String>,
) -> ScimResult {
    app.gate.perform(&actor, K::end(id(&text)?)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
