//! What the workspace is called and where it is; the pages of its settings.
use crate::shared::filters;
use crate::{
    App,
    door::{Posted, Signed},
    shared::{
        Answer, Frame, Refused,
        both::{self, Sent, fields_of},
        go,
        pick::{self, Of, Pick, Picks},
        problems_of, versioned, with_status,
    },
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::{SetWorkspace, ShowWorkspace, WorkspaceInput, WorkspaceView};
use interpres_gate::{Actor, WeekStart};
use interpres_types::{Problems, Zone};

#[derive(Template)]
#[template(path = "workspace.html")]
struct WorkspacePage {
    frame: Frame,
    tab: &'static str,
    version: i64,
    currency: String,
    input: WorkspaceInput,
    weeks: Vec<(String, String)>,
    picked: Picked,
    problems: Problems,
}

/// The settings as the form has them.
fn typed_workspace(now: WorkspaceView) -> WorkspaceInput {
    WorkspaceInput {
        name: now.name.into(),
        zone: now.zone.into(),
        legal_name: now.legal_name.into(),
        address: now.address.into(),
        phone: now.phone.into(),
        email: now.email.into(),
        week_start: now.week_start.to_string().into(),
        languages: now.languages.join("; ").into(),
        holidays: now.holidays.into(),
        reveal_hours: now.reveal_hours.to_string().into(),
        late_hours: now.late_hours.to_string().into(),
        payment_days: now.payment_days.to_string().into(),
    }
}

/// The fields that are chosen of thousands.
struct Picked {
    zone: Pick,
    languages: Picks,
}

impl Picked {
    async fn kept(app: &App, actor: &Actor, input: &WorkspaceInput) -> Result<Self, Refused> {
        let all = input.languages.raw().split(';').map(str::trim);
        let each = all.filter(|name| !name.is_empty());
        let twice = each.map(|name| (name.to_owned(), name.to_owned()));
        Ok(Self {
            zone: Pick::from_stored(app, actor, "zone", Of::Zones, input.zone.raw()).await?,
            languages: Picks::from_stored("languages", Of::Languages, twice),
        })
    }
}

/// What was typed, and the fields of it that are chosen of thousands.
pub(crate) struct Typed {
    input: WorkspaceInput,
    picked: Picked,
}

pub(crate) async fn workspace_page(
    app: &App,
    actor: &Actor,
    typed: Option<Typed>,
    problems: Problems,
) -> Answer {
    let now = app.gate.view(actor, ShowWorkspace).await?.into_inner();
    let (version, currency) = (now.version, now.currency.clone());
    let Typed { input, picked } = match typed {
        Some(typed) => typed,
        None => {
            let input = typed_workspace(now);
            let picked = Picked::kept(app, actor, &input).await?;
            Typed { input, picked }
        }
    };
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let weeks = WeekStart::ALL
        .iter()
        .map(|day| (day.to_string(), say::overheard(day.label()).into_owned()))
        .collect();
    with_status(
        status,
        &WorkspacePage {
            frame: Frame::of(actor, "/settings/workspace"),
            tab: "/settings/workspace",
            version,
            currency,
            input,
            weeks,
            picked,
            problems,
        },
    )
}

pub(crate) async fn workspace(State(app): State<App>, Signed(actor): Signed) -> Answer {
    workspace_page(&app, &actor, None, Problems::none()).await
}

pub(crate) async fn set_workspace(
    State(app): State<App>,
    Posted(actor, pairs): Posted<Vec<(String, String)>>,
) -> Answer {
    let (mut pairs, mut open) = (pairs, Problems::none());
    let name = "languages";
    let picked = Picked {
        zone: pick::one(&app, &actor, &mut pairs, "zone", Of::Zones, &mut open).await?,
        languages: pick::many(&app, &actor, &mut pairs, name, Of::Languages, &mut open).await?,
    };
    pairs.retain(|(n, _)| n != name);
    pairs.push((name.to_owned(), picked.languages.values()));
    let (version, input) = versioned::<WorkspaceInput>(pairs.clone());
    if picked.languages.again || !open.is_empty() {
        return workspace_page(&app, &actor, Some(Typed { input, picked }), open).await;
    }
    match app
        .gate
        .perform(
            &actor,
            SetWorkspace {
                version,
                input: input.clone(),
            },
        )
        .await
    {
        Ok(_) => go("/settings/workspace"),
        Err(refusal) if both::is_late(&refusal) => {
            let saved = typed_workspace(app.gate.view(&actor, ShowWorkspace).await?.into_inner());
            let now = fields_of!(saved; name, zone, legal_name, address, phone, email, week_start, languages, holidays, reveal_hours, late_hours, payment_days);
            both::page(
                &actor,
                refusal,
                late(pairs, "/settings/workspace", &[]),
                &now,
            )
        }
        Err(refusal) => {
            let typed = Typed { input, picked };
            workspace_page(&app, &actor, Some(typed), problems_of(refusal)?).await
        }
    }
}

/// A form of the settings that somebody else saved in between.
pub(crate) fn late<'f>(
    yours: Vec<(String, String)>,
    place: &str,
    lists: &'static [&'static str],
) -> Sent<'f> {
    Sent {
        here: "/settings/workspace",
        action: place.to_owned(),
        back: place.to_owned(),
        yours,
        lists,
        meaning: &|field, value| match field {
            "zone" => value.parse().ok().map(|zone: Zone| zone.words()),
            _ => None,
        },
    }
}
