//! One's own account: profile, keys, sessions.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Signed},
    shared::{
        Answer, Frame, Nothing,
        both::{self, Sent, fields_of},
        go,
        near::{near, on_day},
        problems_of, with_status,
    },
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::{
    EndSessions, FactorKind, FirstPage, Identity, MintApiKey, MyAccount, MyAccountView, MyProfile,
    ProfileInput, ProfileView, ReachBy, RevokeApiKey, SetProfile, my_identity,
};
use interpres_gate::{Actor, Permission, Refusal, SessionCard, Strength};
use interpres_sso::{MyProvider, MyProviders};
use interpres_types::{
    ApiKeyId, Field, Instant, Line, PageLanguage, PictureId, Problems, SessionId, Zone,
};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    account: MyAccountView,
    identity: Option<Identity>,
    providers: Vec<MyProvider>,
    token: String,
    /// What was done, in words.
    done: &'static str,
    problems: Problems,
    now: Instant,
    zone: Zone,
    /// The profile as it stands or was typed, and what is wrong with it.
    profile: ProfileInput,
    wrong: Problems,
    version: i64,
    name_kept: bool,
    photo: Option<PictureId>,
    channels: Vec<(String, String)>,
    /// The pages that may be the first.
    places: Vec<(String, String)>,
    /// The languages that pages are there in, each by its own name.
    languages: Vec<(String, String)>,
    /// What one may do oneself, by name: what a key can be narrowed to.
    mine: Vec<String>,
}

impl AccountPage {
    fn seen(&self, at: &Instant) -> String {
        near(*at, self.now, &self.zone)
    }
    fn day(&self, at: &Instant) -> String {
        on_day(*at, self.now, &self.zone)
    }
    fn failed(&self, tries: &i64) -> String {
        say::failed_tries(tries)
    }
    fn password_is_wrong(&self) -> bool {
        !self.problems.is_empty() && self.problems.of("address").is_none()
    }
    fn asked_of_a_password(&self) -> String {
        let least = if self.enrolled() { 8 } else { 15 };
        say::password_asked(least)
    }
    fn factor_sign(&self, kind: &FactorKind) -> &'static str {
        match kind {
            FactorKind::Passkey => "passkey",
            FactorKind::App => "phone",
            FactorKind::Text => "message",
            FactorKind::Codes => "key",
        }
    }
    fn enrolled(&self) -> bool {
        self.identity
            .as_ref()
            .is_some_and(|i| i.factors.iter().any(|f| f.kind != FactorKind::Codes))
    }
    fn proved(&self, session: &SessionCard) -> &'static str {
        match session.strength {
            Strength::Password => say::by_password(),
            Strength::Factor => say::second_factor(),
        }
    }
}

/// The page, with a key just made, or with what is wrong with a new password.
pub(crate) async fn account(
    app: &App,
    actor: &Actor,
    token: String,
    done: &'static str,
    problems: Problems,
) -> Answer {
    let now = app.gate.view(actor, MyProfile).await?.into_inner();
    full(
        app,
        actor,
        now,
        None,
        Problems::none(),
        Said {
            token,
            done,
            problems,
        },
    )
    .await
}

/// What the page says beside how things stand.
struct Said {
    token: String,
    done: &'static str,
    problems: Problems,
}

async fn full(
    app: &App,
    actor: &Actor,
    now: ProfileView,
    typed: Option<ProfileInput>,
    wrong: Problems,
    said: Said,
) -> Answer {
    let account = app.gate.view(actor, MyAccount).await?.into_inner();
    // What an identity provider keeps is changed there.
    let identity = if actor.via().is_some() {
        None
    } else {
        Some(my_identity(&app.gate, actor).await?)
    };
    let providers = if actor.via().is_some() {
        Vec::new()
    } else {
        app.gate.view(actor, MyProviders).await?.into_inner()
    };
    let status = if said.problems.is_empty() && wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let frame = Frame::of(actor, "/account");
    let mut places = vec![(String::new(), say::first_page_default().to_owned())];
    places.extend(
        first_pages(&frame)
            .map(|page| (page.to_string(), say::overheard(page.label()).into_owned())),
    );
    let mut channels = vec![(String::new(), say::reach_no_preference().to_owned())];
    channels.extend(
        ReachBy::ALL
            .iter()
            .map(|by| (by.to_string(), say::overheard(by.label()).into_owned())),
    );
    let mut languages = vec![(String::new(), say::language_of_browser().to_owned())];
    languages.extend(PageLanguage::CHOICES.map(|l| (l.to_string(), l.own_name().to_owned())));
    let profile = typed.unwrap_or_else(|| typed_profile(&now));
    let mine = Permission::ALL
        .iter()
        .filter(|p| p.is_for_people() && actor.may(**p))
        .map(ToString::to_string)
        .collect();
    let Said {
        token,
        done,
        problems,
    } = said;
    let (version, name_kept, photo, zone) = (now.version, now.name_kept, now.photo, actor.zone());
    with_status(
        status,
        &AccountPage {
            frame,
            account,
            identity,
            providers,
            token,
            done,
            problems,
            now: app.gate.now(),
            zone,
            profile,
            wrong,
            version,
            name_kept,
            photo,
            channels,
            places,
            languages,
            mine,
        },
    )
}

/// A profile as its form has it.
fn typed_profile(now: &ProfileView) -> ProfileInput {
    let reach_by = now.reach_by.map(|by| by.to_string()).unwrap_or_default();
    let chosen = now.first_page.map(|page| page.to_string());
    ProfileInput {
        name: now.name.clone().into(),
        phone: now.phone.clone().unwrap_or_default().into(),
        reach_by: reach_by.into(),
        first_page: chosen.unwrap_or_default().into(),
        language: now
            .language
            .map(|l| l.to_string())
            .unwrap_or_default()
            .into(),
    }
}

/// What a value of the form means, where it is a word of a list.
fn profile_meaning(field: &str, value: &str) -> Option<String> {
    match field {
        "reach_by" => value.parse().ok().map(|by: ReachBy| by.label().to_owned()),
        "first_page" => value
            .parse()
            .ok()
            .map(|page: FirstPage| page.label().to_owned()),
        _ => None,
    }
}

/// The pages that may be somebody's first: those they are led to anyway.
pub(super) fn first_pages(frame: &Frame) -> impl Iterator<Item = FirstPage> {
    FirstPage::ALL.iter().copied().filter(|page| {
        frame
            .places()
            .any(|place| place.path.strip_prefix('/') == Some(page.word()))
    })
}

#[derive(Deserialize)]
pub(crate) struct ProfileForm {
    version: i64,
    #[serde(default)]
    name: Field,
    phone: Field,
    #[serde(default)]
    reach_by: Field,
    first_page: Field,
    #[serde(default)]
    language: Field,
}

/// The page, with what is wrong with a photo.
pub(super) async fn with_wrong_photo(app: &App, actor: &Actor, wrong: Problems) -> Answer {
    let now = app.gate.view(actor, MyProfile).await?.into_inner();
    full(
        app,
        actor,
        now,
        None,
        wrong,
        Said {
            token: String::new(),
            done: "",
            problems: Problems::none(),
        },
    )
    .await
}

pub(crate) async fn set_profile(
    State(app): State<App>,
    Posted(actor, form): Posted<ProfileForm>,
) -> Answer {
    let input = ProfileInput {
        name: form.name,
        phone: form.phone,
        reach_by: form.reach_by,
        first_page: form.first_page,
        language: form.language,
    };
    match app
        .gate
        .perform(
            &actor,
            SetProfile {
                version: Some(form.version),
                input: input.clone(),
            },
        )
        .await
    {
        Ok(_) => go("/account"),
        Err(refusal) if both::is_late(&refusal) => {
            let now = app.gate.view(&actor, MyProfile).await?.into_inner();
            let saved = typed_profile(&now);
            let fields =
                |p: &ProfileInput| fields_of!(p; name, phone, reach_by, first_page, language);
            let sent = Sent {
                here: "/account",
                action: "/account/profile".to_owned(),
                back: "/account".to_owned(),
                yours: fields(&input),
                lists: &[],
                meaning: &profile_meaning,
            };
            both::page(&actor, refusal, sent, &fields(&saved))
        }
        Err(refusal) => {
            let (wrong, now) = (
                problems_of(refusal)?,
                app.gate.view(&actor, MyProfile).await?.into_inner(),
            );
            let said = Said {
                token: String::new(),
                done: "",
                problems: Problems::none(),
            };
            full(&app, &actor, now, Some(input), wrong, said).await
        }
    }
}

pub(crate) async fn show(State(app): State<App>, Signed(actor): Signed) -> Answer {
    account(&app, &actor, String::new(), "", Problems::none()).await
}

#[derive(Deserialize)]
pub(crate) struct KeyForm {
    name: Field,
    days: i64,
    #[serde(default)]
    only: Vec<String>,
    #[serde(default)]
    networks: Field,
}

pub(crate) async fn mint(State(app): State<App>, Posted(actor, form): Posted<KeyForm>) -> Answer {
    let mut p = Problems::none();
    let name = p
        .need::<Line<80>>("name", &form.name)
        .ok_or(Refusal::Invalid(p))?;
    let minted = app
        .gate
        .perform(
            &actor,
            MintApiKey {
                name,
                days: form.days,
                only: form.only.join(" ").into(),
                networks: form.networks,
            },
        )
        .await?
        .into_inner();
    account(&app, &actor, minted.token, "", Problems::none()).await
}

pub(crate) async fn end_sessions(
    State(app): State<App>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate
        .perform(&actor, EndSessions { session: None })
        .await?;
    go("/sign-in")
}

pub(crate) async fn end_session(
    State(app): State<App>,
    Path(id): Path<SessionId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate
        .perform(
            &actor,
            EndSessions {
                session: Some(id.to_string()),
            },
        )
        .await?;
    go("/account")
}

pub(crate) async fn revoke(
    State(app): State<App>,
    Path(id): Path<ApiKeyId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, RevokeApiKey(id)).await?;
    go("/account")
}
