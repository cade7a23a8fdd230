//! Each line an address, and what is seen or done there.
use super::{customer, customers, interpreter, interpreter_form, interpreters};
use crate::routes::{Nothing, Routes};
use interpres_directory::{
    AddCustomer, AddInterpreter, CustomerInput, EditCustomer, EditInterpreter, InterpreterInput,
    InviteInterpreter, ListCustomers, ListInterpreters, ShowCustomer, ShowInterpreter,
};
use interpres_gate::Action;

pub(crate) fn routes(all: Routes) -> Routes {
    all.with(interpreters).with(customers)
}

fn interpreters(all: Routes) -> Routes {
    all.list::<ListInterpreters>("/interpreters", "List interpreters")
        .page("/interpreters", interpreters::interpreters)
        .of(Action::InterpretersExport)
        .page("/interpreters/export", interpreters::export)
        .form(
            "/interpreters/selected/export",
            interpreters::export_selected,
        )
        .act(
            "/interpreters",
            "Add an interpreter",
            |(), input: InterpreterInput| Ok(AddInterpreter { input, id: None }),
        )
        .form("/interpreters", interpreter_form::add_interpreter)
        .show("/interpreters/{id}", "Show an interpreter", ShowInterpreter)
        .page("/interpreters/{id}", interpreter::interpreter)
        .replace(
            "/interpreters/{id}",
            "Change an interpreter",
            |id, version, input: InterpreterInput| EditInterpreter { id, version, input },
        )
        .form("/interpreters/{id}", interpreter_form::save)
        .page("/interpreters/{id}/edit", interpreter_form::edit)
        .act(
            "/interpreters/{id}/invitation",
            "Invite an interpreter to sign up",
            |id, _: Nothing| Ok(InviteInterpreter(id)),
        )
        .form(
            "/interpreters/{id}/invitation",
            interpreter::invite_interpreter,
        )
        .form(
            "/interpreters/selected/invitation",
            interpreters::invite_selected,
        )
        .page("/interpreters/new", interpreter_form::new_interpreter)
}

fn customers(all: Routes) -> Routes {
    all.list::<ListCustomers>("/customers", "List customers")
        .page("/customers", customers::customers)
        .of(Action::CustomersExport)
        .page("/customers/export", customers::export)
        .form("/customers/selected/export", customers::export_selected)
        .act(
            "/customers",
            "Add a customer",
            |(), input: CustomerInput| Ok(AddCustomer { input }),
        )
        .form("/customers", customer::add_customer)
        .show("/customers/{id}", "Show a customer", ShowCustomer)
        .page("/customers/{id}", customer::customer)
        .replace(
            "/customers/{id}",
            "Change a customer",
            |id, version, input: CustomerInput| EditCustomer { id, version, input },
        )
        .form("/customers/{id}", customer::save)
        .page("/customers/{id}/edit", customer::edit)
        .page("/customers/new", customer::new_customer)
}
