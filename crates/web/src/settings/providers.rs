//! Identity providers and the directory's tokens.
use crate::shared::filters;
use crate::{
    App,
    app::issuer_fits,
    door::{Path, Posted, Signed},
    shared::{Answer, Frame, Nothing, go, problems_of, rights::role_in_words, with_status},
    sign_in::redirect_uri,
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_gate::{Actor, Role};
use interpres_sso::{
    EndProvider, ListProviders, Preset, ProviderInput, ProviderView, SaveProvider,
    scim::{EndScimTokens, MintScimToken, ScimTokenCard, ScimTokens},
};
use interpres_types::{Problems, ProviderId};

#[derive(Template)]
#[template(path = "providers.html")]
struct ProvidersPage {
    frame: Frame,
    tab: &'static str,
    providers: Vec<ProviderView>,
    presets: Vec<(String, String)>,
    roles: Vec<(String, String)>,
    input: ProviderInput,
    problems: Problems,
    answer: String,
    public_url: String,
    tokens: Vec<ScimTokenCard>,
    minted: String,
    zone: String,
}

/// The roles that somebody new may be given: all of those built in but the owner's, looking on first.
fn roles() -> Vec<(String, String)> {
    let others = Role::PEOPLE
        .iter()
        .filter(|role| !matches!(role, Role::Owner | Role::Viewer))
        .map(|role| {
            let words = role_in_words(&role.to_string());
            (role.to_string(), say::overheard(&words).into_owned())
        });
    std::iter::once((String::new(), say::role_viewer().to_owned()))
        .chain(others)
        .collect()
}

async fn providers_page(
    app: &App,
    actor: &Actor,
    minted: String,
    input: ProviderInput,
    problems: Problems,
) -> Answer {
    let providers = app.gate.view(actor, ListProviders).await?.into_inner();
    let tokens = app.gate.view(actor, ScimTokens).await?.into_inner().items;
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let presets = Preset::ALL
        .iter()
        .map(|p| (p.word().to_owned(), say::overheard(p.label()).into_owned()))
        .collect();
    let public_url = app.options.public_url.trim_end_matches('/').to_owned();
    with_status(
        status,
        &ProvidersPage {
            frame: Frame::of(actor, "/settings/workspace"),
            tab: "/settings/providers",
            providers,
            presets,
            roles: roles(),
            input,
            problems,
            answer: redirect_uri(app),
            public_url,
            tokens,
            minted,
            zone: actor.zone().to_string(),
        },
    )
}

pub(crate) async fn list(State(app): State<App>, Signed(actor): Signed) -> Answer {
    providers_page(
        &app,
        &actor,
        String::new(),
        ProviderInput::default(),
        Problems::none(),
    )
    .await
}

pub(crate) async fn add(
    State(app): State<App>,
    Posted(actor, input): Posted<ProviderInput>,
) -> Answer {
    let saved = match issuer_fits(&app, &actor, &input).await {
        Ok(()) => app
            .gate
            .perform(
                &actor,
                SaveProvider {
                    id: None,
                    input: input.clone(),
                },
            )
            .await
            .map(drop),
        Err(refusal) => Err(refusal),
    };
    match saved {
        Ok(()) => go("/settings/providers"),
        Err(refusal) => {
            providers_page(
                &app,
                &actor,
                String::new(),
                ProviderInput {
                    client_secret: "".into(),
                    ..input
                },
                problems_of(refusal)?,
            )
            .await
        }
    }
}

pub(crate) async fn end(
    State(app): State<App>,
    Path(id): Path<ProviderId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, EndProvider(id)).await?;
    go("/settings/providers")
}

/// Makes a token for the directory and shows it, this once.
pub(crate) async fn mint_token(
    State(app): State<App>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    let minted = app.gate.perform(&actor, MintScimToken).await?.into_inner();
    providers_page(
        &app,
        &actor,
        minted.token,
        ProviderInput::default(),
        Problems::none(),
    )
    .await
}

pub(crate) async fn end_tokens(
    State(app): State<App>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, EndScimTokens).await?;
    go("/settings/providers")
}
