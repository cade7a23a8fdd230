//! What is told instead of a page: a refusal, in the frame of whoever is signed in.
use crate::shared::filters;
use crate::{
    App,
    door::{origin, signed_in_by},
    shared::{frame::Frame, own_path::OwnPath},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use url::Url;

/// The words of a page that is a message.
#[derive(Clone)]
pub(crate) struct MessagePage {
    pub(crate) title: &'static str,
    pub(crate) text: String,
    pub(crate) list: Vec<String>,
}

#[derive(Template)]
#[template(path = "message.html")]
struct Message<'a> {
    told: &'a MessagePage,
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct Refusal<'a> {
    frame: Frame,
    told: &'a MessagePage,
    back: OwnPath,
}

impl MessagePage {
    /// The page for whoever is not signed in; [`in_frame`] makes it anew for the others.
    pub(crate) fn with(self, status: StatusCode) -> Response {
        let html = Message { told: &self }.render().unwrap_or_default();
        (status, Extension(self), Html(html)).into_response()
    }
    /// A form that no page of ours has.
    pub(crate) fn not_ours() -> Response {
        let text = say::not_ours_explained().to_owned();
        Self {
            title: say::not_ours_title(),
            text,
            list: Vec::new(),
        }
        .with(StatusCode::BAD_REQUEST)
    }
    /// A form that is larger than any may be.
    pub(crate) fn too_large() -> Response {
        let text = say::too_large_explained().to_owned();
        Self {
            title: say::too_large_title(),
            text,
            list: Vec::new(),
        }
        .with(StatusCode::PAYLOAD_TOO_LARGE)
    }
}

/// Puts what is told to somebody who is signed in into their frame, whichever handler or extractor told it.
pub(crate) async fn in_frame(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let (headers, path) = (parts.headers.clone(), parts.uri.path().to_owned());
    let from = origin(&parts);
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(told) = response.extensions().get::<MessagePage>() else {
        return response;
    };
    let Ok(Some(actor)) = signed_in_by(&app, &headers, from).await else {
        return response;
    };
    let page = Refusal {
        frame: Frame::of(&actor, ""),
        told,
        back: way_back(&headers, &path),
    };
    match page.render() {
        Ok(html) => (response.status(), Html(html)).into_response(),
        Err(_) => response,
    }
}

/// The page somebody came from, where the browser tells; the first page otherwise.
fn way_back(headers: &HeaderMap, here: &str) -> OwnPath {
    let from = headers
        .get(header::REFERER)
        .and_then(|from| from.to_str().ok())
        .and_then(|from| Url::parse(from).ok());
    let query = |url: &Url| {
        url.query()
            .map(|query| format!("?{query}"))
            .unwrap_or_default()
    };
    from.filter(|url| url.path() != here)
        .map(|url| OwnPath::from(format!("{}{}", url.path(), query(&url))))
        .unwrap_or_default()
}
