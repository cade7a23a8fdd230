//! Uploading a file, saying what is meant, and the review of it.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, PostedFile, Query, Signed},
    shared::{
        Answer, Frame, Nothing, Pairs, Refused, go, languages, page,
        paper::attachment,
        picker::{self, Picker, Search},
        with_status,
    },
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::{ListRoles, ListTeams};
use interpres_gate::{Actor, Permission, Refusal};
use interpres_imports::{
    ImportCard, ImportKind, ImportState, ListImports, MapInput, MapValues, RejectedLines,
    ReviewImport, ReviewView, StartImport, UnknownValue, upload,
};
use interpres_types::{Field, ImportId, Problems};
use serde::Deserialize;

/// What stands for a column of which nobody has said yet which field it is.
const UNSAID: &str = "?";

#[derive(Template)]
#[template(path = "imports.html")]
struct ImportsPage {
    frame: Frame,
    items: Vec<ImportCard>,
    problem: String,
    /// What a file can hold, as far as the person may bring it along.
    kinds: Vec<ImportKind>,
    kind: String,
}

impl ImportPage {
    /// Whether this column is one of several that could be the same field.
    fn clashes(&self, column: &str) -> bool {
        self.r
            .clashes
            .iter()
            .any(|clash| clash.columns.iter().any(|c| c == column))
    }
}

impl ImportsPage {
    fn of(actor: &Actor, items: Vec<ImportCard>, kind: String, problem: String) -> Self {
        let may =
            |kind: &ImportKind| *kind != ImportKind::People || actor.may(Permission::EditMembers);
        Self {
            frame: Frame::of(actor, "/imports"),
            items,
            problem,
            kinds: ImportKind::ALL.iter().copied().filter(may).collect(),
            kind,
        }
    }
}

/// Which kind of file somebody comes to bring along.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Comes {
    kind: String,
}

pub(crate) async fn list(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(comes): Query<Comes>,
) -> Answer {
    let items = app.gate.view(&actor, ListImports).await?.into_inner();
    page(&ImportsPage::of(&actor, items, comes.kind, String::new()))
}

/// A file without rows to begin from.
pub(crate) async fn template(Path(name): Path<String>, Signed(_): Signed) -> Answer {
    let kind: ImportKind = name
        .strip_suffix(".csv")
        .and_then(|kind| kind.parse().ok())
        .ok_or(Refusal::NotFound)?;
    Ok(attachment(
        "text/csv; charset=utf-8",
        &format!("{}.csv", kind.word()),
        kind.template().into_bytes(),
    ))
}

/// What the upload form holds.
pub(crate) async fn take(State(app): State<App>, PostedFile(actor, sent): PostedFile) -> Answer {
    let mut p = Problems::none();
    let kind = p
        .need::<ImportKind>("kind", &sent.field("kind"))
        .ok_or(Refusal::Invalid(p))?;
    match upload(&app.gate, &actor, kind, &sent.name, &sent.bytes).await {
        Ok(uploaded) => go(format!("/imports/{}", uploaded.id)),
        Err(refusal @ Refusal::Invalid(_)) => {
            let items = app.gate.view(&actor, ListImports).await?.into_inner();
            with_status(
                StatusCode::UNPROCESSABLE_ENTITY,
                &ImportsPage::of(&actor, items, kind.to_string(), format!("The {refusal}")),
            )
        }
        Err(other) => Err(other.into()),
    }
}

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    frame: Frame,
    r: ReviewView,
    strangers: Vec<Stranger>,
    open: bool,
    running: bool,
    unmapped: bool,
    only_bad: bool,
    done: i64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    after: Field,
    only: Field,
}

/// A value of the file that matches nothing, with what it may mean.
struct Stranger {
    value: UnknownValue,
    choices: Picker,
}

pub(crate) async fn review(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<ImportId>,
    Query(which): Query<Which>,
) -> Answer {
    page(&import_page(&app, &actor, id, which, &[]).await?)
}

/// The same page, looking for the customers that values of the file mean; what was mapped so far stays.
pub(crate) async fn look_for_customers(
    State(app): State<App>,
    Path(id): Path<ImportId>,
    Posted(actor, typed): Posted<Pairs>,
) -> Answer {
    page(&import_page(&app, &actor, id, Which::default(), &typed).await?)
}

async fn import_page(
    app: &App,
    actor: &Actor,
    id: ImportId,
    which: Which,
    typed: &[(String, String)],
) -> Result<ImportPage, Refused> {
    let only_bad = which.only.raw() == "bad";
    let mut r = app
        .gate
        .view(
            actor,
            ReviewImport {
                id,
                after: which.after,
                only: which.only,
            },
        )
        .await?
        .into_inner();
    let of = |name: String| {
        typed
            .iter()
            .rfind(|(n, _)| *n == name)
            .map(|(_, value)| value.clone())
    };
    for column in &mut r.columns {
        column.field =
            of(format!("column|{}", column.column)).unwrap_or_else(|| column.field.clone());
    }
    let unknown = std::mem::take(&mut r.unknown);
    let lists = if unknown.is_empty() {
        Lists::default()
    } else {
        lists(app, actor).await?
    };
    let mut strangers = Vec::new();
    for value in unknown {
        let chosen = of(format!("value|{}", value.key))
            .or_else(|| value.suggestion.clone())
            .unwrap_or_default();
        let choices = match value.field.as_str() {
            "customer" => {
                let find = of(format!("find|{}", value.key)).unwrap_or_default();
                if find.is_empty() {
                    lists.customers.with(&chosen)
                } else {
                    picker::customers(
                        app,
                        actor,
                        &chosen,
                        Search {
                            find,
                            after: String::new(),
                        },
                    )
                    .await?
                }
            }
            "team" | "teams" => Picker {
                chosen,
                choices: lists.teams.clone(),
                ..Picker::default()
            },
            "role" => Picker {
                chosen,
                choices: lists.roles.clone(),
                ..Picker::default()
            },
            _ => {
                let mut choices = lists.languages.clone();
                // A rare one may be suggested that is not among those that are offered.
                if !chosen.is_empty() && choices.iter().all(|(name, _)| *name != chosen) {
                    choices.insert(0, (chosen.clone(), chosen.clone()));
                }
                Picker {
                    chosen,
                    choices,
                    ..Picker::default()
                }
            }
        };
        strangers.push(Stranger { value, choices });
    }
    let waiting = r.outcomes.get("waiting").copied().unwrap_or(0);
    Ok(ImportPage {
        frame: Frame::of(actor, "/imports"),
        open: r.state == ImportState::Review,
        running: r.state == ImportState::Running,
        unmapped: r.columns.iter().any(|c| c.field.is_empty())
            || !r.clashes.is_empty()
            || !strangers.is_empty() && r.kind == ImportKind::Customers,
        done: r.total - waiting,
        only_bad,
        strangers,
        r,
    })
}

/// What a stranger may mean.
#[derive(Default)]
struct Lists {
    languages: Pairs,
    teams: Pairs,
    customers: Picker,
    roles: Pairs,
}

async fn lists(app: &App, actor: &Actor) -> Result<Lists, Refused> {
    let twice = |name: String| (name.clone(), name);
    let roles = if actor.may(Permission::ViewMembers) {
        app.gate.view(actor, ListRoles).await?.into_inner()
    } else {
        Vec::new()
    };
    Ok(Lists {
        languages: languages(actor).into_iter().map(twice).collect(),
        teams: app
            .gate
            .view(actor, ListTeams)
            .await?
            .into_inner()
            .into_iter()
            .filter(|t| t.own)
            .map(|t| twice(t.name))
            .collect(),
        customers: picker::customers(app, actor, "", Search::default()).await?,
        roles: roles.into_iter().map(|r| twice(r.name)).collect(),
    })
}

pub(crate) async fn map(
    State(app): State<App>,
    Path(import): Path<ImportId>,
    Posted(actor, pairs): Posted<Pairs>,
) -> Answer {
    let mut input = MapInput::default();
    for (name, value) in pairs {
        match name.split_once('|') {
            // A column in a clash that nobody answered for.
            Some(("column", _)) if value == UNSAID => {}
            Some(("column", column)) => drop(input.columns.insert(column.to_owned(), value.into())),
            Some(("value", key)) => drop(input.values.insert(key.to_owned(), value.into())),
            _ => {}
        }
    }
    app.gate
        .perform(&actor, MapValues { import, input })
        .await?;
    go(format!("/imports/{import}"))
}

pub(crate) async fn start(
    State(app): State<App>,
    Path(id): Path<ImportId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, StartImport(id)).await?;
    go(format!("/imports/{id}"))
}

pub(crate) async fn rejected(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<ImportId>,
) -> Answer {
    let file = app.gate.view(&actor, RejectedLines(id)).await?.into_inner();
    Ok(attachment(
        "text/csv; charset=utf-8",
        &file.name,
        file.csv.into_bytes(),
    ))
}
