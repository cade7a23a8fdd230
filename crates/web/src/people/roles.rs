//! Roles.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Signed},
    shared::{
        Answer, Frame, Nothing, Pairs,
        both::{self, Sent},
        go, page, problems_of,
        rights::{Right, problems_in_words, rights, role_in_words, sight_in_words},
        with_status,
    },
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
    lines: Vec<Compared>,
}

/// What a permission is of for each role, in the order of the roles.
struct Compared {
    right: &'static Right,
    /// Whether a group of them begins with it.
    begins: bool,
    reaches: Vec<Reached>,
}

/// How far a role's permission goes, and how that looks among others.
struct Reached {
    words: &'static str,
    class: &'static str,
}

fn permissions() -> Vec<String> {
    Permission::ALL
        .iter()
        .filter(|p| p.is_for_people())
        .map(ToString::to_string)
        .collect()
}

/// A reach in words, by its word in code.
fn reach_in_words(word: &str) -> &'static str {
    match word {
        "all" => say::reach_all(),
        "team" => say::reach_team(),
        "own" => say::reach_own(),
        _ => "–",
    }
}

/// Those that a role can be given, with whether a group begins with each.
fn grouped() -> impl Iterator<Item = (&'static Right, bool)> {
    rights().scan("", |group, right| {
        let begins = *group != right.group;
        *group = right.group;
        Some((right, begins))
    })
}

fn compared(roles: &[RoleCard]) -> Vec<Compared> {
    let reach = |role: &RoleCard, right: &Right| {
        let held = role.reaches.get(&right.permission.to_string());
        let word = held.map_or("", String::as_str);
        Reached {
            words: reach_in_words(word),
            class: match word {
                "all" => "wide",
                "team" | "own" => "",
                _ => "faint",
            },
        }
    };
    grouped()
        .map(|(right, begins)| Compared {
            right,
            begins,
            reaches: roles.iter().map(|role| reach(role, right)).collect(),
        })
        .collect()
}

pub(crate) async fn list(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let roles = app.gate.view(&actor, ListRoles).await?.into_inner();
    page(&RolesPage {
        frame: Frame::of(&actor, "/people"),
        tab: "/people/roles",
        in_charge: actor.may(Permission::EditMembers),
        lines: compared(&roles),
        roles,
    })
}

#[derive(Template)]
#[template(path = "role.html")]
struct RolePage {
    frame: Frame,
    id: Option<String>,
    /// The version that the form is about; nothing of a new role.
    version: Option<i64>,
    input: RoleInput,
    lines: Vec<PermissionRow>,
    problems: Problems,
}

/// A permission with the reaches that the author can give.
struct PermissionRow {
    right: &'static Right,
    begins: bool,
    name: String,
    /// A word for each column, or nothing where it can't be given so far.
    reaches: [Option<&'static str>; 4],
}

/// The columns of the editor: what stands in the form, and its words.
const REACHES: [&str; 4] = ["-", "own", "team", "all"];

impl RolePage {
    /// What a role may see of clients.
    fn sights() -> [(&'static str, &'static str); 3] {
        [
            ("masked", say::sees_initials()),
            ("window", say::sees_around_start()),
            ("always", say::sees_always()),
        ]
    }
    fn title(&self) -> &'static str {
        if self.id.is_some() {
            say::role_edit_title()
        } else {
            say::role_new()
        }
    }
    fn sees(&self, sight: &str) -> bool {
        let chosen = self.input.fields.raw();
        chosen == sight || (chosen.trim().is_empty() && sight == "masked")
    }
    fn has(&self, permission: &str, reach: &str) -> bool {
        self.input
            .reaches
            .get(permission)
            .map_or(reach == "-", |r| r == reach)
    }
    fn said(reach: &str) -> &'static str {
        match reach {
            "-" => say::reach_none(),
            other => reach_in_words(other),
        }
    }
}

fn role_page(
    actor: &Actor,
    (id, version): (Option<String>, Option<i64>),
    input: RoleInput,
    problems: Problems,
) -> Answer {
    let lines = grouped()
        .map(|(right, begins)| {
            let p = right.permission;
            let held = actor.rights().grant(p).map(|grant| grant.reach);
            let can_give = |word: &str| {
                p.reaches().iter().any(|reach| {
                    reach.word() == word && held.map_or(p.is_ones_own(), |held| *reach <= held)
                })
            };
            PermissionRow {
                right,
                begins,
                name: p.to_string(),
                reaches: REACHES.map(|word| (word == "-" || can_give(word)).then_some(word)),
            }
        })
        .collect();
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
            version,
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
    let own = found.as_ref().filter(|r| r.own);
    let own = (own.map(|r| r.id.clone()), own.and_then(|r| r.version));
    let input = found.map_or_else(RoleInput::default, |r| RoleInput {
        name: if r.own {
            r.name
        } else {
            say::role_copy(say::overheard(&role_in_words(&r.name)))
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
    let version = of("version").parse().ok();
    let save = SaveRole {
        id: role,
        version,
        input: input.clone(),
    };
    match app.gate.perform(&actor, save).await {
        Ok(_) => go("/people/roles"),
        Err(refusal) if both::is_late(&refusal) => late(&app, &actor, &id, pairs, refusal).await,
        Err(refusal) => role_page(
            &actor,
            (role.map(|r| r.to_string()), version),
            input,
            problems_in_words(&problems_of(refusal)?),
        ),
    }
}

/// Both versions, where somebody else saved in between.
async fn late(app: &App, actor: &Actor, id: &str, yours: Pairs, refusal: Refusal) -> Answer {
    let roles = app.gate.view(actor, ListRoles).await?.into_inner();
    let saved = roles
        .into_iter()
        .find(|role| role.id == id)
        .ok_or(Refusal::NotFound)?;
    let reaches = permissions().into_iter().map(|permission| {
        let reach = saved.reaches.get(&permission);
        let reach = reach.cloned().unwrap_or_else(|| "-".to_owned());
        (permission, reach)
    });
    let saved: Pairs = [
        ("name".to_owned(), saved.name.clone()),
        ("fields".to_owned(), saved.fields.clone()),
    ]
    .into_iter()
    .chain(reaches)
    .collect();
    let meaning = |field: &str, value: &str| match field {
        "name" => None,
        "fields" => Some(say::overheard(sight_in_words(value)).into_owned()),
        _ => Some(RolePage::said(value).to_owned()),
    };
    let sent = Sent {
        here: "/people",
        action: format!("/people/roles/{id}"),
        back: "/people/roles".to_owned(),
        yours,
        lists: &[],
        meaning: &meaning,
    };
    both::page(actor, refusal, sent, &saved)
}

pub(crate) async fn drop(
    State(app): State<App>,
    Path(id): Path<RoleId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, DropRole(id)).await?;
    go("/people/roles")
}
