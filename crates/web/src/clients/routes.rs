//! Each line an address, and what is seen or done there.
use super::{list, show};
use crate::routes::Routes;
use interpres_compliance::{EraseInput, EraseWholeClient, ShowClientDisclosures};
use interpres_gate::Action;
use interpres_scheduling::{
    ClientInput, EditClient, ListClients, SearchClients, SearchInput, ShowClient,
};

pub(crate) fn routes(all: Routes) -> Routes {
    all.list::<ListClients>("/clients", "List clients")
        .page("/clients", list::list)
        .of(Action::ClientsExport)
        .page("/clients/export", list::export)
        .ask(
            "/clients/search",
            "Find clients by name",
            |input: SearchInput| SearchClients { input },
        )
        .form("/clients/search", list::search)
        .show("/clients/{id}", "Show a client", ShowClient)
        .page("/clients/{id}", show::show)
        .replace(
            "/clients/{id}",
            "Change a client",
            |id, version, input: ClientInput| EditClient { id, version, input },
        )
        .form("/clients/{id}", show::save)
        .show(
            "/clients/{id}/disclosures",
            "Who learned what of a client",
            ShowClientDisclosures,
        )
        .page("/clients/{id}/disclosures", show::disclosures)
        .act(
            "/clients/{id}/erasure",
            "Erase a client with all of their appointments, for good",
            |id, input: EraseInput| Ok(EraseWholeClient { id, input }),
        )
        .form("/clients/{id}/erasure", show::erase)
}
