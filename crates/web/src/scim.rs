//! SCIM 2.0 over HTTP (RFC 7644): its own form of answers and errors, at `/scim/v2`.
use crate::{
    App,
    door::{bearer, origin},
};
use axum::{
    Router,
    body::Bytes,
    extract::{FromRequestParts, Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use interpres_gate::{Actor, Refusal};
use interpres_sso::scim::{
    Asked, Change, EndGroup, EndUser, FindGroups, FindUsers, Found, MOST, SaveGroup, ShowGroup,
    ShowUser, Shown, resource_type, resource_types, save_user, schema, schemas,
    service_provider_config,
};
use interpres_types::RecordId;
use serde_json::{Value, json};

const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/ServiceProviderConfig", get(config))
        .route("/Schemas", get(all_schemas))
        .route("/Schemas/{id}", get(one_schema))
        .route("/ResourceTypes", get(all_types))
        .route("/ResourceTypes/{id}", get(one_type))
        .route("/.search", axum::routing::post(search))
        .route("/Users", get(users).post(add_user))
        .route("/Users/.search", axum::routing::post(search_users))
        .route(
            "/Users/{id}",
            get(user).put(put_user).patch(patch_user).delete(end_user),
        )
        .route("/Groups", get(groups).post(add_group))
        .route("/Groups/.search", axum::routing::post(search_groups))
        .route(
            "/Groups/{id}",
            get(group)
                .put(put_group)
                .patch(patch_group)
                .delete(end_group),
        )
        .fallback(|| async { Wrong::from(Refusal::NotFound) })
        .method_not_allowed_fallback(|| async {
            Wrong::new(
                StatusCode::METHOD_NOT_ALLOWED,
                None,
                "This address does not take this method.",
            )
        })
}

/// An error that comes before a handler.
pub(crate) fn wrong(status: StatusCode, words: &str) -> Response {
    Wrong::new(status, None, words).into_response()
}

/// An error as SCIM tells it.
struct Wrong(StatusCode, Value);

impl Wrong {
    fn new(status: StatusCode, kind: Option<&str>, detail: &str) -> Self {
        let mut body =
            json!({ "schemas": [ERROR], "status": status.as_u16().to_string(), "detail": detail });
        if let Some(kind) = kind {
            body["scimType"] = kind.into();
        }
        Self(status, body)
    }
}

impl From<Refusal> for Wrong {
    fn from(refusal: Refusal) -> Self {
        let words = refusal.to_string();
        match &refusal {
            Refusal::Invalid(problems) => {
                let kinds = [
                    "invalidFilter",
                    "tooMany",
                    "uniqueness",
                    "mutability",
                    "invalidSyntax",
                    "invalidPath",
                    "noTarget",
                    "invalidValue",
                ];
                let kind = problems
                    .list()
                    .first()
                    .and_then(|p| kinds.into_iter().find(|kind| *kind == p.field))
                    .unwrap_or("invalidValue");
                let status = if kind == "uniqueness" {
                    StatusCode::CONFLICT
                } else {
                    StatusCode::BAD_REQUEST
                };
                Self::new(status, Some(kind), &words)
            }
            Refusal::Conflict(c) if c.version.is_some() => {
                Self::new(StatusCode::PRECONDITION_FAILED, None, &words)
            }
            other => Self::new(crate::problem::status(other), None, &words),
        }
    }
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        let mut response = told(self.0, &self.1);
        if self.0 == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

fn told(status: StatusCode, body: &Value) -> Response {
    let mut response = (
        status,
        [(header::CONTENT_TYPE, "application/scim+json")],
        body.to_string(),
    )
        .into_response();
    let headers = response.headers_mut();
    if let Some(tag) = body["meta"]["version"]
        .as_str()
        .and_then(|v| HeaderValue::from_str(v).ok())
    {
        headers.insert(header::ETAG, tag);
    }
    if let (StatusCode::CREATED, Some(place)) = (
        status,
        body["meta"]["location"]
            .as_str()
            .and_then(|v| HeaderValue::from_str(v).ok()),
    ) {
        headers.insert(header::LOCATION, place);
    }
    response
}

/// A directory with its token.
struct Directory(Actor);

impl FromRequestParts<App> for Directory {
    type Rejection = Wrong;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Wrong> {
        let no = || {
            Wrong::new(
                StatusCode::UNAUTHORIZED,
                None,
                "Send the directory's token as Authorization: Bearer.",
            )
        };
        let token = bearer(&parts.headers).ok_or_else(no)?.to_owned();
        app.gate
            .admit_directory(&token, origin(parts))
            .await?
            .map(Self)
            .ok_or_else(no)
    }
}

type Told = Result<Response, Wrong>;

fn body(bytes: &Bytes) -> Result<Value, Wrong> {
    serde_json::from_slice(bytes).map_err(|_| {
        Wrong::new(
            StatusCode::BAD_REQUEST,
            Some("invalidSyntax"),
            "The body is no JSON.",
        )
    })
}

fn id(text: &str) -> Result<RecordId, Wrong> {
    text.parse().map_err(|_| Wrong::from(Refusal::NotFound))
}

/// The version that a caller saw, where they say.
fn seen(headers: &HeaderMap) -> Result<Option<i64>, Wrong> {
    let Some(tag) = headers
        .get(header::IF_MATCH)
        .and_then(|v| v.to_str().ok())
        .filter(|tag| *tag != "*")
    else {
        return Ok(None);
    };
    let version = tag
        .trim()
        .trim_start_matches("W/")
        .trim_matches('"')
        .parse()
        .ok();
    version.map(Some).ok_or_else(|| {
        Wrong::new(
            StatusCode::PRECONDITION_FAILED,
            None,
            "This If-Match is no version of ours.",
        )
    })
}

fn names(text: &str) -> Vec<String> {
    text.split(',')
        .filter(|name| !name.trim().is_empty())
        .map(str::to_owned)
        .collect()
}

fn asked(raw: Option<String>) -> Asked {
    let mut asked = Asked {
        start: 1,
        count: MOST,
        ..Asked::default()
    };
    let (mut only, mut but) = (Vec::new(), Vec::new());
    for (name, value) in form_urlencoded::parse(raw.unwrap_or_default().as_bytes()) {
        match name.to_ascii_lowercase().as_str() {
            "filter" => asked.filter = value.into_owned(),
            "startindex" => asked.start = value.parse().unwrap_or(1),
            "count" => {
                asked.count = value
                    .parse::<i64>()
                    .map_or(MOST, |n| usize::try_from(n).unwrap_or(0))
            }
            "attributes" => only = names(&value),
            "excludedattributes" => but = names(&value),
            _ => {}
        }
    }
    asked.shown = Shown::of(&only, &but);
    asked
}

/// The same in the body of a search (RFC 7644 section 3.4.3).
fn asked_by_body(bytes: &Bytes) -> Result<Asked, Wrong> {
    let body = body(bytes)?;
    let number = |name: &str, else_: usize| {
        body[name]
            .as_i64()
            .map_or(else_, |n| usize::try_from(n).unwrap_or(0))
    };
    let names = |name: &str| match &body[name] {
        Value::Array(all) => all
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        one => names(one.as_str().unwrap_or_default()),
    };
    let shown = Shown::of(&names("attributes"), &names("excludedAttributes"));
    Ok(Asked {
        filter: body["filter"].as_str().unwrap_or_default().to_owned(),
        start: number("startIndex", 1),
        count: number("count", MOST),
        shown,
    })
}

fn list(found: &Found, start: usize) -> Response {
    told(
        StatusCode::OK,
        &json!({ "schemas": [LIST], "totalResults": found.total, "startIndex": start.max(1), "itemsPerPage": found.resources.len(), "Resources": found.resources }),
    )
}

fn whole(all: Vec<Value>) -> Response {
    let total = all.len();
    list(
        &Found {
            total,
            resources: all,
        },
        1,
    )
}

async fn config(_: Directory) -> Response {
    told(StatusCode::OK, &service_provider_config())
}
async fn all_schemas(_: Directory) -> Response {
    whole(schemas())
}
async fn one_schema(_: Directory, Path(id): Path<String>) -> Told {
    schema(&id)
        .map(|found| told(StatusCode::OK, &found))
        .ok_or_else(|| Refusal::NotFound.into())
}
async fn all_types(_: Directory) -> Response {
    whole(resource_types())
}
async fn one_type(_: Directory, Path(id): Path<String>) -> Told {
    resource_type(&id)
        .map(|found| told(StatusCode::OK, &found))
        .ok_or_else(|| Refusal::NotFound.into())
}

/// A search of people and groups, in this order.
async fn search(State(app): State<App>, Directory(actor): Directory, bytes: Bytes) -> Told {
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
            FindGroups(Asked {
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
async fn found_users(app: &App, actor: &Actor, asked: Asked) -> Told {
    let start = asked.start;
    Ok(list(
        &app.gate.view(actor, FindUsers(asked)).await?.into_inner(),
        start,
    ))
}
async fn users(
    State(app): State<App>,
    Directory(actor): Directory,
    RawQuery(raw): RawQuery,
) -> Told {
    found_users(&app, &actor, asked(raw)).await
}
async fn search_users(State(app): State<App>, Directory(actor): Directory, bytes: Bytes) -> Told {
    found_users(&app, &actor, asked_by_body(&bytes)?).await
}
async fn user(
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
async fn add_user(State(app): State<App>, Directory(actor): Directory, bytes: Bytes) -> Told {
    Ok(told(
        StatusCode::CREATED,
        &save_user(&app.gate, &actor, None, None, Change::Put(body(&bytes)?)).await?,
    ))
}
async fn put_user(
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
async fn patch_user(
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
async fn end_user(
    State(app): State<App>,
    Directory(actor): Directory,
    Path(text): Path<String>,
) -> Told {
    app.gate.perform(&actor, EndUser(id(&text)?)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn found_groups(app: &App, actor: &Actor, asked: Asked) -> Told {
    let start = asked.start;
    Ok(list(
        &app.gate.view(actor, FindGroups(asked)).await?.into_inner(),
        start,
    ))
}
async fn groups(
    State(app): State<App>,
    Directory(actor): Directory,
    RawQuery(raw): RawQuery,
) -> Told {
    found_groups(&app, &actor, asked(raw)).await
}
async fn search_groups(State(app): State<App>, Directory(actor): Directory, bytes: Bytes) -> Told {
    found_groups(&app, &actor, asked_by_body(&bytes)?).await
}
async fn group(
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
async fn save_group(
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
async fn add_group(State(app): State<App>, Directory(actor): Directory, bytes: Bytes) -> Told {
    Ok(told(
        StatusCode::CREATED,
        &save_group(&app, &actor, None, None, Change::Put(body(&bytes)?)).await?,
    ))
}
async fn put_group(
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
async fn patch_group(
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
async fn end_group(
    State(app): State<App>,
    Directory(actor): Directory,
    Path(text): Path<String>,
) -> Told {
    app.gate.perform(&actor, EndGroup(id(&text)?)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
