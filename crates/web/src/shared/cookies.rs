//! The cookies that an answer sets.
use crate::App;
use axum::{
    http::{HeaderValue, header},
    response::Response,
};

pub(crate) fn rest(app: &App) -> &'static str {
    if app.options.secure {
        "; Path=/; HttpOnly; SameSite=Lax; Secure"
    } else {
        "; Path=/; HttpOnly; SameSite=Lax"
    }
}

pub(crate) fn session_cookie(app: &App, token: &str) -> String {
    format!("{}={token}{}", app.cookies.session, rest(app))
}

pub(crate) fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}
