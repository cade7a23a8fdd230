//! Each line an address, and what is seen or done there.
use super::{invitations, member, members, review, roles, services, team, teams};
use crate::routes::{Nothing, Routes};
use interpres_accounts::{
    AnswerRecovery, AskRecovery, ChangeMember, DecideInput, DecideReview, DropRole, EndMember,
    EndService, InviteInput, InvitePerson, ListInvitations, ListPeople, ListReviewLines,
    ListReviews, ListRoles, ListServices, ListTeams, MemberInput, OpenReview, RecoveryInput,
    ReinstateMember, ResendInvitation, RevokeInvitation, RoleInput, SaveRole, SaveService,
    SaveTeam, ServiceInput, ShowMember, ShowService, SignMemberOut, SignReview, TeamInput,
};
use interpres_directory::{LimitInput, LimitTeam, ShowTeam};
use interpres_gate::Action;
use interpres_sso::UnlinkIdentity;

pub(crate) fn routes(all: Routes) -> Routes {
    all.with(members)
        .with(member)
        .with(invitations)
        .with(teams)
        .with(team)
        .with(roles)
        .with(services)
        .with(review)
}

fn members(all: Routes) -> Routes {
    all.list::<ListPeople>("/people", "Members, by name")
        .page("/people", members::members)
        .page("/people/ended", members::ended)
        .of(Action::MembersExport)
        .page("/people/export", members::export)
        .page("/people/ended/export", members::export_ended)
        .form("/people/selected/export", members::export_selected)
        .form(
            "/people/ended/selected/export",
            members::export_ended_selected,
        )
}

fn member(all: Routes) -> Routes {
    all.show(
        "/people/{id}",
        "Show a member, with what they come in by",
        ShowMember,
    )
    .page("/people/{id}", member::show)
    .replace(
        "/people/{id}",
        "Give a member another role or other teams",
        |id, version, input: MemberInput| ChangeMember { id, version, input },
    )
    .form("/people/{id}", member::change)
    .act(
        "/people/{id}/deactivation",
        "Deactivate a member: sessions, keys and links end at once",
        |id, _: Nothing| Ok(EndMember { id, remove: false }),
    )
    .form("/people/{id}/deactivation", member::deactivate)
    .act(
        "/people/{id}/removal",
        "Remove a member for good",
        |id, _: Nothing| Ok(EndMember { id, remove: true }),
    )
    .form("/people/{id}/removal", member::remove)
    .act(
        "/people/{id}/reinstatement",
        "Let a deactivated member in again",
        |id, _: Nothing| Ok(ReinstateMember(id)),
    )
    .form("/people/{id}/reinstatement", member::reinstate)
    .act(
        "/people/{id}/recovery",
        "Ask for a way back in for a member who lost their second factors",
        |id, input: RecoveryInput| Ok(AskRecovery { id, input }),
    )
    .form("/people/{id}/recovery", member::ask_recovery)
    .act(
        "/recoveries/{id}/agreement",
        "Agree to a way back in, as another admin",
        |id, _: Nothing| Ok(AnswerRecovery { id, agree: true }),
    )
    .form(
        "/people/{id}/recovery/{recovery}/agreement",
        member::agree_recovery,
    )
    .act(
        "/recoveries/{id}/refusal",
        "Drop a way back in",
        |id, _: Nothing| Ok(AnswerRecovery { id, agree: false }),
    )
    .form(
        "/people/{id}/recovery/{recovery}/refusal",
        member::drop_recovery,
    )
    .act(
        "/people/{id}/unlinking",
        "Let go of a member's sign-in by an identity provider",
        |id, _: Nothing| Ok(UnlinkIdentity(id)),
    )
    .form("/people/{id}/unlinking", member::unlink)
    .act(
        "/people/{id}/sign-out",
        "Sign a member out everywhere",
        |id, _: Nothing| Ok(SignMemberOut(id)),
    )
    .form("/people/{id}/sessions/end", member::sign_out)
}

fn invitations(all: Routes) -> Routes {
    all.list::<ListInvitations>("/invitations", "Invitations, latest first")
        .page("/people/invitations", invitations::invitations)
        .act(
            "/invitations",
            "Invite a person by mail",
            |(), input: InviteInput| Ok(InvitePerson { input }),
        )
        .form("/people/invitations", invitations::invite)
        .act(
            "/invitations/{id}/resending",
            "Send an invitation again",
            |id, _: Nothing| Ok(ResendInvitation(id)),
        )
        .form("/people/invitations/{id}/resending", invitations::resend)
        .form(
            "/people/invitations/selected/resending",
            invitations::resend_selected,
        )
        .act(
            "/invitations/{id}/revocation",
            "Take an invitation back",
            |id, _: Nothing| Ok(RevokeInvitation(id)),
        )
        .form("/people/invitations/{id}/revocation", invitations::revoke)
        .form(
            "/people/invitations/selected/revocation",
            invitations::revoke_selected,
        )
}

fn teams(all: Routes) -> Routes {
    all.fixed("/teams", "Teams", ListTeams)
        .page("/people/teams", teams::list_teams)
        .act("/teams", "Add a team", |(), input: TeamInput| {
            Ok(SaveTeam { id: None, input })
        })
        .form("/people/teams", teams::add_team)
        .act("/teams/{id}", "Rename a team", |id, input: TeamInput| {
            Ok(SaveTeam {
                id: Some(id),
                input,
            })
        })
        .form("/people/teams/{id}", teams::rename_team)
}

fn team(all: Routes) -> Routes {
    all.show("/teams/{id}", "A team with what it is limited to", ShowTeam)
        .page("/people/teams/{id}", team::show)
        .replace(
            "/teams/{id}",
            "Limit a team to customers, interpreters or ways of working",
            |id, version, input: LimitInput| LimitTeam { id, version, input },
        )
        .form("/people/teams/{id}/limits", team::limit)
}

fn roles(all: Routes) -> Routes {
    all.fixed(
        "/roles",
        "Roles that people can be given, and what each holds",
        ListRoles,
    )
    .page("/people/roles", roles::list)
    .act("/roles", "Make a role", |(), input: RoleInput| {
        Ok(SaveRole {
            id: None,
            version: None,
            input,
        })
    })
    .replace(
        "/roles/{id}",
        "Change a role",
        |id, version, input: RoleInput| SaveRole {
            id: Some(id),
            version,
            input,
        },
    )
    .form("/people/roles/{id}", roles::save)
    .act(
        "/roles/{id}/end",
        "Drop a role that nobody holds",
        |id, _: Nothing| Ok(DropRole(id)),
    )
    .form("/people/roles/{id}/end", roles::drop)
    .page("/people/roles/{id}", roles::blank)
}

fn services(all: Routes) -> Routes {
    all.fixed(
        "/services",
        "Programs with a role of their own",
        ListServices,
    )
    .page("/people/services", services::list)
    .act("/services", "Add a service", |(), input: ServiceInput| {
        Ok(SaveService {
            id: None,
            version: None,
            input,
        })
    })
    .form("/people/services", services::add)
    .show(
        "/services/{id}",
        "Show a service, with its keys",
        ShowService,
    )
    .page("/people/services/{id}", services::show)
    .replace(
        "/services/{id}",
        "Change a service",
        |id, version, input: ServiceInput| SaveService {
            id: Some(id),
            version,
            input,
        },
    )
    .form("/people/services/{id}", services::change)
    .act(
        "/services/{id}/end",
        "End a service: its keys open nothing from the same moment",
        |id, _: Nothing| Ok(EndService(id)),
    )
    .form("/people/services/{id}/end", services::end)
    .of(Action::ApiKeyMint)
    .form("/people/services/{id}/keys", services::mint)
    .of(Action::ApiKeyEnd)
    .form("/people/services/{id}/keys/{key}/end", services::revoke)
}

fn review(all: Routes) -> Routes {
    all.fixed(
        "/access-reviews",
        "Reviews of who has access, latest first",
        ListReviews,
    )
    .page("/people/review", review::show)
    .act("/access-reviews", "Open a review now", |(), _: Nothing| {
        Ok(OpenReview)
    })
    .form("/people/review", review::begin)
    .list::<ListReviewLines>(
        "/access-reviews/lines",
        "The members and services of a review, by name",
    )
    .act(
        "/access-reviews/{id}/decisions",
        "Keep, change or revoke members and services",
        |id, input: DecideInput| Ok(DecideReview { id, input }),
    )
    .form("/people/review/{id}/decisions", review::decide)
    .act(
        "/access-reviews/{id}/signature",
        "Sign a review off",
        |id, _: Nothing| Ok(SignReview(id)),
    )
    .form("/people/review/{id}/signature", review::sign)
}
