//! One's own account, and what is shown once, tried by everybody.
use super::{Attempt, member_of, perform, view};
use interpres_accounts::*;
use interpres_gate::{Actor, Gate};
use interpres_sso::scim::MintScimToken;
use interpres_types::{ApiKeyId, PictureId, ServiceId};

pub(super) async fn people(g: &Gate, a: &Actor) -> Vec<Attempt> {
    vec![
        perform(g, a, member_of(a)).await,
        perform(g, a, AcceptOwnership).await,
        perform(g, a, MintScimToken).await,
        perform(
            g,
            a,
            MintServiceKey {
                id: ServiceId::NONE,
                name: "x".parse().unwrap(),
                days: 1,
                only: "".into(),
            },
        )
        .await,
        perform(
            g,
            a,
            RevokeServiceKey {
                id: ServiceId::NONE,
                key: ApiKeyId::NONE,
            },
        )
        .await,
    ]
}

pub(super) async fn ones_own(g: &Gate, a: &Actor) -> Vec<Attempt> {
    vec![
        view(g, a, MyAccount).await,
        view(g, a, MyProfile).await,
        perform(
            g,
            a,
            SetProfile {
                version: None,
                input: ProfileInput::default(),
            },
        )
        .await,
        view(g, a, ShowPicture(PictureId::NONE)).await,
        view(g, a, ShowLogo).await,
        perform(g, a, MarkNoticesRead).await,
        perform(g, a, AcceptTerms(TermsInput::default())).await,
        perform(
            g,
            a,
            MintApiKey {
                name: "x".parse().unwrap(),
                days: 0,
                only: "".into(),
                networks: "".into(),
            },
        )
        .await,
        perform(g, a, RevokeApiKey(ApiKeyId::NONE)).await,
        perform(
            g,
            a,
            EndSessions {
                session: Some("none".into()),
            },
        )
        .await,
        perform(
            g,
            a,
            SignOut {
                session: "none".into(),
            },
        )
        .await,
    ]
}
