//! Files that come in, tried by everybody.
use super::{Answer, Attempt, perform, view};
use interpres_gate::{Action, Actor, Gate, Permission};
use interpres_imports::*;
use interpres_types::ImportId;

pub(super) async fn files(g: &Gate, a: &Actor) -> Vec<Attempt> {
    vec![
        view(g, a, RejectedLines(ImportId::NONE)).await,
        perform(g, a, StartImport(ImportId::NONE)).await,
        Attempt {
            action: Action::ImportUpload,
            permission: Permission::Import,
            answer: Answer::of(upload(g, a, ImportKind::Customers, "x.csv", b"name\nx\n").await),
        },
    ]
}
