use super::{Answer, Frame, Nothing, filters, go, page, upload::Sent, with_status};
use crate::{
    App, api,
    door::{Path, Posted, Query, Signed, is_csrf, stale},
};
use askama::Template;
use axum::{
    extract::{Multipart, State},
    http::StatusCode,
};
use interpres_accounts::{ListRoles, ListTeams};
use interpres_directory::ListCustomers;
use interpres_gate::{Actor, Permission, Refusal};
use interpres_imports::{
    ImportCard, ImportKind, ImportState, ListImports, MapInput, MapValues, RejectedLines, ReviewImport, ReviewView, StartImport, UnknownValue, upload,
};
use interpres_types::{Field, ImportId, Problems};
use serde::Deserialize;

type Pairs = Vec<(String, String)>;

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

impl ImportsPage {
    fn of(actor: &Actor, items: Vec<ImportCard>, kind: String, problem: String) -> Self {
        let may = |kind: &ImportKind| *kind != ImportKind::People || actor.may(Permission::EditMembers);
        Self { frame: Frame::of(actor, "/imports"), items, problem, kinds: ImportKind::ALL.iter().copied().filter(may).collect(), kind }
    }
}

/// Which kind of file somebody comes to bring along.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Comes {
    kind: String,
}

pub(crate) async fn list(State(app): State<App>, Signed(actor): Signed, Query(comes): Query<Comes>) -> Answer {
    let items = app.gate.view(&actor, ListImports).await?.into_inner();
    page(&ImportsPage::of(&actor, items, comes.kind, String::new()))
}

/// A file without rows to begin from.
pub(crate) async fn template(Path(name): Path<String>, Signed(_): Signed) -> Answer {
    let kind: ImportKind = name.strip_suffix(".csv").and_then(|kind| kind.parse().ok()).ok_or(Refusal::NotFound)?;
    Ok(api::attachment("text/csv; charset=utf-8", &format!("{}.csv", kind.word()), kind.template().into_bytes()))
}

/// What the upload form holds.
pub(crate) async fn take(State(app): State<App>, Signed(actor): Signed, form: Multipart) -> Answer {
    let Some(sent) = Sent::of(form).await else { return Err(Refusal::invalid("file", "could not be read; it may be larger than 8 MB").into()) };
    if !is_csrf(&actor, sent.field("csrf").raw()) {
        return Ok(stale());
    }
    let mut p = Problems::none();
    let kind = p.need::<ImportKind>("kind", &sent.field("kind")).ok_or(Refusal::Invalid(p))?;
    match upload(&app.gate, &actor, kind, &sent.name, &sent.bytes).await {
        Ok(uploaded) => go(format!("/imports/{}", uploaded.id)),
        Err(refusal @ Refusal::Invalid(_)) => {
            let items = app.gate.view(&actor, ListImports).await?.into_inner();
            with_status(StatusCode::UNPROCESSABLE_ENTITY, &ImportsPage::of(&actor, items, kind.to_string(), format!("The {refusal}")))
        }
        Err(other) => Err(other.into()),
    }
}

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    frame: Frame,
    r: ReviewView,
    unknown: Vec<(UnknownValue, Pairs)>,
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

pub(crate) async fn review(State(app): State<App>, Signed(actor): Signed, Path(id): Path<ImportId>, Query(which): Query<Which>) -> Answer {
    let only_bad = which.only.raw() == "bad";
    let mut r = app.gate.view(&actor, ReviewImport { id, after: which.after, only: which.only }).await?.into_inner();
    let unknown = std::mem::take(&mut r.unknown);
    let choices = if unknown.is_empty() { [Vec::new(), Vec::new(), Vec::new(), Vec::new()] } else { choices(&app, &actor).await? };
    let unknown: Vec<(UnknownValue, Pairs)> = unknown
        .into_iter()
        .map(|u| {
            let list = match u.field.as_str() {
                "team" | "teams" => &choices[1],
                "role" => &choices[3],
                "customer" => &choices[2],
                _ => &choices[0],
            };
            let list = list.clone();
            (u, list)
        })
        .collect();
    let waiting = r.outcomes.get("waiting").copied().unwrap_or(0);
    let page_of = ImportPage {
        frame: Frame::of(&actor, "/imports"),
        open: r.state == ImportState::Review,
        running: r.state == ImportState::Running,
        unmapped: r.columns.iter().any(|c| c.field.is_empty()) || !unknown.is_empty() && r.kind == ImportKind::Customers,
        done: r.total - waiting,
        only_bad,
        unknown,
        r,
    };
    page(&page_of)
}

/// What a stranger may mean: languages, teams, customers, roles.
async fn choices(app: &App, actor: &Actor) -> Result<[Pairs; 4], super::Refused> {
    let languages = super::appointments::languages(actor).into_iter().map(|(_, name)| (name.clone(), name)).collect();
    let teams = app.gate.view(actor, ListTeams).await?.into_inner().into_iter().filter(|t| t.own).map(|t| (t.name.clone(), t.name)).collect();
    let customers = app.gate.view(actor, ListCustomers { limit: "200".into(), ..ListCustomers::default() }).await?.into_inner();
    let customers = customers.items.into_iter().map(|c| (c.id.to_string(), format!("{} ({})", c.name, c.email))).collect();
    let roles = if actor.may(Permission::ViewMembers) { app.gate.view(actor, ListRoles).await?.into_inner() } else { Vec::new() };
    let roles = roles.into_iter().map(|r| (r.name.clone(), r.name)).collect();
    Ok([languages, teams, customers, roles])
}

pub(crate) async fn map(State(app): State<App>, Path(import): Path<ImportId>, Posted(actor, pairs): Posted<Pairs>) -> Answer {
    let mut input = MapInput::default();
    for (name, value) in pairs {
        match name.split_once('|') {
            Some(("column", column)) => drop(input.columns.insert(column.to_owned(), value.into())),
            Some(("value", key)) => drop(input.values.insert(key.to_owned(), value.into())),
            _ => {}
        }
    }
    app.gate.perform(&actor, MapValues { import, input }).await?;
    go(format!("/imports/{import}"))
}

pub(crate) async fn start(State(app): State<App>, Path(id): Path<ImportId>, Posted(actor, _): Posted<Nothing>) -> Answer {
    app.gate.perform(&actor, StartImport(id)).await?;
    api::go_on(&app, actor, id);
    go(format!("/imports/{id}"))
}

pub(crate) async fn rejected(State(app): State<App>, Signed(actor): Signed, Path(id): Path<ImportId>) -> Answer {
    let file = app.gate.view(&actor, RejectedLines(id)).await?.into_inner();
    Ok(api::attachment("text/csv; charset=utf-8", &file.name, file.csv.into_bytes()))
}
