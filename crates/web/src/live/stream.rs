//! The stream of live updates of a signed-in page: server-sent events (WHATWG HTML, section 9.2).
use crate::{
    App,
    door::{Query, cookie, origin, to_sign_in},
    problem,
};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, header, request::Parts},
    response::{IntoResponse, Response},
};
use futures_util::stream::unfold;
use interpres_gate::{Ending, Listening, LiveEvent, Refusal, Telling, random};
use serde::Deserialize;
use std::{convert::Infallible, fmt::Write};

/// The shortest wait before a browser reconnects. Up to two seconds are added at random, so that not all do at once.
const COMES_BACK_MS: u16 = 1_500;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ListenQuery {
    /// The page's position, until the browser has a later one of its own.
    after: Option<String>,
}

/// Sends what changed, for as long as the session is valid. Listening does not extend it.
pub(crate) async fn listen(
    State(app): State<App>,
    Query(asked): Query<ListenQuery>,
    parts: Parts,
) -> Response {
    let Some(token) = cookie(&parts.headers, &app.cookies.session) else {
        return to_sign_in();
    };
    let after = last_event(&parts.headers).or(asked.after.as_deref());
    match app.gate.listen(token, origin(&parts), after).await {
        Ok(Some(listening)) => events(listening),
        Ok(None) => to_sign_in(),
        // As plain text: a page around it would use the session.
        Err(refusal) => refused(&refusal),
    }
}

fn last_event(headers: &HeaderMap) -> Option<&str> {
    headers.get("last-event-id")?.to_str().ok()
}

fn refused(refusal: &Refusal) -> Response {
    let words = match refusal {
        Refusal::Conflict(conflict) => conflict.message.clone(),
        other => other.to_string(),
    };
    (problem::status(refusal), words).into_response()
}

fn events(listening: Listening) -> Response {
    let wait = COMES_BACK_MS + u16::from(random::<1>()[0]) * 8;
    let first = futures_util::stream::once(async move { format!("retry: {wait}\n\n") });
    let told = unfold(listening, |mut listening| async move {
        let telling = listening.next().await?;
        Some((written(&telling), listening))
    });
    let all = futures_util::StreamExt::chain(first, told);
    let body = Body::from_stream(futures_util::StreamExt::map(all, Ok::<_, Infallible>));
    let headers = [
        (header::CONTENT_TYPE.as_str(), "text/event-stream"),
        (header::CACHE_CONTROL.as_str(), "no-store, no-transform"),
        // Tells nginx to pass each event on as it comes.
        ("x-accel-buffering", "no"),
    ];
    (headers, body).into_response()
}

/// What is sent, as events. The last one carries the position, so that a page which lost some of them is sent all again.
fn written(telling: &Telling) -> String {
    let Telling { seen, told } = telling;
    if told.is_empty() {
        return format!(": still here\nid: {seen}\ndata: still\n\n");
    }
    let (mut out, told_count) = (String::new(), told.len());
    for (number, told) in told.iter().enumerate() {
        let data = match told {
            LiveEvent::Changed { kind, id } => format!("{kind} {id}"),
            LiveEvent::Unread(count) => format!("notice {count}"),
            LiveEvent::Everything => "refresh".to_owned(),
            LiveEvent::Over(Ending::Session) => "over session".to_owned(),
            LiveEvent::Over(Ending::Rights) => "over rights".to_owned(),
        };
        if number + 1 == told_count {
            let _ = writeln!(out, "id: {seen}");
        }
        let _ = write!(out, "data: {data}\n\n");
    }
    out
}
