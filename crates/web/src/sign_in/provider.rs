//! Signing in, and proving once more, by an organization's identity provider.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Query, Signed, cookie, signed_in_by},
    shared::{Answer, Nothing, OwnPath, go, page, refused, rest, session_cookie, with_cookie},
    sign_in::unsigned::{Unsigned, may_try, too_many},
    sign_in::{
        enter::{Next, again},
        kept::Kept,
    },
};
use askama::Template;
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use interpres_gate::Refusal;
use interpres_sso::{
    Begun, Outward, ProviderFailed, Purpose, begin, begin_for_address, begin_link, finish,
    log_out_by_provider,
};
use interpres_types::ProviderId;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "to_provider.html")]
struct ToProvider {
    url: String,
}

/// The way out, where the operator lets anybody out.
fn out(app: &App) -> Result<&Outward, Refusal> {
    app.options.outward.as_ref().ok_or(Refusal::NotFound)
}

pub(crate) fn redirect_uri(app: &App) -> String {
    format!(
        "{}/sign-in/provider/answer",
        app.options.public_url.trim_end_matches('/')
    )
}

/// A page that leads on by itself: our own policy lets no form go elsewhere, not even by a redirect.
fn off(app: &App, begun: Begun) -> Answer {
    let page = page(&ToProvider { url: begun.url })?;
    Ok(with_cookie(
        page,
        &format!(
            "{}={}; Max-Age=600{}",
            app.cookies.flow,
            begun.binding,
            rest(app)
        ),
    ))
}

fn failed(failed: ProviderFailed) -> Answer {
    let (status, message) = match failed {
        ProviderFailed::Provider => (StatusCode::BAD_GATEWAY, say::provider_failed().to_owned()),
        ProviderFailed::Flow => (StatusCode::BAD_REQUEST, say::provider_flow().to_owned()),
        ProviderFailed::Declined => (
            StatusCode::UNAUTHORIZED,
            say::provider_declined().to_owned(),
        ),
        ProviderFailed::Nobody(words) => {
            (StatusCode::FORBIDDEN, say::overheard(&words).into_owned())
        }
        ProviderFailed::Refused(refusal) => return Err(refusal.into()),
    };
    again(status, &message, Kept::default())
}

#[derive(Deserialize)]
pub(crate) struct Address {
    email: String,
    #[serde(default)]
    next: OwnPath,
}

pub(crate) async fn by_address(
    State(app): State<App>,
    Unsigned(origin, typed): Unsigned<Address>,
) -> Answer {
    match begin_for_address(
        &app.gate,
        out(&app)?,
        &typed.email,
        &redirect_uri(&app),
        typed.next.as_ref(),
        &origin,
    )
    .await
    {
        Ok(begun) => off(&app, begun),
        Err(why) => failed(why),
    }
}

/// A workspace's own address for signing in.
pub(crate) async fn by_link(
    State(app): State<App>,
    Path(id): Path<ProviderId>,
    Query(next): Query<Next>,
    request: Request,
) -> Answer {
    let origin = crate::door::origin(&request.into_parts().0);
    if !may_try(&app, &origin) {
        return Ok(too_many());
    }
    let place = app
        .gate
        .workspace_of_provider(id)
        .await?
        .ok_or(Refusal::NotFound)?;
    match begin(
        &app.gate,
        out(&app)?,
        (place, id),
        Purpose::SignIn,
        &redirect_uri(&app),
        next.next.as_ref(),
        &origin,
    )
    .await
    {
        Ok(begun) => off(&app, begun),
        Err(why) => failed(why),
    }
}

/// Proof once more, for a session that came by a provider.
pub(crate) async fn prove(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(next): Query<Next>,
) -> Answer {
    let (Some(id), Some(session)) = (actor.via(), actor.session()) else {
        return Err(Refusal::NotFound.into());
    };
    let purpose = Purpose::Prove(session.to_owned());
    match begin(
        &app.gate,
        out(&app)?,
        (actor.workspace(), id),
        purpose,
        &redirect_uri(&app),
        next.next.as_ref(),
        actor.origin(),
    )
    .await
    {
        Ok(begun) => off(&app, begun),
        Err(why) => failed(why),
    }
}

/// Links the account that one is signed in to.
pub(crate) async fn link(
    State(app): State<App>,
    Path(id): Path<ProviderId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    match begin_link(&app.gate, out(&app)?, &actor, id, &redirect_uri(&app)).await {
        Ok(begun) => off(&app, begun),
        Err(why) => failed(why),
    }
}

pub(crate) async fn answer(
    State(app): State<App>,
    Query(answer): Query<interpres_sso::Answer>,
    request: Request,
) -> Answer {
    let parts = request.into_parts().0;
    let origin = crate::door::origin(&parts);
    if !may_try(&app, &origin) {
        return Ok(too_many());
    }
    let binding = cookie(&parts.headers, &app.cookies.flow);
    let actor = signed_in_by(&app, &parts.headers, origin.clone()).await?;
    match finish(
        &app.gate,
        out(&app)?,
        &answer,
        binding,
        &redirect_uri(&app),
        actor.as_ref(),
        &origin,
    )
    .await
    {
        Ok(back) => {
            let mut response = go(OwnPath::from(back.next))?;
            if let Some(token) = &back.token {
                response = with_cookie(response, &session_cookie(&app, token));
            }
            Ok(with_cookie(
                response,
                &format!("{}=; Max-Age=0{}", app.cookies.flow, rest(&app)),
            ))
        }
        Err(why) => failed(why),
    }
}

#[derive(Deserialize)]
pub(crate) struct Logout {
    logout_token: String,
}

/// What a provider sends when somebody signed out there.
pub(crate) async fn log_out(
    State(app): State<App>,
    Path(id): Path<ProviderId>,
    Unsigned(origin, sent): Unsigned<Logout>,
) -> Result<Response, Response> {
    let bad = || (StatusCode::BAD_REQUEST, "{\"error\":\"invalid_request\"}\n").into_response();
    let refused = |refusal: Refusal| refused(&refusal);
    let place = app
        .gate
        .workspace_of_provider(id)
        .await
        .map_err(refused)?
        .ok_or_else(bad)?;
    let outward = out(&app).map_err(refused)?;
    match log_out_by_provider(&app.gate, outward, (place, id), &sent.logout_token, &origin).await {
        Ok(_) => Ok(StatusCode::OK.into_response()),
        Err(_) => Err(bad()),
    }
}
