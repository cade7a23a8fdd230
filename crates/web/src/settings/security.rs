//! What the workspace asks of its people.
use crate::shared::filters;
use crate::{
    App,
    door::{Posted, Signed},
    settings::workspace::late,
    shared::{Answer, Frame, both, go, problems_of, with_status},
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::{SecurityInput, SecurityView, SetSecurity, ShowSecurity};
use interpres_gate::{Actor, Role};
use interpres_types::Problems;

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
    fn networks(&self) -> &str {
        self.networks.as_deref().unwrap_or(&self.rules.networks)
    }
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
