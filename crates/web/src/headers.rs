//! What stands around every answer: the headers it carries, the count of what is under way, the longest it may take.
use crate::{
    App,
    early::{Form, within},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'";

/// `same-origin` rather than `no-referrer`: with the latter browsers send "Origin: null" along with our own forms (Fetch
/// standard, "append a request Origin header").
const ALWAYS: [(&str, &str); 8] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    ),
    ("x-frame-options", "DENY"),
];

fn always(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

pub(crate) async fn secure(State(app): State<App>, request: Request, next: Next) -> Response {
    let form = Form::of(request.uri().path());
    let answer = async {
        match app.site.refuse(&request, || app.may_tell()) {
            Some(refused) => refused,
            None => next.run(request).await,
        }
    };
    let mut response = app
        .measures
        .around(within(app.options.patience.0, form, answer))
        .await;
    let headers = response.headers_mut();
    always(headers);
    headers.insert(
        header::STRICT_TRANSPORT_SECURITY,
        HeaderValue::from_static("max-age=63072000; includeSubDomains"),
    );
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The same for what is served in clear, where HTTPS is not to be spoken of (RFC 6797 section 7.2).
pub(crate) async fn in_clear(mut response: Response) -> Response {
    always(response.headers_mut());
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
