//! Each line an address, and what is seen or done there.
use super::{address, factors, home, notices, pictures, profile, workspaces};
use crate::routes::Routes;
use interpres_accounts::ListNotices;

pub(crate) fn routes(all: Routes) -> Routes {
    all.with(home)
        .with(account)
        .with(pictures)
        .with(address)
        .with(factors)
        .with(workspaces)
        .with(notices)
}

fn home(all: Routes) -> Routes {
    all.page("/", home::home)
}

fn account(all: Routes) -> Routes {
    all.page("/account", profile::show)
        .form("/account/profile", profile::set_profile)
        .form("/account/keys", profile::mint)
        .form("/account/keys/{id}/end", profile::revoke)
        .form("/account/sessions/{id}/end", profile::end_session)
        .form("/account/sessions/end", profile::end_sessions)
}

fn pictures(all: Routes) -> Routes {
    all.form("/settings/workspace/logo", pictures::set_logo)
        .form("/account/photo", pictures::set_photo)
        .page("/pictures/{id}", pictures::show)
}

fn address(all: Routes) -> Routes {
    all.form("/account/address", address::ask)
        .form("/address", address::follow)
        .page("/address/{link}", address::by_link)
}

fn factors(all: Routes) -> Routes {
    all.form("/session/renewal", factors::renew_session)
        .page("/session/resumed", factors::resumed)
        .form("/account/password", factors::change)
        .page("/account/factors", factors::factors)
        .form("/account/factors/app", factors::begin_app)
        .form("/account/factors/app/code", factors::add_app)
        .form("/account/factors/text", factors::begin_text)
        .form("/account/factors/text/code", factors::add_text)
        .form("/account/factors/passkey", factors::begin_passkey)
        .form("/account/factors/passkey/answer", factors::add_passkey)
        .form("/account/factors/codes", factors::make_codes)
        .form("/account/factors/{id}/end", factors::end_factor)
}

fn workspaces(all: Routes) -> Routes {
    all.page("/workspaces", workspaces::workspaces)
        .form("/workspaces/{id}/session", workspaces::switch)
        .form("/account/ownership", workspaces::accept_ownership)
}

fn notices(all: Routes) -> Routes {
    all.fixed("/notices", "One's own notices", ListNotices)
        .page("/notices", notices::notices)
        .form("/notices/read", notices::read)
}
