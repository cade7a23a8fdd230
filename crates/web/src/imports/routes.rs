//! Each line an address, and what is seen or done there.
use super::{api, review, uploads};
use crate::routes::Routes;
use interpres_gate::Action;
use interpres_imports::{ListImports, MapInput, MapValues, ReviewImport};
use interpres_types::Field;

pub(crate) fn routes(all: Routes) -> Routes {
    all.with(imports)
}

fn imports(all: Routes) -> Routes {
    all.fixed("/imports", "The latest uploads", ListImports)
        .page("/imports", uploads::list)
        .show("/imports/{id}", "The review of an upload", |id| {
            ReviewImport {
                id,
                after: Field::default(),
                only: Field::default(),
            }
        })
        .page("/imports/{id}", review::review)
        .act(
            "/imports/{id}/mapping",
            "Say how columns and values are meant",
            |import, input: MapInput| Ok(MapValues { import, input }),
        )
        .form("/imports/{id}/mapping", review::map)
        .of(Action::ImportUpload)
        .api_post("/imports", api::take_file)
        .form("/imports", uploads::take)
        .page("/imports/templates/{name}", uploads::template)
        .of(Action::ImportStart)
        .api_post("/imports/{id}/run", api::start_import)
        .form("/imports/{id}/run", review::start)
        .of(Action::ImportRejected)
        .api_get("/imports/{id}/rejected", api::rejected)
        .page("/imports/{id}/rejected.csv", review::rejected)
}
