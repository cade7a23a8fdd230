//! People, roles, providers and the workspace, tried by everybody.
use super::{Attempt, member_of, perform, view};
use interpres_accounts::*;
use interpres_compliance::*;
use interpres_directory::*;
use interpres_gate::{Actor, Gate};
use interpres_sso::{
    scim::{EndScimTokens, MintScimToken, ScimTokens},
    *,
};
use interpres_types::{
    AccessReviewId, ApiKeyId, BreakGlassId, InvitationId, MemberId, ProviderId, RecoveryId, RoleId,
    ServiceId, TeamId,
};

pub(super) async fn reviews(g: &Gate, a: &Actor) -> Vec<Attempt> {
    vec![
        perform(g, a, member_of(a)).await,
        view(g, a, ListProviders).await,
        view(g, a, ListReviews).await,
        view(
            g,
            a,
            ListReviewLines {
                review: AccessReviewId::NONE.to_string().into(),
                ..ListReviewLines::default()
            },
        )
        .await,
        perform(g, a, OpenReview).await,
        perform(
            g,
            a,
            DecideReview {
                id: AccessReviewId::NONE,
                input: DecideInput::default(),
            },
        )
        .await,
        perform(g, a, SignReview(AccessReviewId::NONE)).await,
        perform(
            g,
            a,
            OpenByBreakGlass {
                input: BreakGlassInput::default(),
            },
        )
        .await,
        view(g, a, ShowUnderGlass(BreakGlassId::NONE)).await,
        view(g, a, ListBroken::default()).await,
        perform(
            g,
            a,
            ReviewBroken {
                id: BreakGlassId::NONE,
                justified: true,
            },
        )
        .await,
    ]
}

pub(super) async fn providers(g: &Gate, a: &Actor) -> Vec<Attempt> {
    vec![
        perform(g, a, UnlinkIdentity(MemberId::NONE)).await,
        perform(
            g,
            a,
            SaveProvider {
                id: None,
                input: ProviderInput::default(),
            },
        )
        .await,
        perform(g, a, EndProvider(ProviderId::NONE)).await,
        view(g, a, ScimTokens).await,
        perform(g, a, MintScimToken).await,
        perform(g, a, EndScimTokens).await,
    ]
}

pub(super) async fn people(g: &Gate, a: &Actor) -> Vec<Attempt> {
    vec![
        view(g, a, ListPeople::default()).await,
        view(g, a, ShowMember(MemberId::NONE)).await,
        perform(
            g,
            a,
            ChangeMember {
                id: MemberId::NONE,
                version: None,
                input: MemberInput::default(),
            },
        )
        .await,
        perform(
            g,
            a,
            EndMember {
                id: MemberId::NONE,
                remove: false,
            },
        )
        .await,
        perform(g, a, ReinstateMember(MemberId::NONE)).await,
        perform(g, a, SignMemberOut(MemberId::NONE)).await,
        perform(
            g,
            a,
            AskRecovery {
                id: MemberId::NONE,
                input: RecoveryInput::default(),
            },
        )
        .await,
        perform(
            g,
            a,
            AnswerRecovery {
                id: RecoveryId::NONE,
                agree: true,
            },
        )
        .await,
        perform(
            g,
            a,
            InvitePerson {
                input: InviteInput::default(),
            },
        )
        .await,
        view(g, a, ListInvitations::default()).await,
        perform(g, a, ResendInvitation(InvitationId::NONE)).await,
        perform(g, a, RevokeInvitation(InvitationId::NONE)).await,
    ]
}

pub(super) async fn roles_and_teams(g: &Gate, a: &Actor) -> Vec<Attempt> {
    vec![
        view(g, a, ListRoles).await,
        perform(
            g,
            a,
            SaveRole {
                id: None,
                version: None,
                input: RoleInput::default(),
            },
        )
        .await,
        perform(g, a, DropRole(RoleId::NONE)).await,
        perform(
            g,
            a,
            SaveTeam {
                id: None,
                input: TeamInput::default(),
            },
        )
        .await,
        view(g, a, ShowSecurity).await,
        perform(
            g,
            a,
            SetSecurity {
                version: None,
                input: SecurityInput::default(),
            },
        )
        .await,
        perform(g, a, AcceptOwnership).await,
    ]
}

pub(super) async fn ones_own(g: &Gate, a: &Actor) -> Vec<Attempt> {
    vec![
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
            SetProfile {
                version: None,
                input: ProfileInput::default(),
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
        view(g, a, ShowTeam(TeamId::NONE)).await,
        perform(
            g,
            a,
            LimitTeam {
                id: TeamId::NONE,
                version: None,
                input: LimitInput::default(),
            },
        )
        .await,
        view(g, a, ListAcceptances::default()).await,
    ]
}

pub(super) async fn workspace_and_services(g: &Gate, a: &Actor) -> Vec<Attempt> {
    vec![
        view(g, a, ShowWorkspace).await,
        perform(
            g,
            a,
            SetWorkspace {
                version: None,
                input: WorkspaceInput::default(),
            },
        )
        .await,
        view(g, a, ListServices).await,
        view(g, a, ShowService(ServiceId::NONE)).await,
        perform(
            g,
            a,
            SaveService {
                id: None,
                version: None,
                input: ServiceInput::default(),
            },
        )
        .await,
        perform(g, a, EndService(ServiceId::NONE)).await,
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
        view(g, a, ListTeams).await,
        view(g, a, ListNotices).await,
        view(g, a, MyAccount).await,
        view(g, a, MyProfile).await,
        perform(g, a, MarkNoticesRead).await,
    ]
}
