//! Saving a view and what is done with it, and which columns of a list are shown.
use crate::{
    App,
    door::{Path, Posted},
    shared::{Answer, OwnPath, go},
};
use axum::extract::State;
use interpres_accounts::{
    DropView, LayoutInput, ListName, RenameView, SaveView, SaveViewInput, SetLayout, ShareView,
    ShareViewInput, ViewNameInput,
};
use interpres_gate::Refusal;
use interpres_types::{Field, SavedViewId};
use serde::Deserialize;
use std::collections::HashSet;

/// A view to save, and where its list is.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ViewForm {
    list: Field,
    name: Field,
    filter: Field,
    back: OwnPath,
}

pub(super) async fn save(State(app): State<App>, Posted(actor, form): Posted<ViewForm>) -> Answer {
    let input = SaveViewInput {
        list: form.list,
        name: form.name,
        filter: form.filter,
    };
    app.gate.perform(&actor, SaveView { input }).await?;
    go(form.back)
}

/// What is said of a view or a list, and where to go then.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    name: Field,
    shared: Field,
    opens: Field,
    back: OwnPath,
}

pub(super) async fn rename(
    State(app): State<App>,
    Path(id): Path<SavedViewId>,
    Posted(actor, said): Posted<Said>,
) -> Answer {
    let input = ViewNameInput { name: said.name };
    app.gate.perform(&actor, RenameView { id, input }).await?;
    go(said.back)
}

pub(super) async fn share(
    State(app): State<App>,
    Path(id): Path<SavedViewId>,
    Posted(actor, said): Posted<Said>,
) -> Answer {
    let input = ShareViewInput {
        shared: said.shared,
    };
    app.gate.perform(&actor, ShareView { id, input }).await?;
    go(said.back)
}

pub(super) async fn drop_view(
    State(app): State<App>,
    Path(id): Path<SavedViewId>,
    Posted(actor, said): Posted<Said>,
) -> Answer {
    app.gate.perform(&actor, DropView(id)).await?;
    go(said.back)
}

fn list_of(word: &str) -> Result<ListName, Refusal> {
    word.parse().map_err(|_| Refusal::NotFound)
}

pub(super) async fn open_first(
    State(app): State<App>,
    Path(list): Path<String>,
    Posted(actor, said): Posted<Said>,
) -> Answer {
    let input = LayoutInput {
        opens: said.opens,
        hidden: None,
    };
    let list = list_of(&list)?;
    app.gate.perform(&actor, SetLayout { list, input }).await?;
    go(said.back)
}

/// The columns to choose from, and those that are to be shown.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Chosen {
    all: Vec<String>,
    shown: Vec<String>,
    back: OwnPath,
}

pub(super) async fn columns(
    State(app): State<App>,
    Path(list): Path<String>,
    Posted(actor, chosen): Posted<Chosen>,
) -> Answer {
    let Chosen { all, shown, back } = chosen;
    let shown: HashSet<String> = shown.into_iter().collect();
    let input = LayoutInput {
        opens: Field::default(),
        hidden: Some(all.into_iter().filter(|one| !shown.contains(one)).collect()),
    };
    let list = list_of(&list)?;
    app.gate.perform(&actor, SetLayout { list, input }).await?;
    go(back)
}
