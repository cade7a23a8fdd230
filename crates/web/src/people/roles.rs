//! Roles.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Signed},
    shared::{Answer, Frame, Nothing, go, page, problems_of, with_status},
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::{DropRole, ListRoles, RoleCard, RoleInput, SaveRole};
use interpres_gate::{Actor, Permission, Refusal};
use interpres_types::{Problems, RoleId};
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "roles.html")]
struct RolesPage {
    frame: Frame,
    tab: &'static str,
    in_charge: bool,
    roles: Vec<RoleCard>,
    permissions: Vec<String>,
}

fn permissions() -> Vec<String> {
    Permission::ALL
        .iter()
        .filter(|p| p.is_for_people())
        .map(ToString::to_string)
        .collect()
}

impl RolesPage {
    fn reach<'a>(&self, role: &'a RoleCard, permission: &str) -> &'a str {
        role.reaches.get(permission).map_or("–", String::as_str)
    }
}

pub(crate) async fn list(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let roles = app.gate.view(&actor, ListRoles).await?.into_inner();
    page(&RolesPage {
        frame: Frame::of(&actor, "/people"),
        tab: "/people/roles",
        in_charge: actor.may(Permission::EditMembers),
        roles,
        permissions: permissions(),
    })
}

#[derive(Template)]
#[template(path = "role.html")]
struct RolePage {
    frame: Frame,
    id: Option<String>,
    input: RoleInput,
    /// Each permission with the reaches that the author can give.
    lines: Vec<(String, Vec<&'static str>)>,
    problems: Problems,
}

impl RolePage {
    fn has(&self, permission: &str, reach: &str) -> bool {
        self.input
            .reaches
            .get(permission)
            .map_or(reach == "-", |r| r == reach)
    }
}

fn role_page(actor: &Actor, id: Option<String>, input: RoleInput, problems: Problems) -> Answer {
    let reaches = |p: &Permission| {
        let held = actor.rights().grant(*p).map(|grant| grant.reach);
        let given = p
            .reaches()
            .iter()
            .filter(|reach| held.map_or(p.is_ones_own(), |held| **reach <= held))
            .map(|reach| reach.word());
        std::iter::once("-").chain(given).collect()
    };
    let people = Permission::ALL
        .iter()
        .filter(|p| p.is_for_people() && **p != Permission::OwnAccount);
    let lines = people.map(|p| (p.to_string(), reaches(p))).collect();
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    with_status(
        status,
        &RolePage {
            frame: Frame::of(actor, "/people"),
            id,
            input,
            lines,
            problems,
        },
    )
}

/// A new role, or one to begin from.
pub(crate) async fn blank(
    State(app): State<App>,
    Path(from): Path<String>,
    Signed(actor): Signed,
) -> Answer {
    app.gate.may_begin::<SaveRole>(&actor).await?;
    let roles = app.gate.view(&actor, ListRoles).await?.into_inner();
    let found = roles.into_iter().find(|r| r.id == from);
    let own = found.as_ref().filter(|r| r.own).map(|r| r.id.clone());
    let input = found.map_or_else(RoleInput::default, |r| RoleInput {
        name: if r.own {
            r.name
        } else {
            format!("{} (own)", r.name)
        }
        .into(),
        reaches: r.reaches,
        fields: r.fields.into(),
    });
    role_page(&actor, own, input, Problems::none())
}

pub(crate) async fn save(
    State(app): State<App>,
    Path(id): Path<String>,
    Posted(actor, pairs): Posted<Vec<(String, String)>>,
) -> Answer {
    let of = |name: &str| {
        pairs
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.clone())
            .unwrap_or_default()
    };
    let known = permissions();
    let reaches: BTreeMap<String, String> = pairs
        .iter()
        .filter(|(name, reach)| known.contains(name) && reach != "-")
        .cloned()
        .collect();
    let input = RoleInput {
        name: of("name").into(),
        reaches,
        fields: of("fields").into(),
    };
    let role = if id == "new" {
        None
    } else {
        Some(id.parse::<RoleId>().map_err(|_| Refusal::NotFound)?)
    };
    match app
        .gate
        .perform(
            &actor,
            SaveRole {
                id: role,
                version: None,
                input: input.clone(),
            },
        )
        .await
    {
        Ok(_) => go("/people/roles"),
        Err(refusal) => role_page(
            &actor,
            role.map(|r| r.to_string()),
            input,
            problems_of(refusal)?,
        ),
    }
}

pub(crate) async fn drop(
    State(app): State<App>,
    Path(id): Path<RoleId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, DropRole(id)).await?;
    go("/people/roles")
}
