//! Which language an answer is in: the one that the browser asks for, until somebody is recognized who has chosen one.
use crate::early::Form;
use axum::{extract::Request, http::header, middleware::Next, response::Response};
use interpres_types::PageLanguage;
use say::speech;

/// Lets everything behind speak that language. Programs are answered in English.
pub(crate) async fn as_asked(request: Request, next: Next) -> Response {
    let asked = request
        .headers()
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|accepted| accepted.to_str().ok())
        .map(speech::any_of);
    let language = match Form::of(request.uri().path()) {
        Form::Page => asked.unwrap_or_default(),
        Form::Api | Form::Scim | Form::OAuth => PageLanguage::English,
    };
    speech::within(language, next.run(request)).await
}
