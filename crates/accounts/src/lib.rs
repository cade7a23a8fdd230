//! Workspaces, people, roles, teams, sign-in: who there is.
mod account;
mod add_member;
mod agreement;
mod found_workspace;
mod list_people;
mod member;
mod my_account;
mod password;
mod sign_in;
mod team;
mod workspace;

pub use account::{AdoptAccount, OpenAccount, UserAccount};
pub use add_member::AddMember;
pub use agreement::{Agreement, may_name_clients};
pub use found_workspace::{FoundWorkspace, Founder, Founding};
pub use list_people::{ListPeople, ListTeams, PersonCard, TeamCard};
pub use member::{Member, user_of_interpreter};
pub use my_account::{EndSessions, ListNotices, MarkNoticesRead, MintApiKey, MintedKey, MyAccount, MyAccountView, NoticeCard, NoticeList};
pub use password::{Password, PasswordHash};
pub use sign_in::{SignInFailed, SignOut, sign_in};
pub use team::{Team, fold, team_named};
pub use workspace::Workspace;

use interpres_gate::{RecordKind, Scoped};

/// The names this room brings to the scope. Teams, members and the workspace are known to all
/// its people; accounts belong to the installation.
pub const TABLES: &[Scoped] = &[
    Scoped::wide("workspace", "workspace_row", "*"),
    Scoped::wide("agreement", "agreement_row", "*"),
    Scoped::wide("team", "team_row", "*"),
    Scoped::wide("member", "member_row", "*"),
    Scoped { name: "user_account", table: "user_account_row", columns: "*", all: "", team: " and false", own: " and id = {user}" },
];

/// The records this room keeps.
pub const RECORDS: &[RecordKind] =
    &[RecordKind::of::<UserAccount>(), RecordKind::of::<Workspace>(), RecordKind::of::<Agreement>(), RecordKind::of::<Team>(), RecordKind::of::<Member>()];
