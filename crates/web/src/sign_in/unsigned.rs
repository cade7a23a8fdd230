//! Forms of people who are not signed in, and how often they may be sent.
use crate::{
    App,
    shared::MessagePage,
    sign_in::{enter::again, kept::Kept},
};
use axum::{
    extract::{FromRequest, Request},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use interpres_gate::Origin;
use serde::de::DeserializeOwned;

/// A form of somebody who is not signed in.
pub(crate) struct Unsigned<T>(pub(crate) Origin, pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Unsigned<T> {
    type Rejection = Response;
    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let origin = crate::door::origin(&parts);
        if !may_try(app, &origin) {
            return Err(too_many());
        }
        let bytes = axum::body::to_bytes(body, 64 * 1024)
            .await
            .map_err(|_| MessagePage::too_large())?;
        let typed = serde_html_form::from_bytes(&bytes).map_err(|_| MessagePage::not_ours())?;
        Ok(Self(origin, typed))
    }
}

/// So many may knock from one address in a minute.
pub(crate) fn may_try(app: &App, origin: &Origin) -> bool {
    app.may_knock(origin.address.as_deref())
}

/// What those get who may not.
pub(crate) fn too_many() -> Response {
    again(
        StatusCode::TOO_MANY_REQUESTS,
        say::too_many_tries(),
        Kept::default(),
    )
    .unwrap_or_else(IntoResponse::into_response)
}
