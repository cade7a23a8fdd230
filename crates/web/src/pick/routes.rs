//! Each line an address, and what is seen or done there.
use super::suggest;
use crate::routes::Routes;
use interpres_gate::Action;

pub(crate) fn routes(all: Routes) -> Routes {
    all.page("/pick/languages", suggest::languages)
        .page("/pick/zones", suggest::zones)
        .of(Action::CustomersList)
        .page("/pick/customers", suggest::customers)
        .of(Action::InterpretersList)
        .page("/pick/interpreters", suggest::interpreters)
        .of(Action::MembersList)
        .page("/pick/members", suggest::members)
}
