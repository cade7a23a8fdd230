//! Workspaces, people, roles, teams, sign-in: who there is.
mod accept_invitation;
mod accept_terms;
mod account;
mod add_member;
mod agreement;
mod at_the_door;
mod change_address;
mod change_member;
mod doors;
mod factor;
mod follow_provider;
mod found_workspace;
mod holidays;
mod invitation;
mod invite_person;
mod list_acceptances;
mod list_layout;
mod list_people;
mod list_reviews;
mod mailbox;
mod manage_roles;
mod manage_services;
mod member;
mod my_account;
mod my_identity;
mod my_profile;
mod one_time_code;
mod open_review;
mod passkeys;
mod password;
mod password_hash;
mod picture;
mod proof;
mod prove_again;
mod recover_member;
mod recovery_codes;
mod reset_password;
mod review_access;
mod role;
mod saved_view;
mod second_factors;
mod security;
mod service;
mod sign_in;
mod switch_workspace;
mod team;
mod text_codes;
mod two_people;
mod workspace;
mod workspace_settings;

pub use accept_invitation::{AcceptInput, Welcome, accept_invitation, look_at_invitation};
pub use accept_terms::{AcceptTerms, TERMS, TermsInput};
pub use account::{
    AdoptAccount, FindAccount, NewUserAccount, OpenAccount, OpenProvidedAccount, UserAccount,
};
pub use add_member::AddMember;
pub use agreement::{
    Agreement, NewAgreement, agreement_in_effect, agreements_alone, may_name_clients,
};
pub use change_address::{AddressStep, ask_for_address, prove_address};
pub use change_member::{
    AcceptOwnership, ChangeMember, ChangedMember, EndMember, MemberInput, MemberView,
    ReinstateMember, ShowMember, SignMemberOut, TermsCard, end_membership, may_touch,
};
pub use doors::{Doors, hashed};
pub use factor::{Factor, FactorCard, FactorKind, NewFactor};
pub use follow_provider::{AddressFollows, follow_provider};
pub use found_workspace::{FoundWorkspace, Founder, Founding};
pub use holidays::Holidays;
pub use interpres_gate::TERMS_VERSION;
pub use invitation::{Invitation, InvitationState, NewInvitation, is_shared};
pub use invite_person::{
    InvitationCard, InviteInput, InvitePerson, Invited, ListInvitations, ResendInvitation,
    RevokeInvitation, Whom, invite, invited_address, is_here,
};
pub use list_acceptances::{Acceptance, ListAcceptances};
pub use list_layout::{
    LayoutInput, LayoutSet, LayoutView, ListLayout, ListName, NewListLayout, SetLayout, ShowLayout,
};
pub use list_people::{
    CountPeople, ExportPeople, FindPerson, ListPeople, ListTeams, PeopleSortBy, PersonCard,
    TeamCard,
};
pub use list_reviews::{ListReviewLines, ListReviews, ReviewLineView, ReviewView};
pub use mailbox::{HIPAA_MODE, own_mailbox};
pub use manage_roles::{DropRole, ListRoles, RoleCard, RoleInput, SaveRole, SavedRole};
pub use manage_services::{
    AccessToken, EndService, MintServiceKey, NoToken, RevokeServiceKey, SaveService, SavedService,
    ServiceInput, TOKEN_MINUTES, access_token,
};
pub use member::{
    AcceptedTerms, FACTS, Member, NewMember, OFFICE, OWN_CUSTOMER, OWN_INTERPRETER, members_after,
    mine, names_of_users, runs_workspace, user_of_interpreter,
};
pub use my_account::{
    EndSessions, ListNotices, MarkNoticesRead, MintApiKey, MintedKey, MyAccount, MyAccountView,
    NoticeCard, NoticeList, RevokeApiKey,
};
pub use my_identity::{Identity, MyIdentity, change_password, home_for_app, my_identity};
pub use my_profile::{FirstPage, MyProfile, ProfileInput, ProfileView, ReachBy, SetProfile};
pub use one_time_code::code_at;
pub use open_review::OpenReview;
pub use passkeys::Passkeys;
pub use password::{Compromised, Password, PasswordRules};
pub use password_hash::PasswordHash;
pub use picture::{
    Drawn, Media, NewPicture, Picture, SetLogo, SetPhoto, ShowLogo, ShowPicture, Shown,
};
pub use proof::Proof;
pub use prove_again::{Again, begin_proof, prove_again, proved_at_provider};
pub use recover_member::{
    AnswerRecovery, AskRecovery, NewRecovery, Recovery, RecoveryCard, RecoveryInput, RecoveryState,
};
pub use reset_password::{KeysLeft, end_keys_after_reset, forget_password, reset_password};
pub use review_access::{
    AccessReview, AccessReviewLine, DecideInput, DecideReview, Decision, NewAccessReview,
    NewAccessReviewLine, SignReview,
};
pub use role::{CustomRole, NewCustomRole, may_have_given, own_roles};
pub use saved_view::{
    DropView, NewSavedView, RenameView, SaveView, SaveViewInput, SavedView, SavedViewCard,
    ShareView, ShareViewInput, ViewNameInput, ViewSaved,
};
pub use second_factors::{
    AddApp, AddPasskey, Added, AppBegun, BeginApp, BeginPasskey, EndFactor, MakeRecoveryCodes,
    PasskeyBegun, ShowAppAgain,
};
pub use security::{SecurityInput, SecurityView, SetSecurity, ShowSecurity};
pub use service::{ListServices, NewService, Service, ServiceCard, ServiceView, ShowService};
pub use sign_in::{
    Entry, SecondFactorChallenge, SignIn, SignInFailed, SignOut, Visitor, begin_passkey_sign_in,
    finish_sign_in, sign_in, sign_in_with_passkey,
};
pub use switch_workspace::{MyWorkspaces, WorkspaceCard, my_workspaces, switch_workspace};
pub use team::{NewTeam, SaveTeam, SavedTeam, Team, TeamInput, all_teams, fold, team_named};
pub use text_codes::{
    AddText, BeginText, SendOwnText, TextBegun, TextCode, last_digits, text_code_at_the_door,
};
pub use two_people::{another_in_charge, is_in_charge, second_person};
pub use workspace::{BusinessSettings, NewWorkspace, Workspace};
pub use workspace_settings::{
    SavedWorkspace, SetWorkspace, ShowWorkspace, WorkspaceInput, WorkspaceView,
};

use open_review::KeepsReviews;

use interpres_gate::{History, JobKind, Permission, RecordKind, Scoped};

const SHARED: &str = " and (kept_by = {user} or shared_at is not null)";

/// The room's scoped names. Teams, members and the workspace are visible to all its people; accounts belong to the
/// installation.
pub const TABLES: &[Scoped] = &[
    Scoped::wide("workspace", "workspace_row", "*"),
    Scoped::wide("agreement", "agreement_row", "*"),
    Scoped::wide("team", "team_row", "*"),
    Scoped::wide("member", "member_row", "*"),
    Scoped::wide("role", "role_row", "*"),
    Scoped::wide("invitation", "invitation_row", "*"),
    Scoped::wide("access_review", "access_review_row", "*"),
    Scoped::wide("access_review_line", "access_review_line_row", "*"),
    Scoped::wide("recovery", "recovery_row", "*"),
    Scoped::wide("service", "service_row", "*"),
    Scoped::wide("picture", "picture_row", "*"),
    // One's own views, and those that are shared.
    Scoped {
        name: "saved_view",
        table: "saved_view_row",
        columns: "*",
        all: "",
        team: SHARED,
        own: SHARED,
    },
    Scoped {
        name: "list_layout",
        table: "list_layout_row",
        columns: "*",
        all: "",
        team: " and user_id = {user}",
        own: " and user_id = {user}",
    },
    Scoped {
        name: "factor",
        table: "factor_row",
        columns: "*, cast(null as bigint) as visible_from, cast(null as bigint) as visible_until, cast(1 as bigint) as covered, cast(null as text) as tie",
        all: "",
        team: " and false",
        own: " and user_id = {user}",
    },
    Scoped {
        name: "user_account",
        table: "user_account_row",
        columns: "*",
        all: "",
        team: " and false",
        own: " and id = {user}",
    },
];

/// The room's jobs.
pub const JOBS: &[JobKind] = &[JobKind::of::<KeepsReviews>()];

/// The room's record kinds. Accounts, factors and pictures have no visible history.
pub const RECORDS: &[RecordKind] = &[
    RecordKind::of::<UserAccount>(),
    RecordKind::of::<Factor>(),
    RecordKind::of::<Workspace>().with_history(History::for_viewers(Permission::SetWorkspace)),
    RecordKind::of::<Agreement>().with_history(History::for_viewers(Permission::ViewReadiness)),
    RecordKind::of::<Team>().with_history(History::for_viewers(Permission::ViewMembers)),
    RecordKind::of::<Member>().with_history(History {
        teams: Some("team_ids"),
        ..History::for_viewers(Permission::ViewMembers)
    }),
    RecordKind::of::<CustomRole>().with_history(History::for_viewers(Permission::ViewMembers)),
    RecordKind::of::<Invitation>().with_history(History::for_viewers(Permission::EditMembers)),
    RecordKind::of::<AccessReview>().with_history(History::for_viewers(Permission::ViewReadiness)),
    RecordKind::of::<AccessReviewLine>()
        .with_history(History::for_viewers(Permission::ViewReadiness)),
    RecordKind::of::<Recovery>().with_history(History::for_viewers(Permission::EditMembers)),
    RecordKind::of::<Service>().with_history(History::for_viewers(Permission::EditMembers)),
    RecordKind::of::<Picture>(),
    RecordKind::of::<SavedView>(),
    RecordKind::of::<ListLayout>(),
];
