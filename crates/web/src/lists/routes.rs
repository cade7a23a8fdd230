//! Each line an address, and what is seen or done there.
use super::keep;
use crate::routes::{Nothing, Routes};
use interpres_accounts::{
    DropView, LayoutInput, RenameView, SaveView, SaveViewInput, SetLayout, ShareView,
    ShareViewInput, ShowLayout, ViewNameInput,
};

pub(crate) fn routes(all: Routes) -> Routes {
    all.show(
        "/lists/{id}/layout",
        "How one looks at a list, by its name: saved views, and which columns are left out",
        ShowLayout,
    )
    .beside("/appointments")
    .act(
        "/lists/{id}/layout",
        "Say how one looks at a list",
        |list, input: LayoutInput| Ok(SetLayout { list, input }),
    )
    .form("/lists/{id}/opening", keep::open_first)
    .form("/lists/{id}/columns", keep::columns)
    .act(
        "/views",
        "Save a view of a list",
        |(), input: SaveViewInput| Ok(SaveView { input }),
    )
    .form("/views", keep::save)
    .act(
        "/views/{id}/name",
        "Rename a saved view",
        |id, input: ViewNameInput| Ok(RenameView { id, input }),
    )
    .form("/views/{id}/name", keep::rename)
    .act(
        "/views/{id}/sharing",
        "Share a saved view with the workspace, or stop sharing it",
        |id, input: ShareViewInput| Ok(ShareView { id, input }),
    )
    .form("/views/{id}/sharing", keep::share)
    .act(
        "/views/{id}/drop",
        "Delete a saved view",
        |id, _: Nothing| Ok(DropView(id)),
    )
    .form("/views/{id}/drop", keep::drop_view)
}
