//! Files from elsewhere; and how one is uploaded, looked at and imported.
pub(crate) mod change_by_file;
pub(crate) mod doubtful_files;
pub(crate) mod go_on;
pub(crate) mod import;

use interpres_gate::Actor;
use interpres_imports::{ImportKind, ReviewImport, ReviewView, StartImport, upload};
use interpres_testkit::House;
use interpres_types::ImportId;

/// Uploads a file, under a name that names a client.
pub(crate) async fn take(house: &House, dora: &Actor, kind: ImportKind, text: &str) -> ImportId {
    let name = "Kanarya intake.csv";
    let taken = upload(&house.gate, dora, kind, name, text.as_bytes()).await;
    taken.unwrap().id
}

/// The first page of an import's review.
pub(crate) async fn look(house: &House, dora: &Actor, id: ImportId) -> ReviewView {
    let review = ReviewImport {
        id,
        after: "".into(),
        only: "".into(),
    };
    house.gate.view(dora, review).await.unwrap().into_inner()
}

/// Starts an import, waits for its end and looks at it.
pub(crate) async fn run(house: &House, dora: &Actor, id: ImportId) -> ReviewView {
    house.gate.perform(dora, StartImport(id)).await.unwrap();
    house.gate.work_off().await.unwrap();
    look(house, dora, id).await
}

/// Uploads a file and imports it as it is.
pub(crate) async fn import(
    house: &House,
    dora: &Actor,
    kind: ImportKind,
    text: &str,
) -> ReviewView {
    let id = take(house, dora, kind, text).await;
    run(house, dora, id).await
}
