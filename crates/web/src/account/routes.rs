//! Each line an address, and what is seen or done there.
use super::{address, factors, home, notices, pictures, profile, workspaces};
use crate::routes::Routes;
use interpres_accounts::ListNotices;
use interpres_gate::Action;

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
    all.of(Action::ProfileShow)
        .page("/", home::home)
        .beside("/account")
}

fn account(all: Routes) -> Routes {
    all.of(Action::AccountShow)
        .page("/account", profile::show)
        .of(Action::ProfileSet)
        .form("/account/profile", profile::set_profile)
        .of(Action::ApiKeyMint)
        .form("/account/keys", profile::mint)
        .of(Action::ApiKeyEnd)
        .form("/account/keys/{id}/end", profile::revoke)
        .of(Action::SessionsEnd)
        .form("/account/sessions/{id}/end", profile::end_session)
        .form("/account/sessions/end", profile::end_sessions)
}

fn pictures(all: Routes) -> Routes {
    all.of(Action::WorkspaceSet)
        .form("/settings/workspace/logo", pictures::set_logo)
        .of(Action::ProfileSet)
        .form("/account/photo", pictures::set_photo)
        .of(Action::PictureShow)
        .page("/pictures/{id}", pictures::show)
}

fn address(all: Routes) -> Routes {
    all.of(Action::AddressAsk)
        .form("/account/address", address::ask)
        .of(Action::AddressProve)
        .form("/address", address::follow)
        .page("/address/{link}", address::by_link)
}

fn factors(all: Routes) -> Routes {
    all.form("/session/renewal", factors::renew_session)
        .page("/session/resumed", factors::resumed)
        .of(Action::PasswordChange)
        .form("/account/password", factors::change)
        .of(Action::IdentityShow)
        .page("/account/factors", factors::factors)
        .of(Action::FactorBegin)
        .form("/account/factors/app", factors::begin_app)
        .form("/account/factors/passkey", factors::begin_passkey)
        .of(Action::FactorSend)
        .form("/account/factors/text", factors::begin_text)
        .of(Action::FactorAdd)
        .form("/account/factors/app/code", factors::add_app)
        .form("/account/factors/text/code", factors::add_text)
        .form("/account/factors/passkey/answer", factors::add_passkey)
        .of(Action::RecoveryCodesMake)
        .form("/account/factors/codes", factors::make_codes)
        .of(Action::FactorEnd)
        .form("/account/factors/{id}/end", factors::end_factor)
}

fn workspaces(all: Routes) -> Routes {
    all.of(Action::IdentityShow)
        .page("/workspaces", workspaces::workspaces)
        .of(Action::SessionSwitch)
        .form("/workspaces/{id}/session", workspaces::switch)
        .of(Action::OwnershipAccept)
        .form("/account/ownership", workspaces::accept_ownership)
}

fn notices(all: Routes) -> Routes {
    all.fixed("/notices", "One's own notices", ListNotices)
        .page("/notices", notices::notices)
        .of(Action::NoticesRead)
        .form("/notices/read", notices::read)
}
