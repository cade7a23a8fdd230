//! Making a route of the API and its description in one line. The handlers are generic, because
//! all they do is read, pass to the gate, and write.
use crate::{
    App,
    app::FromParams,
    door::Keyed,
    openapi::{Document, Operation},
    problem::Problem,
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post, put},
};
use futures_util::future::BoxFuture;
use interpres_gate::{Actor, Command, Query, Refusal};
use interpres_types::{
    AccessReviewId, AgreementOfferId, AppointmentId, BreakGlassId, CustomerId, EntryId, FindingId,
    ImportId, InterpreterId, InvitationId, InvoiceId, MemberId, ModeChangeId, OfferId, ProviderId,
    RecoveryId, RoleId, SavedQueryId, ServiceId, TeamId, VoucherId, WatchId,
};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

pub(crate) struct Routes {
    pub(crate) router: Router<App>,
    pub(crate) document: Document,
}

/// A part of a path that is an id; one that is none is not found.
pub(crate) trait FromPath: Sized + Send {
    fn from_path(parts: &[(String, String)]) -> Option<Self>;
}
impl FromPath for () {
    fn from_path(_: &[(String, String)]) -> Option<Self> {
        Some(())
    }
}
macro_rules! from_path {
    ($($id:ty),+) => {$(
        impl FromPath for $id {
            fn from_path(parts: &[(String, String)]) -> Option<Self> {
                parts.first()?.1.parse().ok()
            }
        }
    )+};
}
from_path!(
    InterpreterId,
    CustomerId,
    AppointmentId,
    OfferId,
    VoucherId,
    InvoiceId,
    ImportId,
    EntryId,
    FindingId,
    WatchId,
    SavedQueryId,
    MemberId,
    InvitationId,
    RoleId,
    TeamId,
    AgreementOfferId,
    ModeChangeId,
    ProviderId,
    AccessReviewId,
    RecoveryId,
    ServiceId,
    BreakGlassId
);

/// What is looked at outside before something is done.
pub(crate) type First<B> =
    for<'a> fn(&'a App, &'a Actor, &'a B) -> BoxFuture<'a, Result<(), Refusal>>;

fn nothing<'a, B>(_: &'a App, _: &'a Actor, _: &'a B) -> BoxFuture<'a, Result<(), Refusal>> {
    Box::pin(async { Ok(()) })
}

impl Routes {
    fn route(mut self, path: &str, method: MethodRouter<App>) -> Self {
        self.router = self.router.route(path, method);
        self
    }

    fn describe<A: JsonSchema>(
        mut self,
        method: &'static str,
        path: &'static str,
        summary: &'static str,
        (action, permission): (&'static str, String),
        body: Option<schemars::Schema>,
        query: Option<schemars::Schema>,
    ) -> Self {
        let answer = self.document.schema::<A>();
        self.document.add(Operation {
            method,
            path,
            summary,
            action,
            permission,
            query,
            body,
            answer,
        });
        self
    }

    /// A list whose filters are the query's own fields.
    pub(crate) fn list<Q>(mut self, path: &'static str, summary: &'static str) -> Self
    where
        Q: FromParams + JsonSchema + 'static,
        Q::View: JsonSchema,
    {
        let query = self.document.inline::<Q>();
        let handler = |State(app): State<App>, Keyed(actor): Keyed, RawQuery(raw): RawQuery| async move {
            view(&app, &actor, params::<Q>(raw)?).await
        };
        self.describe::<Q::View>(
            "get",
            path,
            summary,
            (Q::ACTION.name(), Q::PERMISSION.to_string()),
            None,
            Some(query),
        )
        .route(path, get(handler))
    }

    /// A view that needs nothing to be said.
    pub(crate) fn fixed<Q>(self, path: &'static str, summary: &'static str, query: Q) -> Self
    where
        Q: Query + Clone + Sync + 'static,
        Q::View: JsonSchema,
    {
        let handler = move |State(app): State<App>, Keyed(actor): Keyed| async move {
            view(&app, &actor, query.clone()).await
        };
        self.describe::<Q::View>(
            "get",
            path,
            summary,
            (Q::ACTION.name(), Q::PERMISSION.to_string()),
            None,
            None,
        )
        .route(path, get(handler))
    }

    /// One record.
    pub(crate) fn show<I, Q>(
        self,
        path: &'static str,
        summary: &'static str,
        make: fn(I) -> Q,
    ) -> Self
    where
        I: FromPath + 'static,
        Q: Query + 'static,
        Q::View: JsonSchema,
    {
        let handler = move |State(app): State<App>,
                            Keyed(actor): Keyed,
                            Path(parts): Path<Vec<(String, String)>>| async move {
            let id = I::from_path(&parts).ok_or(Refusal::NotFound)?;
            view(&app, &actor, make(id)).await
        };
        self.describe::<Q::View>(
            "get",
            path,
            summary,
            (Q::ACTION.name(), Q::PERMISSION.to_string()),
            None,
            None,
        )
        .route(path, get(handler))
    }

    /// A question that names somebody: a POST, so that it stands in no address.
    pub(crate) fn ask<B, Q>(
        mut self,
        path: &'static str,
        summary: &'static str,
        make: fn(B) -> Q,
    ) -> Self
    where
        B: DeserializeOwned + JsonSchema + Default + Send + 'static,
        Q: Query + 'static,
        Q::View: JsonSchema,
    {
        let body = self.document.schema::<B>();
        let handler = move |State(app): State<App>, Keyed(actor): Keyed, bytes: Bytes| async move {
            view(&app, &actor, make(read::<B>(&bytes)?)).await
        };
        self.describe::<Q::View>(
            "post",
            path,
            summary,
            (Q::ACTION.name(), Q::PERMISSION.to_string()),
            Some(body),
            None,
        )
        .route(path, post(handler))
    }

    /// Something done: a POST with a JSON body.
    pub(crate) fn act<I, B, C>(
        self,
        path: &'static str,
        summary: &'static str,
        make: impl Fn(I, B) -> Result<C, Refusal> + Clone + Send + Sync + 'static,
    ) -> Self
    where
        I: FromPath + 'static,
        B: DeserializeOwned + JsonSchema + Default + Send + Sync + 'static,
        C: Command,
        C::Outcome: JsonSchema,
    {
        self.act_after(path, summary, nothing, make)
    }

    /// The same, after something outside was asked.
    pub(crate) fn act_after<I, B, C>(
        mut self,
        path: &'static str,
        summary: &'static str,
        first: First<B>,
        make: impl Fn(I, B) -> Result<C, Refusal> + Clone + Send + Sync + 'static,
    ) -> Self
    where
        I: FromPath + 'static,
        B: DeserializeOwned + JsonSchema + Default + Send + Sync + 'static,
        C: Command,
        C::Outcome: JsonSchema,
    {
        let body = self.document.schema::<B>();
        let handler = move |State(app): State<App>,
                            Keyed(actor): Keyed,
                            Path(parts): Path<Vec<(String, String)>>,
                            bytes: Bytes| async move {
            let id = I::from_path(&parts).ok_or(Refusal::NotFound)?;
            let body = read::<B>(&bytes)?;
            let command = match first(&app, &actor, &body).await {
                Ok(()) => make(id, body),
                Err(refusal) => Err(refusal),
            };
            let outcome = match command {
                Ok(command) => app.gate.perform(&actor, command).await?.into_inner(),
                Err(refusal) => app.gate.turn_away::<C>(&actor, refusal).await?.into_inner(),
            };
            Ok::<_, Problem>(answer(StatusCode::CREATED, &outcome))
        };
        self.describe::<C::Outcome>(
            "post",
            path,
            summary,
            (C::ACTION.name(), C::PERMISSION.to_string()),
            Some(body),
            None,
        )
        .route(path, post(handler))
    }

    /// A record replaced: a PUT with the version the caller saw in `If-Match`.
    pub(crate) fn replace<I, B, C>(
        mut self,
        path: &'static str,
        summary: &'static str,
        make: fn(I, Option<i64>, B) -> C,
    ) -> Self
    where
        I: FromPath + 'static,
        B: DeserializeOwned + JsonSchema + Default + Send + 'static,
        C: Command,
        C::Outcome: JsonSchema,
    {
        let body = self.document.schema::<B>();
        let handler = move |State(app): State<App>,
                            Keyed(actor): Keyed,
                            Path(parts): Path<Vec<(String, String)>>,
                            headers: HeaderMap,
                            bytes: Bytes| async move {
            let id = I::from_path(&parts).ok_or(Refusal::NotFound)?;
            let version = seen_version(&headers)?;
            let outcome = app
                .gate
                .perform(&actor, make(id, Some(version), read::<B>(&bytes)?))
                .await?
                .into_inner();
            Ok::<_, Problem>(answer(StatusCode::OK, &outcome))
        };
        self.describe::<C::Outcome>(
            "put",
            path,
            summary,
            (C::ACTION.name(), C::PERMISSION.to_string()),
            Some(body),
            None,
        )
        .route(path, put(handler))
    }
}

pub(crate) fn params<Q: DeserializeOwned>(raw: Option<String>) -> Result<Q, Problem> {
    serde_html_form::from_str(&raw.unwrap_or_default()).map_err(|_| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "unreadable",
            "Not readable",
            "The query string can't be read.",
        )
    })
}

/// A JSON body; an empty one stands for an empty object. Messages of the reader may repeat what
/// was sent, so only the place and the names of unknown fields are told.
pub(crate) fn read<B: DeserializeOwned + Default>(bytes: &[u8]) -> Result<B, Problem> {
    if bytes.trim_ascii().is_empty() {
        return Ok(B::default());
    }
    if !bytes.trim_ascii().starts_with(b"{") {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "unreadable",
            "Not readable",
            "The body is no JSON that fits: it must be an object.",
        ));
    }
    serde_json::from_slice(bytes).map_err(|e| {
        let text = e.to_string();
        let what = if text.starts_with("unknown field") {
            text
        } else {
            format!(
                "The body is no JSON that fits, at line {} column {}.",
                e.line(),
                e.column()
            )
        };
        Problem::new(StatusCode::BAD_REQUEST, "unreadable", "Not readable", what)
    })
}

fn seen_version(headers: &HeaderMap) -> Result<i64, Problem> {
    let tag = headers.get(header::IF_MATCH).and_then(|v| v.to_str().ok());
    let Some(tag) = tag else {
        return Err(Problem::new(
            StatusCode::PRECONDITION_REQUIRED,
            "precondition-required",
            "Say which version you saw",
            "Send the ETag of the version you saw as If-Match, so that nobody's change is lost.",
        ));
    };
    tag.trim()
        .trim_start_matches("W/")
        .trim_matches('"')
        .parse()
        .map_err(|_| {
            Problem::new(
                StatusCode::PRECONDITION_FAILED,
                "conflict",
                "In conflict",
                "This If-Match is no ETag of ours.",
            )
        })
}

pub(crate) async fn view<Q: Query>(
    app: &App,
    actor: &Actor,
    query: Q,
) -> Result<Response, Problem> {
    let view = app.gate.view(actor, query).await?.into_inner();
    Ok(answer(StatusCode::OK, &view))
}

/// JSON with an ETag where there is a version; plain lists become `{items, next}`.
pub(crate) fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    let mut json = serde_json::to_value(body).unwrap_or_default();
    if json.is_array() {
        json = serde_json::json!({ "items": json, "next": null });
    }
    let tag = json
        .get("version")
        .and_then(serde_json::Value::as_i64)
        .and_then(|v| HeaderValue::from_str(&format!("\"{v}\"")).ok());
    let mut response = (status, Json(json)).into_response();
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
