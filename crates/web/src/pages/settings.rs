//! What the workspace asks of its people, and where else one is at home.
use super::{
    Answer, Frame, Nothing,
    appointments::versioned,
    both::{self, Sent, fields_of},
    filters, go, page, problems_of,
    sign_in::{session_cookie, with_cookie},
    with_status,
};
use crate::{
    App,
    door::{Path, Posted, Signed},
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::{
    AcceptOwnership, SecurityInput, SecurityView, SetSecurity, SetWorkspace, ShowSecurity,
    ShowWorkspace, WorkspaceCard, WorkspaceInput, WorkspaceView, my_workspaces, switch_workspace,
};
use interpres_gate::{Actor, Role, WeekStart};
use interpres_types::{Problems, WorkspaceId};

const TABS: [(&str, &str); 6] = [
    ("/settings/workspace", "Workspace"),
    ("/settings/security", "Security"),
    ("/settings/providers", "Identity providers"),
    ("/settings/hipaa", "HIPAA Configuration"),
    ("/settings/legal", "Legal documents"),
    ("/settings/readiness", "Readiness"),
];

/// The pages of a workspace's settings; the last three are for those who watch over it as well.
pub(crate) fn tabs(in_charge: bool) -> &'static [(&'static str, &'static str)] {
    if in_charge { &TABS } else { &TABS[3..] }
}

#[derive(Template)]
#[template(path = "security.html")]
struct SecurityPage {
    frame: Frame,
    tab: &'static str,
    rules: SecurityView,
    roles: Vec<String>,
    /// Networks as they were typed, where they are wrong.
    networks: Option<String>,
    problems: Problems,
}

impl SecurityPage {
    fn asked(&self, role: &str) -> bool {
        self.rules.factor_roles.iter().any(|r| r == role)
    }
}

/// The rules as the form has them.
fn security_pairs(rules: &SecurityView) -> Vec<(String, String)> {
    let yes = |name: &str, on: bool| on.then(|| (name.to_owned(), "yes".to_owned()));
    let numbers = [
        ("idle_minutes", rules.idle_minutes.to_string()),
        ("session_hours", rules.session_hours.to_string()),
        ("networks", rules.networks.clone()),
    ];
    let roles = rules
        .factor_roles
        .iter()
        .map(|role| ("factor_roles".to_owned(), role.clone()));
    let ticks = yes("text_messages", rules.text_messages)
        .into_iter()
        .chain(yes("character_classes", rules.character_classes));
    numbers
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .chain(roles)
        .chain(ticks)
        .collect()
}

async fn security_page(
    app: &App,
    actor: &Actor,
    networks: Option<String>,
    problems: Problems,
) -> Answer {
    let rules = app.gate.view(actor, ShowSecurity).await?.into_inner();
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let roles = Role::PEOPLE.iter().map(ToString::to_string).collect();
    with_status(
        status,
        &SecurityPage {
            frame: Frame::of(actor, "/settings/workspace"),
            tab: "/settings/security",
            rules,
            roles,
            networks,
            problems,
        },
    )
}

pub(crate) async fn security(State(app): State<App>, Signed(actor): Signed) -> Answer {
    security_page(&app, &actor, None, Problems::none()).await
}

pub(crate) async fn set_security(
    State(app): State<App>,
    Posted(actor, pairs): Posted<Vec<(String, String)>>,
) -> Answer {
    let all = |name: &str| {
        pairs
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, v)| v.clone())
            .collect::<Vec<_>>()
    };
    let one = |name: &str| all(name).pop().unwrap_or_default();
    let input = SecurityInput {
        idle_minutes: one("idle_minutes").into(),
        session_hours: one("session_hours").into(),
        factor_roles: all("factor_roles"),
        character_classes: one("character_classes").into(),
        networks: one("networks").into(),
        text_messages: if one("text_messages") == "yes" {
            "yes"
        } else {
            "no"
        }
        .into(),
    };
    match app
        .gate
        .perform(
            &actor,
            SetSecurity {
                version: one("version").parse().ok(),
                input,
            },
        )
        .await
    {
        Ok(_) => go("/settings/security"),
        Err(refusal) if both::is_late(&refusal) => {
            let now = security_pairs(&app.gate.view(&actor, ShowSecurity).await?.into_inner());
            both::page(
                &actor,
                refusal,
                late(
                    pairs,
                    "/settings/security",
                    &["factor_roles", "text_messages", "character_classes"],
                ),
                &now,
            )
        }
        Err(refusal) => {
            security_page(&app, &actor, Some(one("networks")), problems_of(refusal)?).await
        }
    }
}

#[derive(Template)]
#[template(path = "workspace.html")]
struct WorkspacePage {
    frame: Frame,
    tab: &'static str,
    version: i64,
    currency: String,
    input: WorkspaceInput,
    weeks: Vec<(String, &'static str)>,
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

pub(super) async fn workspace_page(
    app: &App,
    actor: &Actor,
    typed: Option<WorkspaceInput>,
    problems: Problems,
) -> Answer {
    let now = app.gate.view(actor, ShowWorkspace).await?.into_inner();
    let (version, currency) = (now.version, now.currency.clone());
    let input = typed.unwrap_or_else(|| typed_workspace(now));
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let weeks = WeekStart::ALL
        .iter()
        .map(|day| (day.to_string(), day.label()))
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
    let (version, input) = versioned::<WorkspaceInput>(pairs.clone());
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
        Err(refusal) => workspace_page(&app, &actor, Some(input), problems_of(refusal)?).await,
    }
}

/// A form of the settings that somebody else saved in between.
fn late<'f>(yours: Vec<(String, String)>, place: &str, lists: &'static [&'static str]) -> Sent<'f> {
    Sent {
        here: "/settings/workspace",
        action: place.to_owned(),
        back: place.to_owned(),
        yours,
        lists,
        meaning: &|_, _| None,
    }
}

#[derive(Template)]
#[template(path = "workspaces.html")]
struct WorkspacesPage {
    frame: Frame,
    workspaces: Vec<WorkspaceCard>,
    here: WorkspaceId,
}

pub(crate) async fn workspaces(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let workspaces = my_workspaces(&app.gate, &actor).await?;
    page(&WorkspacesPage {
        frame: Frame::of(&actor, ""),
        workspaces,
        here: actor.workspace(),
    })
}

pub(crate) async fn switch(
    State(app): State<App>,
    Path(to): Path<WorkspaceId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    let token = switch_workspace(&app.gate, &actor, to).await?;
    Ok(with_cookie(go("/")?, &session_cookie(&app, &token)))
}

pub(crate) async fn accept_ownership(
    State(app): State<App>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, AcceptOwnership).await?;
    go("/account")
}
