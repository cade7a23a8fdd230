//! Interpreters, customers and imports, tried by everybody.
use super::{Attempt, perform, view};
use interpres_directory::*;
use interpres_gate::{Actor, Gate};
use interpres_imports::*;
use interpres_testkit::House;
use interpres_types::ImportId;

pub(super) async fn directory(house: &House, g: &Gate, a: &Actor) -> Vec<Attempt> {
    let interpreter = house.world.interpreters["Pablo"];
    let customer = house.world.customers["St. Brigid Hospital"];
    vec![
        view(g, a, ListInterpreters::default()).await,
        view(g, a, ShowInterpreter(interpreter)).await,
        perform(
            g,
            a,
            AddInterpreter {
                input: InterpreterInput::default(),
                id: None,
            },
        )
        .await,
        perform(g, a, InviteInterpreter(interpreter)).await,
        perform(
            g,
            a,
            EditInterpreter {
                id: interpreter,
                version: None,
                input: InterpreterInput::default(),
            },
        )
        .await,
        view(g, a, ListCustomers::default()).await,
        view(g, a, ShowCustomer(customer)).await,
        perform(
            g,
            a,
            AddCustomer {
                input: CustomerInput::default(),
            },
        )
        .await,
        perform(
            g,
            a,
            EditCustomer {
                id: customer,
                version: None,
                input: CustomerInput::default(),
            },
        )
        .await,
    ]
}

pub(super) async fn imports(g: &Gate, a: &Actor) -> Vec<Attempt> {
    let import = ImportId::NONE;
    vec![
        view(g, a, ListImports).await,
        view(
            g,
            a,
            ReviewImport {
                id: import,
                after: "".into(),
                only: "".into(),
            },
        )
        .await,
        view(g, a, RejectedLines(import)).await,
        perform(
            g,
            a,
            MapValues {
                import,
                input: MapInput::default(),
            },
        )
        .await,
        perform(g, a, StartImport(import)).await,
    ]
}
