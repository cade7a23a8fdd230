use crate::{Texts, api, assets, headers, measure::Measures, pages, proxy};
use axum::{Router, extract::DefaultBodyLimit, http::StatusCode, middleware, routing::get};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use interpres_accounts::Doors;
use interpres_compliance::Serving;
use interpres_gate::{Gate, Query};
use interpres_sso::Outward;
use std::{num::NonZeroU32, sync::Arc, time::Duration};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, timeout::TimeoutLayer};

/// How the server is set up.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether people reach it by HTTPS; cookies are then for HTTPS only.
    pub secure: bool,
    /// Reverse proxies whose word about where a request came from is believed.
    pub proxies: Vec<ipnet::IpNet>,
    /// The address that people reach it by.
    pub public_url: String,
    /// The way out to identity providers, where there is one.
    pub outward: Option<Outward>,
    /// The service for text messages, where there is one.
    pub texts: Option<Texts>,
    /// Passkeys and lists of compromised passwords.
    pub doors: Arc<Doors>,
}

/// What every handler shares.
#[derive(Clone)]
pub struct App {
    /// The one way to data.
    pub gate: Gate,
    pub(crate) options: Options,
    pub(crate) sign_ins: Arc<DefaultKeyedRateLimiter<String>>,
    pub(crate) measures: Arc<Measures>,
    pub(crate) openapi: Arc<String>,
}

const SIGN_INS_A_MINUTE: NonZeroU32 = NonZeroU32::new(30).expect("thirty is not zero");
const LONGEST_REQUEST: Duration = Duration::from_secs(60);
const LARGEST_BODY: usize = 9 * 1024 * 1024;

/// What the process knows of how it serves.
pub(crate) fn serving(options: &Options) -> Serving {
    Serving { https: options.secure, passkeys: options.doors.passkeys.is_some() }
}

/// Every route there is.
pub fn router(gate: Gate, options: Options) -> Router {
    let (api, openapi) = api::routes(serving(&options));
    let sign_ins = Arc::new(RateLimiter::keyed(Quota::per_minute(SIGN_INS_A_MINUTE)));
    let app = App { gate, options, sign_ins, measures: Arc::default(), openapi: Arc::new(openapi) };
    Router::new()
        .merge(pages::routes(&app))
        .nest("/api/v1", api)
        .merge(crate::oauth::routes())
        .nest("/scim/v2", crate::scim::routes())
        .merge(assets::routes())
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(crate::measure::metrics))
        .fallback(pages::not_found)
        .layer(middleware::from_fn_with_state(app.clone(), proxy::look_behind))
        .layer(middleware::from_fn_with_state(app.clone(), headers::secure))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, LONGEST_REQUEST))
        .layer(CatchPanicLayer::new())
        .layer(CompressionLayer::new())
        .with_state(app)
}

/// Ready when the database answers.
async fn ready(axum::extract::State(app): axum::extract::State<App>) -> (StatusCode, &'static str) {
    match app.gate.workspaces().await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}

/// A query that is made of nothing but its parameters.
pub(crate) trait FromParams: Query + serde::de::DeserializeOwned {}
impl<Q: Query + serde::de::DeserializeOwned> FromParams for Q {}
