//! Each line an address, and what is seen or done there.
use super::{customers, interpreters};
use crate::routes::{Nothing, Routes};
use interpres_directory::{
    AddCustomer, AddInterpreter, CustomerInput, EditCustomer, EditInterpreter, InterpreterInput,
    InviteInterpreter, ListCustomers, ListInterpreters, ShowCustomer, ShowInterpreter,
};

pub(crate) fn routes(all: Routes) -> Routes {
    all.with(interpreters).with(customers)
}

fn interpreters(all: Routes) -> Routes {
    all.list::<ListInterpreters>("/interpreters", "List interpreters")
        .page("/interpreters", interpreters::interpreters)
        .act(
            "/interpreters",
            "Add an interpreter",
            |(), input: InterpreterInput| Ok(AddInterpreter { input, id: None }),
        )
        .form("/interpreters", interpreters::add_interpreter)
        .show("/interpreters/{id}", "Show an interpreter", ShowInterpreter)
        .page("/interpreters/{id}", interpreters::interpreter)
        .replace(
            "/interpreters/{id}",
            "Change an interpreter",
            |id, version, input: InterpreterInput| EditInterpreter { id, version, input },
        )
        .form("/interpreters/{id}", interpreters::edit_interpreter)
        .act(
            "/interpreters/{id}/invitation",
            "Invite an interpreter to sign up",
            |id, _: Nothing| Ok(InviteInterpreter(id)),
        )
        .form(
            "/interpreters/{id}/invitation",
            interpreters::invite_interpreter,
        )
        .page("/interpreters/new", interpreters::new_interpreter)
}

fn customers(all: Routes) -> Routes {
    all.list::<ListCustomers>("/customers", "List customers")
        .page("/customers", customers::customers)
        .act(
            "/customers",
            "Add a customer",
            |(), input: CustomerInput| Ok(AddCustomer { input }),
        )
        .form("/customers", customers::add_customer)
        .show("/customers/{id}", "Show a customer", ShowCustomer)
        .page("/customers/{id}", customers::customer)
        .replace(
            "/customers/{id}",
            "Change a customer",
            |id, version, input: CustomerInput| EditCustomer { id, version, input },
        )
        .form("/customers/{id}", customers::edit_customer)
        .page("/customers/new", customers::new_customer)
}
