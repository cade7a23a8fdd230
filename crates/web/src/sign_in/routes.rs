//! Each line an address, and what is seen or done there.
use super::{enter, invitation, password, proof, provider, terms};
use crate::routes::Routes;
use interpres_gate::Action;

pub(crate) fn routes(all: Routes) -> Routes {
    all.with(sign_in)
        .with(provider)
        .with(terms)
        .with(proof)
        .with(password)
        .with(invitation)
}

fn sign_in(all: Routes) -> Routes {
    all.of(Action::SessionOpen)
        .page("/sign-in", enter::form)
        .form("/sign-in", enter::submit)
        .form("/sign-in/proof", enter::prove)
        .form("/sign-in/passkey", enter::find_passkey)
        .form("/sign-in/passkey/answer", enter::by_passkey)
        .of(Action::FactorSend)
        .form("/sign-in/text", enter::text)
        .of(Action::SessionEnd)
        .form("/session/end", enter::end)
}

fn provider(all: Routes) -> Routes {
    all.of(Action::ProviderUse)
        .form("/sign-in/provider", provider::by_address)
        .page("/sign-in/provider/answer", provider::answer)
        .page("/sign-in/provider/{id}", provider::by_link)
        .form("/sign-in/provider/{id}/logout", provider::log_out)
        .page("/proof/provider", provider::prove)
        .of(Action::IdentityLink)
        .form("/account/providers/{id}", provider::link)
}

fn terms(all: Routes) -> Routes {
    all.of(Action::TermsAccept)
        .page("/terms", terms::form)
        .form("/terms", terms::accept)
}

fn proof(all: Routes) -> Routes {
    all.of(Action::FactorSend)
        .form("/proof/text", proof::text)
        .of(Action::SessionProve)
        .page("/proof", proof::form)
        .form("/proof", proof::submit)
}

fn password(all: Routes) -> Routes {
    all.of(Action::PasswordReset)
        .form("/password", password::choose)
        .form("/password/keys", password::end_keys)
        .page("/password/{link}", password::by_link)
        .of(Action::PasswordForget)
        .page("/password/forgotten", password::forgotten)
        .form("/password/forgotten", password::forget)
}

fn invitation(all: Routes) -> Routes {
    all.of(Action::InvitationAccept)
        .form("/invitation", invitation::accept)
        .of(Action::InvitationShow)
        .page("/invitation/{link}", invitation::show)
}
