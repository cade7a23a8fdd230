//! Uploading a file, and the latest uploads.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, PostedFile, Query, Signed},
    shared::{Answer, Frame, go, page, paper::attachment, problem_lines, with_status},
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_gate::{Actor, Permission, Refusal};
use interpres_imports::{ImportCard, ImportKind, ListImports, upload};
use interpres_types::Problems;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "imports.html")]
struct ImportsPage {
    frame: Frame,
    items: Vec<ImportCard>,
    problem: String,
    /// What a file can hold, as far as the person may bring it along.
    kinds: Vec<ImportKind>,
    kind: String,
    zone: String,
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
            zone: actor.zone().to_string(),
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

/// What is wrong with a file, or with what was said of it.
fn wrong(problems: &Problems) -> String {
    match problems.of("file") {
        Some(rule) => say::upload_wrong(say::overheard(&rule.to_string())),
        None => problem_lines(problems).join("; "),
    }
}

/// What the upload form holds.
pub(crate) async fn take(State(app): State<App>, PostedFile(actor, sent): PostedFile) -> Answer {
    let mut p = Problems::none();
    let kind = p
        .need::<ImportKind>("kind", &sent.field("kind"))
        .ok_or(Refusal::Invalid(p))?;
    match upload(&app.gate, &actor, kind, &sent.name, &sent.bytes).await {
        Ok(uploaded) => go(format!("/imports/{}", uploaded.id)),
        Err(Refusal::Invalid(problems)) => {
            let items = app.gate.view(&actor, ListImports).await?.into_inner();
            with_status(
                StatusCode::UNPROCESSABLE_ENTITY,
                &ImportsPage::of(&actor, items, kind.to_string(), wrong(&problems)),
            )
        }
        Err(other) => Err(other.into()),
    }
}
