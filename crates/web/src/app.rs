use crate::{
    Texts, account, appointments, assets, billing, clients, directory,
    door::CookieNames,
    early, find, headers, imports, lists, live,
    measure::Measures,
    offers, overview,
    own_site::OwnSite,
    parts, people, pick, proxy,
    routes::{Routes, whole_api},
    settings, shared, sign_in, trust, work,
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    middleware,
    routing::get,
};
use futures_util::future::BoxFuture;
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use interpres_accounts::Doors;
use interpres_compliance::{Adapter, Serving, Transport};
use interpres_gate::{Actor, Gate, Permission, Query, Refusal};
use interpres_sso::{Outward, ProviderInput, check_issuer};
use interpres_types::caller_of;
use ipnet::IpNet;
use std::{net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};
use tower_http::compression::CompressionLayer;

/// How the server is set up.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether people reach it by HTTPS; cookies are then for HTTPS only.
    pub secure: bool,
    /// Whether this process itself speaks TLS.
    pub tls: bool,
    /// Reverse proxies whose word about where a request came from is believed.
    pub proxies: Vec<IpNet>,
    /// The address that people reach it by.
    pub public_url: String,
    /// The way out to identity providers, where there is one.
    pub outward: Option<Outward>,
    /// The service for text messages, where there is one.
    pub texts: Option<Texts>,
    /// The services outside that it is set up for.
    pub outside: Vec<Adapter>,
    /// Passkeys and lists of compromised passwords.
    pub doors: Arc<Doors>,
    /// How long a request may take.
    pub patience: Patience,
    /// Whether it shows made-up people, for trying out.
    pub demo: bool,
}

/// How long a request may take, with what it sends; after that it is given up.
#[derive(Clone, Copy, Debug)]
pub struct Patience(pub Duration);

impl Default for Patience {
    fn default() -> Self {
        Self(Duration::from_secs(60))
    }
}

/// What every handler shares.
#[derive(Clone)]
pub struct App {
    /// The one way to data.
    pub gate: Gate,
    pub(crate) options: Options,
    pub(crate) serving: Serving,
    pub(crate) site: Arc<OwnSite>,
    pub(crate) cookies: Arc<CookieNames>,
    sign_ins: Arc<DefaultKeyedRateLimiter<Option<IpNet>>>,
    warnings: Arc<DefaultDirectRateLimiter>,
    pub(crate) measures: Arc<Measures>,
    pub(crate) openapi: Arc<String>,
}

const SIGN_INS_A_MINUTE: NonZeroU32 = NonZeroU32::new(30).expect("thirty is not zero");
/// How often a second the operator's log is told of what strangers do.
const WARNINGS_A_SECOND: NonZeroU32 = NonZeroU32::new(20).expect("twenty is not zero");
/// So many callers are remembered before those that kept quiet are forgotten.
const MOST_CALLERS: usize = 10_000;
const LARGEST_BODY: usize = 9 * 1024 * 1024;

impl App {
    fn new(gate: Gate, options: Options, serving: Serving, openapi: String) -> Self {
        Self {
            gate,
            serving,
            site: Arc::new(OwnSite::new(&options.public_url, options.secure)),
            cookies: Arc::new(CookieNames::of(&options)),
            sign_ins: Arc::new(RateLimiter::keyed(Quota::per_minute(SIGN_INS_A_MINUTE))),
            warnings: Arc::new(RateLimiter::direct(Quota::per_second(WARNINGS_A_SECOND))),
            measures: Arc::default(),
            openapi: Arc::new(openapi),
            options,
        }
    }
    /// Whether one more may knock from this address: so many may in a minute from an IPv4 address or an IPv6 network.
    pub(crate) fn may_knock(&self, address: Option<&str>) -> bool {
        if self.sign_ins.len() > MOST_CALLERS {
            self.sign_ins.retain_recent();
        }
        let caller = address
            .and_then(|address| address.parse::<IpAddr>().ok())
            .map(caller_of);
        self.sign_ins.check_key(&caller).is_ok()
    }
    /// Whether the operator's log may be told of one more thing that a stranger did.
    pub(crate) fn may_tell(&self) -> bool {
        self.warnings.check().is_ok()
    }
}

/// What the process knows of how it serves.
fn serving(options: &Options) -> Serving {
    let transport = match (options.tls, options.secure, options.proxies.is_empty()) {
        (true, ..) => Transport::Tls,
        (false, true, false) => Transport::Proxies {
            silent: Arc::default(),
        },
        (false, true, true) => Transport::UnnamedProxy,
        (false, false, _) => Transport::ThisMachine,
    };
    Serving {
        transport,
        passkeys: options.doors.passkeys.is_some(),
        outside: options.outside.clone(),
    }
}

/// Holds an issuer against what it says of itself, for those who may set one up.
pub(crate) fn issuer_fits<'a>(
    app: &'a App,
    actor: &'a Actor,
    input: &'a ProviderInput,
) -> BoxFuture<'a, Result<(), Refusal>> {
    Box::pin(async move {
        match &app.options.outward {
            Some(out) if actor.may(Permission::SetSecurity) => check_issuer(out, input).await,
            _ => Ok(()),
        }
    })
}

/// What every area offers, by page and by the API.
pub(crate) fn routes(serving: Serving, demo: bool) -> Routes {
    Routes::new(serving, demo)
        .with(account::routes)
        .with(sign_in::routes)
        .with(overview::routes)
        .with(find::routes)
        .with(appointments::routes)
        .with(offers::routes)
        .with(work::routes)
        .with(directory::routes)
        .with(billing::routes)
        .with(people::routes)
        .with(imports::routes)
        .with(trust::routes)
        .with(settings::routes)
        .with(parts::routes)
        .with(pick::routes)
        .with(clients::routes)
        .with(lists::routes)
        .with(live::routes)
}

/// Every route there is.
pub fn router(gate: Gate, options: Options) -> Router {
    let serving = serving(&options);
    let routes = routes(serving.clone(), options.demo);
    let app = App::new(gate, options, serving, routes.document.finish());
    let pages = routes
        .pages
        .layer(middleware::from_fn_with_state(
            app.clone(),
            shared::done::say_once,
        ))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            sign_in::ask_first,
        ));
    Router::new()
        .merge(pages)
        .nest("/api/v1", whole_api(routes.api))
        .merge(crate::oauth::routes())
        .nest("/scim/v2", crate::scim::routes())
        .merge(assets::routes())
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(crate::measure::metrics))
        .fallback(shared::not_found)
        .method_not_allowed_fallback(early::not_in_this_way)
        .layer(middleware::from_fn_with_state(
            app.clone(),
            shared::in_frame,
        ))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            proxy::look_behind,
        ))
        .layer(middleware::from_fn_with_state(app.clone(), headers::secure))
        .layer(middleware::from_fn(shared::as_asked))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(CompressionLayer::new())
        .with_state(app)
}

/// Ready when the database answers, and something can be saved.
async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.gate.is_full() {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "the disk is full: nothing can be saved\n",
        );
    }
    match app.gate.workspaces().await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        ),
    }
}

/// A query that is made of nothing but its parameters.
pub(crate) trait FromParams: Query + serde::de::DeserializeOwned {}
impl<Q: Query + serde::de::DeserializeOwned> FromParams for Q {}
