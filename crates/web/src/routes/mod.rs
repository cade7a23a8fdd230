//! Making a page's route, a route of the API, and its description, each in one line. The handlers of the API are generic,
//! because all they do is read, pass to the gate, and write.
use crate::{
    App,
    app::FromParams,
    door::Keyed,
    openapi::{self, Document},
    posted::Posted,
    problem::Problem,
    routes::{
        from_path::FromPath,
        json::{seen_version, view},
    },
    shared::{MessagePage, Pairs, go, mend},
};
use axum::{
    Router,
    body::Bytes,
    extract::{Path, RawQuery, State},
    handler::Handler,
    http::{HeaderMap, StatusCode, Uri},
    routing::{MethodRouter, get, post, put},
};
use interpres_compliance::Serving;
use interpres_gate::{Action, Command, Permission, Query, Refusal, Way};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

mod from_path;
mod inputs;
mod json;
mod reached;
mod whole_api;

use inputs::of_pairs;
pub(crate) use inputs::{AssignmentInput, ExportersInput, Nothing, PageInput, ReasonInput, need};
use inputs::{First, nothing};
pub(crate) use json::{answer, params, read};
use reached::By;
pub use reached::Operation;
pub(crate) use reached::Reached;
pub(crate) use whole_api::whole_api;

/// The addresses of all areas as they are put together: pages, the API, and the document that describes it. A line of the API
/// begins an act, and so does [`Routes::of`]; the lines of pages that follow are of the same act.
pub(crate) struct Routes {
    pub(crate) pages: Router<App>,
    pub(crate) api: Router<App>,
    pub(crate) document: Document,
    /// By which of them each act is reached.
    pub(crate) reached: Reached,
    /// What the process knows of how it serves.
    pub(crate) serving: Serving,
    /// Whether it shows made-up people, for trying out.
    pub(crate) demo: bool,
}

impl Routes {
    pub(crate) fn new(serving: Serving, demo: bool) -> Self {
        Self {
            pages: Router::new(),
            api: Router::new(),
            document: Document::new(),
            reached: Reached::default(),
            serving,
            demo,
        }
    }
    /// With the addresses of a part of the house.
    pub(crate) fn with(mut self, part: fn(Self) -> Self) -> Self {
        self.reached.now_at(None);
        part(self)
    }
    /// What follows is of this act, which has no line of the API, or one that answers with a file.
    pub(crate) fn of(mut self, action: Action) -> Self {
        self.reached.now_at(Some((action, action.permission())));
        self
    }
    /// The act is shown on another's page.
    pub(crate) fn beside(mut self, page: &'static str) -> Self {
        self.reached.add(By::AnotherPage, Way::Page, "GET", page);
        self
    }
    /// A page that is looked at.
    pub(crate) fn page<H, T>(mut self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.reached.add(By::Handler, Way::Page, "GET", path);
        self.pages = self.pages.route(path, get(handler));
        self
    }
    /// Where a page's form is sent.
    pub(crate) fn form<H, T>(mut self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.reached.add(By::Handler, Way::Page, "POST", path);
        self.pages = self.pages.route(path, post(handler));
        self
    }
    /// An address of the API that answers with a file.
    pub(crate) fn api_get<H, T>(mut self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.reached.add(By::Handler, Way::Api, "GET", path);
        self.route(path, get(handler))
    }
    /// An address of the API that takes or gives a file.
    pub(crate) fn api_post<H, T>(mut self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.reached.add(By::Handler, Way::Api, "POST", path);
        self.route(path, post(handler))
    }
    fn route(mut self, path: &str, method: MethodRouter<App>) -> Self {
        self.api = self.api.route(path, method);
        self
    }

    fn describe<A: JsonSchema>(
        mut self,
        method: &'static str,
        path: &'static str,
        summary: &'static str,
        (action, permission): (Action, Permission),
        body: Option<schemars::Schema>,
        query: Option<schemars::Schema>,
    ) -> Self {
        self.reached.now_at(Some((action, permission)));
        self.reached.add(By::Shared, Way::Api, method, path);
        let answer = self.document.schema::<A>();
        self.document.add(openapi::Operation {
            method,
            path,
            summary,
            action: action.name(),
            permission: permission.to_string(),
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
            "GET",
            path,
            summary,
            (Q::ACTION, Q::PERMISSION),
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
        self.describe::<Q::View>("GET", path, summary, (Q::ACTION, Q::PERMISSION), None, None)
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
        self.describe::<Q::View>("GET", path, summary, (Q::ACTION, Q::PERMISSION), None, None)
            .route(path, get(handler))
    }

    /// A list that is of a record, page by page.
    pub(crate) fn list_of<I, Q>(
        mut self,
        path: &'static str,
        summary: &'static str,
        make: fn(I, PageInput) -> Q,
    ) -> Self
    where
        I: FromPath + 'static,
        Q: Query + 'static,
        Q::View: JsonSchema,
    {
        let query = self.document.inline::<PageInput>();
        let handler = move |State(app): State<App>,
                            Keyed(actor): Keyed,
                            Path(parts): Path<Vec<(String, String)>>,
                            RawQuery(raw): RawQuery| async move {
            let id = I::from_path(&parts).ok_or(Refusal::NotFound)?;
            view(&app, &actor, make(id, params(raw)?)).await
        };
        self.describe::<Q::View>(
            "GET",
            path,
            summary,
            (Q::ACTION, Q::PERMISSION),
            None,
            Some(query),
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
            "POST",
            path,
            summary,
            (Q::ACTION, Q::PERMISSION),
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

    /// The same, and by a page's form at the same address, with the same fields; `then` is shown afterwards, where the address's
    /// own id may stand in it.
    pub(crate) fn act_by_form<I, B, C>(
        self,
        path: &'static str,
        summary: &'static str,
        then: &'static str,
        make: impl Fn(I, B) -> Result<C, Refusal> + Clone + Send + Sync + 'static,
    ) -> Self
    where
        I: FromPath + 'static,
        B: DeserializeOwned + JsonSchema + Default + Send + Sync + 'static,
        C: Command,
        C::Outcome: JsonSchema,
    {
        let by_form = make.clone();
        let handler = move |State(app): State<App>,
                            Path(parts): Path<Vec<(String, String)>>,
                            uri: Uri,
                            Posted(actor, pairs): Posted<Pairs>| async move {
            let id = I::from_path(&parts).ok_or(Refusal::NotFound)?;
            let Ok(body) = of_pairs::<B>(&pairs) else {
                return Ok(MessagePage::not_ours());
            };
            let done = match by_form(id, body) {
                Ok(command) => app.gate.perform(&actor, command).await.map(drop),
                Err(refusal) => app.gate.turn_away::<C>(&actor, refusal).await.map(drop),
            };
            let to = then.replace("{id}", parts.first().map_or("", |(_, id)| id));
            match done {
                Ok(()) => go(to),
                Err(refusal) => mend::page(&actor, uri.path(), to, pairs, refusal),
            }
        };
        self.act(path, summary, make).form(path, handler)
    }

    /// The same as [`Routes::act`], after something outside was asked.
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
            "POST",
            path,
            summary,
            (C::ACTION, C::PERMISSION),
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
            "PUT",
            path,
            summary,
            (C::ACTION, C::PERMISSION),
            Some(body),
            None,
        )
        .route(path, put(handler))
    }
}
