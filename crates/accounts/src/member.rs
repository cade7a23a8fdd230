use crate::{
    FirstPage, ReachBy, fold,
    mailbox::own_mailbox,
    my_identity::myself,
    role::{KeptRole, held_by},
};
use interpres_gate::{
    Audience, Fact, FactName, Json, Permission, ReadTx, Refusal, Role, Val, WriteTx, bind_list,
    record,
};
use interpres_types::{
    CustomerId, Email, Instant, InterpreterId, Line, MemberId, PageLanguage, Phone, PictureId,
    RoleId, TeamId, UserId,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The terms a member accepted when they joined (AC6).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AcceptedTerms {
    /// The version of the text.
    pub version: String,
    /// The full name as they typed it.
    pub name: String,
    /// When they accepted.
    pub at: Instant,
    /// The network address.
    pub address: Option<String>,
}

/// A member who interprets: their own record in the directory.
pub const OWN_INTERPRETER: Fact<InterpreterId> = Fact::of("interpreter", "interpreter_id");
/// A member on a customer's side: the customer they file for.
pub const OWN_CUSTOMER: Fact<CustomerId> = Fact::of("customer", "customer_id");
/// Facts about a member for scoped SQL.
pub const FACTS: &[FactName] = &[OWN_INTERPRETER.name(), OWN_CUSTOMER.name()];

/// Those who don't interpret themselves.
pub const OFFICE: Audience = Audience::Without(OWN_INTERPRETER.name());
/// Those who look after members and teams.
pub(crate) const IN_CHARGE: Audience = Audience::Holders(Permission::EditMembers);

record! {
    /// A person's place in one workspace: role, teams, and the records that are their own.
    pub struct Member from NewMember in "member" by MemberId {
        /// The user.
        user_id: UserId,
        /// The role's name, as in the matrix; `custom` for one of the workspace's own.
        role: Line<40>,
        /// The role of the workspace's own.
        role_id: Option<RoleId>,
        /// The teams.
        team_ids: Json<Vec<TeamId>>,
        /// The name shown to colleagues.
        name: Line<120>,
        /// The name folded for sorting and finding; nothing before members were found by it.
        name_key: Option<String>,
        /// The address shown to colleagues.
        email: Email,
        /// The telephone number shown to colleagues.
        phone: Option<Phone>,
        /// Preferred contact method.
        reach_by: Option<ReachBy>,
        /// The page that opens first.
        first_page: Option<FirstPage> => IN_CHARGE,
        /// The language of their pages and letters.
        language: Option<PageLanguage>,
        /// Their photo.
        photo: Option<PictureId>,
        /// The person's own interpreter record.
        interpreter_id: Option<InterpreterId>,
        /// The customer a requester files for.
        customer_id: Option<CustomerId>,
        /// Whether an owner has allowed them to export under HIPAA mode (HM3).
        may_export: Option<bool> => IN_CHARGE,
        /// When they joined; `None` for the first people.
        joined_at: Option<Instant> => IN_CHARGE,
        /// Which user terms they accepted, and how.
        terms: Option<Json<AcceptedTerms>> => IN_CHARGE,
        /// The owner who asked them to become one too.
        owner_offered_by: Option<UserId> => IN_CHARGE,
        /// When they were deactivated.
        ended_at: Option<Instant>,
        /// When they were removed: they can return only by a new invitation.
        removed_at: Option<Instant>,
    }
}

impl Member {
    /// A new member, in no team yet. Every route into a workspace uses this.
    ///
    /// # Errors
    /// As [`own_mailbox`] refuses.
    pub async fn new(
        tx: &mut WriteTx,
        user_id: UserId,
        role: Line<40>,
        name: Line<120>,
        email: Email,
    ) -> Result<Self, Refusal> {
        own_mailbox(tx, &email).await?;
        Ok(Self {
            name_key: Some(fold(name.as_str())),
            joined_at: Some(tx.now()),
            ..tx.blank(NewMember {
                user_id,
                role,
                team_ids: Json(Vec::new()),
                name,
                email,
            })
            .await?
        })
    }
    /// Reinstates an ended membership.
    ///
    /// # Errors
    /// As [`own_mailbox`] refuses.
    pub async fn come_back(&mut self, tx: &mut WriteTx) -> Result<(), Refusal> {
        own_mailbox(tx, &self.email).await?;
        self.ended_at = None;
        self.joined_at = Some(tx.now());
        Ok(())
    }
    /// The policy's role of theirs; of the workspace's own, that is [`Role::Custom`].
    #[must_use]
    pub fn built_in(&self) -> Option<Role> {
        self.role.as_str().parse().ok()
    }
    /// Whether they own the workspace.
    #[must_use]
    pub fn owns(&self) -> bool {
        self.built_in().is_some_and(Role::owns)
    }
    /// Assigns another role.
    pub(crate) fn take_on(&mut self, role: KeptRole) {
        self.role = role.role;
        self.role_id = role.role_id;
    }
    /// Changes the display name.
    pub fn call(&mut self, name: Line<120>) {
        self.name_key = Some(fold(name.as_str()));
        self.name = name;
    }
    /// The sort key, as in [`BY_NAME`].
    pub(crate) fn sorted_by(&self) -> String {
        self.name_key
            .clone()
            .unwrap_or_else(|| self.name.as_str().to_ascii_lowercase())
    }
}

/// SQL for the sort key of members.
pub(crate) const BY_NAME: &str = "coalesce(name_key, lower(name))";
/// Batch size for reading all members.
const AT_ONCE: i64 = 500;

/// Active members by id, a batch at a time, starting after this one. For rules that must hold for everyone.
///
/// # Errors
/// A fault of the database.
pub async fn members_after(tx: &mut ReadTx, after: MemberId) -> Result<Vec<Member>, Refusal> {
    tx.list(
        "where ended_at is null and id > $1 order by id limit $2",
        vec![Val::text(after), Val::Int(AT_ONCE)],
    )
    .await
}

/// Whether a member controls others' access or the workspace itself. Someone else's word never makes a sign-in
/// theirs.
///
/// # Errors
/// A fault of the database.
pub async fn runs_workspace(tx: &mut ReadTx, member: &Member) -> Result<bool, Refusal> {
    let held = held_by(tx, member).await?;
    let decide = [
        Permission::EditMembers,
        Permission::SetSecurity,
        Permission::SetWorkspace,
        Permission::SetHipaa,
    ];
    Ok(decide
        .into_iter()
        .any(|permission| held.grant(permission).is_some()))
}

/// One's own membership of the workspace one is in.
///
/// # Errors
/// [`Refusal::NotFound`] where one is no member.
pub async fn mine(tx: &mut ReadTx) -> Result<Member, Refusal> {
    let user = myself(tx)?;
    member_of(tx, user).await?.ok_or(Refusal::NotFound)
}

/// A person's membership, unless it has ended.
pub(crate) async fn member_of(tx: &mut ReadTx, user: UserId) -> Result<Option<Member>, Refusal> {
    let found: Vec<Member> = tx
        .list(
            "where user_id = $1 and ended_at is null",
            vec![Val::text(user)],
        )
        .await?;
    Ok(found.into_iter().next())
}

/// The user who signs in as this interpreter, when there is one.
///
/// # Errors
/// A fault of the database.
pub async fn user_of_interpreter(
    tx: &mut ReadTx,
    interpreter: InterpreterId,
) -> Result<Option<UserId>, Refusal> {
    let found: Vec<Member> = tx
        .list(
            "where interpreter_id = $1 and ended_at is null",
            vec![Val::text(interpreter)],
        )
        .await?;
    Ok(found.first().map(|m| m.user_id))
}

/// The names of people by user, also of those who have left; for a page of a list.
///
/// # Errors
/// A fault of the database.
pub async fn names_of_users(
    tx: &mut ReadTx,
    users: impl Iterator<Item = UserId>,
) -> Result<HashMap<UserId, String>, Refusal> {
    let mut args = Vec::new();
    let list = bind_list(&mut args, users.map(Val::text).collect());
    let rows = tx
        .rows(
            &format!("select user_id, name from member where user_id in ({list})"),
            args,
        )
        .await?;
    let mut names = HashMap::new();
    for row in rows {
        let user = row
            .text("user_id")?
            .parse()
            .map_err(|_| Refusal::fault("a member's user id can't be read"))?;
        names.insert(user, row.text("name")?.to_owned());
    }
    Ok(names)
}
