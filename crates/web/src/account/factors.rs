//! One's own second factors and password.
use crate::shared::filters;
use crate::{
    App,
    account::profile::account,
    door::{Path, Posted, Signed},
    shared::{Answer, Frame, Nothing, go, page, session_cookie, with_cookie, with_status},
};
use askama::Template;
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use interpres_accounts::{
    AddApp, AddPasskey, AddText, Added, AppBegun, BeginApp, BeginPasskey, BeginText, EndFactor,
    MakeRecoveryCodes, PasskeyBegun, ShowAppAgain, change_password, home_for_app, last_digits,
};
use interpres_gate::{Actor, Origin, Refusal};
use interpres_types::{FactorId, Field, Line, Phone, Problems};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "factors.html")]
struct FactorsPage {
    frame: Frame,
    message: String,
    name: String,
    app: Option<AppBegun>,
    passkey: Option<PasskeyBegun>,
    passkeys: bool,
    /// A telephone that waits for its first code: the ticket, and how its number ends.
    text: Option<(String, String)>,
    texts: bool,
    /// Whether the session came by an identity provider: then only an app can be set up.
    provided: bool,
}

impl FactorsPage {
    fn of(app: &App, actor: &Actor) -> Self {
        let provided = actor.via().is_some();
        let passkeys = app.options.doors.passkeys.is_some();
        Self {
            frame: Frame::of(actor, "/account"),
            message: String::new(),
            name: String::new(),
            app: None,
            passkey: None,
            passkeys,
            text: None,
            texts: app.options.texts.is_some() && !provided,
            provided,
        }
    }
}

fn home(app: &App, actor: &Actor) -> Result<Actor, Refusal> {
    app.gate.at_home(actor).ok_or(Refusal::Forbidden)
}

pub(crate) async fn factors(State(app): State<App>, Signed(actor): Signed) -> Answer {
    page(&FactorsPage::of(&app, &actor))
}

pub(crate) async fn begin_app(State(app): State<App>, Posted(actor, _): Posted<Nothing>) -> Answer {
    let begun = app
        .gate
        .perform(&home_for_app(&app.gate, &actor).await?, BeginApp)
        .await?
        .into_inner();
    page(&FactorsPage {
        app: Some(begun),
        name: say::app_name().to_owned(),
        ..FactorsPage::of(&app, &actor)
    })
}

#[derive(Deserialize)]
pub(crate) struct Code {
    ticket: String,
    code: String,
    name: Field,
}

fn named(name: &Field) -> Result<Line<80>, Refusal> {
    let mut p = Problems::none();
    p.need::<Line<80>>("name", name).ok_or(Refusal::Invalid(p))
}

pub(crate) async fn add_app(State(app): State<App>, Posted(actor, typed): Posted<Code>) -> Answer {
    let name = named(&typed.name)?;
    let add = AddApp {
        ticket: typed.ticket.clone(),
        code: typed.code,
        name,
    };
    let home = home_for_app(&app.gate, &actor).await?;
    match app.gate.perform(&home, add).await {
        Ok(added) => shown(&app, added.into_inner()).await,
        Err(Refusal::Invalid(problems)) => {
            let message = problems
                .list()
                .first()
                .map(|p| {
                    say::factor_is_wrong(
                        say::overheard(&p.field),
                        say::overheard(&p.rule.to_string()),
                    )
                })
                .unwrap_or_default();
            let begun = app
                .gate
                .perform(&home, ShowAppAgain(typed.ticket))
                .await?
                .into_inner();
            with_status(
                StatusCode::UNPROCESSABLE_ENTITY,
                &FactorsPage {
                    app: Some(begun),
                    message,
                    name: typed.name.raw().to_owned(),
                    ..FactorsPage::of(&app, &actor)
                },
            )
        }
        Err(refusal) => Err(refusal.into()),
    }
}

pub(crate) async fn begin_passkey(
    State(app): State<App>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    let begun = app
        .gate
        .perform(
            &home(&app, &actor)?,
            BeginPasskey {
                doors: app.options.doors.clone(),
            },
        )
        .await?
        .into_inner();
    page(&FactorsPage {
        passkey: Some(begun),
        name: say::this_device().to_owned(),
        ..FactorsPage::of(&app, &actor)
    })
}

#[derive(Deserialize)]
pub(crate) struct Made {
    ticket: String,
    answer: String,
    name: Field,
}

pub(crate) async fn add_passkey(
    State(app): State<App>,
    Posted(actor, made): Posted<Made>,
) -> Answer {
    let add = AddPasskey {
        doors: app.options.doors.clone(),
        ticket: made.ticket,
        answer: made.answer,
        name: named(&made.name)?,
    };
    match app
        .gate
        .perform(&home(&app, &actor)?, add)
        .await?
        .into_inner()
    {
        Some(added) => shown(&app, added).await,
        None => {
            let message = say::passkey_failed().to_owned();
            with_status(
                StatusCode::UNPROCESSABLE_ENTITY,
                &FactorsPage {
                    message,
                    ..FactorsPage::of(&app, &actor)
                },
            )
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Number {
    phone: Field,
}

/// Sends a first code to a telephone.
pub(crate) async fn begin_text(
    State(app): State<App>,
    Posted(actor, typed): Posted<Number>,
) -> Answer {
    let Some(texts) = &app.options.texts else {
        return Err(Refusal::NotFound.into());
    };
    let mut p = Problems::none();
    let wrong = |message: String| {
        with_status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &FactorsPage {
                message,
                ..FactorsPage::of(&app, &actor)
            },
        )
    };
    let Some(phone) = p.need::<Phone>("phone", &typed.phone) else {
        return wrong(say::phone_wrong().to_owned());
    };
    let begun = app
        .gate
        .perform(&home(&app, &actor)?, BeginText(phone))
        .await?
        .into_inner();
    if !texts.send(&begun.code).await {
        return wrong(say::text_not_sent().to_owned());
    }
    let text = Some((begun.ticket.clone(), last_digits(&begun.code.to)));
    page(&FactorsPage {
        text,
        name: say::app_name().to_owned(),
        ..FactorsPage::of(&app, &actor)
    })
}

#[derive(Deserialize)]
pub(crate) struct FirstCode {
    ticket: String,
    number: String,
    code: String,
    name: Field,
}

pub(crate) async fn add_text(
    State(app): State<App>,
    Posted(actor, typed): Posted<FirstCode>,
) -> Answer {
    let add = AddText {
        ticket: typed.ticket.clone(),
        code: typed.code,
        name: named(&typed.name)?,
    };
    match app
        .gate
        .perform(&home(&app, &actor)?, add)
        .await?
        .into_inner()
    {
        Some(added) => shown(&app, added).await,
        None => {
            let (text, message) = (
                Some((typed.ticket, typed.number)),
                say::text_code_wrong().to_owned(),
            );
            let page = FactorsPage {
                text,
                message,
                name: typed.name.raw().to_owned(),
                ..FactorsPage::of(&app, &actor)
            };
            with_status(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

pub(crate) async fn end_factor(
    State(app): State<App>,
    Path(id): Path<FactorId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate
        .perform(&home(&app, &actor)?, EndFactor(id))
        .await?;
    go("/account")
}

#[derive(Template)]
#[template(path = "codes.html")]
struct CodesPage {
    frame: Frame,
    codes: Vec<String>,
    added: bool,
}

pub(crate) async fn make_codes(
    State(app): State<App>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    let made = app
        .gate
        .perform(&home(&app, &actor)?, MakeRecoveryCodes)
        .await?
        .into_inner();
    page(&CodesPage {
        frame: Frame::of(&actor, "/account"),
        codes: made.codes,
        added: false,
    })
}

/// What was set up, under the session's new token.
async fn shown(app: &App, added: Added) -> Answer {
    let token = added.token.unwrap_or_default();
    let Some(actor) = app.gate.admit_session(&token, Origin::default()).await? else {
        return go("/sign-in");
    };
    let page = page(&CodesPage {
        frame: Frame::of(&actor, "/account"),
        codes: added.codes,
        added: true,
    })?;
    Ok(with_cookie(page, &session_cookie(app, &token)))
}

#[derive(Deserialize)]
pub(crate) struct Passwords {
    #[serde(default)]
    old: String,
    new: String,
}

pub(crate) async fn change(
    State(app): State<App>,
    Posted(actor, typed): Posted<Passwords>,
) -> Answer {
    match change_password(
        &app.gate,
        &app.options.doors,
        &actor,
        &typed.old,
        &typed.new,
    )
    .await
    {
        Ok(()) => go("/account"),
        Err(Refusal::Invalid(problems)) => account(&app, &actor, String::new(), "", problems).await,
        Err(refusal) => Err(refusal.into()),
    }
}

/// Using a session keeps it; that is all this does.
pub(crate) async fn renew_session(Posted(actor, _): Posted<Nothing>) -> Response {
    Json(serde_json::json!({ "ends_in": actor.seconds_left() })).into_response()
}

#[derive(Template)]
#[template(path = "resumed.html")]
struct ResumedPage {
    frame: Frame,
}

pub(crate) async fn resumed(Signed(actor): Signed) -> Answer {
    page(&ResumedPage {
        frame: Frame::of(&actor, ""),
    })
}
