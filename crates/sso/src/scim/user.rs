//! People as a directory speaks of them, and the memberships that follow.
use super::{
    ALL, Asked, Change, Found,
    apply::{Rules, follow_user},
    bad, filter, page,
    patch::{Known, patch},
    schemas::USER,
};
use crate::member_by_provider::Moved;
use interpres_accounts::{
    Member, OpenProvidedAccount, follow_provider, own_mailbox, runs_workspace,
};
use interpres_gate::{
    Action, Actor, Command, Gate, Granted, Json, Permission, Query, ReadTx, Refusal, Val, WriteTx,
    async_trait, record,
};
use interpres_types::{Email, INSTALLATION, Instant, Line, MemberId, RecordId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

record! {
    /// A person as the directory knows them.
    pub struct ScimUser from NewScimUser in "scim_user" by RecordId {
        /// What they sign in as, as the directory writes it.
        user_name: Line<254>,
        /// The same in lower case; unique.
        name_key: String,
        /// The directory's own id.
        external_id: Option<String>,
        /// What it says of them: name, displayName, emails.
        attributes: Json<Value>,
        /// Whether they shall come in.
        active: bool,
        /// The membership that follows, once there is one.
        member_id: Option<MemberId>,
        /// When it was made.
        created_at: Instant,
        /// When it was last changed.
        changed_at: Instant,
        /// When it was deleted.
        ended_at: Option<Instant>,
    }
}

const KNOWN: Known = Known {
    names: &[
        ("userName", false),
        ("externalId", false),
        ("name", false),
        ("displayName", false),
        ("active", false),
        ("emails", true),
    ],
};
const LONGEST: usize = 16 * 1024;

impl ScimUser {
    /// As SCIM tells it, in the groups that hold them.
    pub(crate) fn told(&self, groups: &[(RecordId, String)]) -> Value {
        let mut out = self.attributes.0.as_object().cloned().unwrap_or_default();
        out.insert("schemas".into(), json!([USER]));
        out.insert("id".into(), self.id.to_string().into());
        out.insert("userName".into(), self.user_name.to_string().into());
        out.insert("active".into(), self.active.into());
        if let Some(id) = &self.external_id {
            out.insert("externalId".into(), id.clone().into());
        }
        if !groups.is_empty() {
            out.insert(
                "groups".into(),
                groups.iter().map(|(id, name)| json!({ "value": id.to_string(), "$ref": format!("/scim/v2/Groups/{id}"), "display": name })).collect(),
            );
        }
        out.insert("meta".into(), json!({ "resourceType": "User", "created": self.created_at.to_string(), "lastModified": self.changed_at.to_string(), "location": format!("/scim/v2/Users/{}", self.id), "version": format!("W/\"{}\"", self.version) }));
        Value::Object(out)
    }

    fn writable(&self) -> Value {
        let mut out = self.attributes.0.as_object().cloned().unwrap_or_default();
        out.insert("userName".into(), self.user_name.to_string().into());
        out.insert("active".into(), self.active.into());
        out.extend(
            self.external_id
                .clone()
                .map(|id| ("externalId".to_owned(), id.into())),
        );
        Value::Object(out)
    }

    /// Takes what a directory wrote; what we don't keep is passed over.
    fn write(mut self, body: &Value, now: Instant) -> Result<Self, Refusal> {
        let map = body
            .as_object()
            .ok_or_else(|| bad("invalidSyntax", "must be an object"))?;
        if body.to_string().len() > LONGEST {
            return Err(bad("invalidValue", "is too much for one person"));
        }
        let find = |name: &str| {
            map.iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
                .filter(|v| !v.is_null())
        };
        let name = find("userName")
            .and_then(Value::as_str)
            .filter(|n| !n.trim().is_empty())
            .ok_or_else(|| bad("invalidValue", "userName is required"))?;
        self.user_name = name.parse().map_err(|_| {
            bad(
                "invalidValue",
                "userName must be a line of at most 254 characters",
            )
        })?;
        self.name_key = self.user_name.as_str().to_lowercase();
        self.external_id = find("externalId")
            .and_then(Value::as_str)
            .map(|id| id.chars().take(200).collect());
        self.active = match find("active") {
            // Leaving it out brings nobody back.
            None => self.active,
            Some(Value::Bool(on)) => *on,
            // Entra writes True and False as text.
            Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
            Some(_) => return Err(bad("invalidValue", "active must be true or false")),
        };
        let mut kept = Map::new();
        if let Some(name) = find("name") {
            let parts = name
                .as_object()
                .ok_or_else(|| bad("invalidValue", "name must be an object"))?;
            let known = ["formatted", "familyName", "givenName"]
                .into_iter()
                .filter_map(|part| Some((part.to_owned(), parts.get(part)?.as_str()?.into())));
            kept.insert("name".into(), Value::Object(known.collect()));
        }
        kept.extend(
            find("displayName")
                .and_then(Value::as_str)
                .map(|n| ("displayName".to_owned(), n.into())),
        );
        if let Some(emails) = find("emails") {
            let many = emails
                .as_array()
                .ok_or_else(|| bad("invalidValue", "emails must be a list"))?;
            let email = |e: &Value| {
                let mut out = Map::new();
                out.extend(
                    e.get("value")
                        .and_then(Value::as_str)
                        .map(|v| ("value".to_owned(), v.into())),
                );
                out.extend(
                    e.get("type")
                        .and_then(Value::as_str)
                        .map(|v| ("type".to_owned(), v.into())),
                );
                out.extend(
                    e.get("primary")
                        .and_then(Value::as_bool)
                        .map(|v| ("primary".to_owned(), v.into())),
                );
                Value::Object(out)
            };
            kept.insert("emails".into(), many.iter().take(20).map(email).collect());
        }
        self.attributes = Json(Value::Object(kept));
        self.changed_at = now;
        Ok(self)
    }

    /// The address they sign in by: the userName where it is one, otherwise the primary address.
    pub(crate) fn email(&self) -> Option<Email> {
        let primary = || {
            let all = self.attributes.0["emails"].as_array()?;
            let found = all
                .iter()
                .find(|e| e["primary"] == true)
                .or_else(|| all.first())?;
            found["value"].as_str()?.parse().ok()
        };
        self.user_name.as_str().parse().ok().or_else(primary)
    }

    /// The name shown.
    pub(crate) fn name(&self) -> Option<Line<120>> {
        let a = &self.attributes.0;
        let whole = [&a["displayName"], &a["name"]["formatted"]]
            .into_iter()
            .find_map(|v| {
                v.as_str()
                    .filter(|t| !t.trim().is_empty())
                    .map(str::to_owned)
            });
        let both = || {
            let part = |name: &str| a["name"][name].as_str().unwrap_or_default();
            Some(
                format!("{} {}", part("givenName"), part("familyName"))
                    .trim()
                    .to_owned(),
            )
            .filter(|n| !n.is_empty())
        };
        whole
            .or_else(both)
            .unwrap_or_else(|| self.user_name.to_string())
            .parse()
            .ok()
    }
}

/// Makes or changes a person.
pub struct SaveUser {
    /// Who; a new one without.
    pub id: Option<RecordId>,
    /// The version that was seen.
    pub version: Option<i64>,
    /// How.
    pub change: Change,
    /// An account that was just opened for them.
    pub opened: Option<UserId>,
}

/// What came of it.
#[derive(Serialize, Deserialize)]
pub struct SavedUser {
    /// As SCIM tells it.
    pub told: Value,
    /// They need an account first: its address and name.
    pub needs: Option<(Email, Line<120>)>,
    /// Their account follows the address that the directory writes.
    moved: Option<Moved>,
}

#[async_trait]
impl Command for SaveUser {
    const ACTION: Action = Action::ProvisionUser;
    const PERMISSION: Permission = Permission::Provision;
    type Outcome = SavedUser;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<SavedUser, Refusal> {
        let now = tx.now();
        let before = match self.id {
            Some(id) => find_user(tx, id).await?,
            None => {
                tx.blank(NewScimUser {
                    user_name: "-".parse().map_err(Refusal::fault)?,
                    name_key: String::new(),
                    attributes: Json(json!({})),
                    active: true,
                    created_at: now,
                    changed_at: now,
                })
                .await?
            }
        };
        let (mut body, before_active) = (before.writable(), before.active);
        match &self.change {
            Change::Put(new) => body = new.clone(),
            Change::Patch(operations) => patch(&KNOWN, &mut body, operations)?,
        }
        let mut user = before.write(&body, now)?;
        user.version = self.version.unwrap_or(user.version);
        let was_active = self.id.is_some() && before_active;
        if self.id.is_none()
            && tx
                .count::<ScimUser>("where ended_at is null", vec![])
                .await?
                >= i64::try_from(ALL).unwrap_or(i64::MAX)
        {
            return Err(bad(
                "tooMany",
                "is one more than the five thousand people that a directory can have here",
            ));
        }
        let same = tx
            .count::<ScimUser>(
                "where name_key = $1 and ended_at is null and id <> $2",
                vec![Val::text(&user.name_key), Val::text(user.id)],
            )
            .await?;
        if same > 0 {
            return Err(bad("uniqueness", "userName belongs to somebody already"));
        }
        let rules = Rules::read(tx).await?;
        let needs = follow_user(tx, (&rules, &rules), (was_active, &mut user), self.opened).await?;
        if needs.is_some() {
            return Ok(SavedUser {
                told: Value::Null,
                needs,
                moved: None,
            });
        }
        let id = tx.save(&user).await?.id;
        let saved = find_user(tx, id).await?;
        let moved = match saved.member_id {
            Some(member) => moved(tx, &rules, &saved, member).await?,
            None => None,
        };
        Ok(SavedUser {
            told: saved.told(&rules.groups_of(id)),
            needs: None,
            moved,
        })
    }
}

/// Makes or changes a person, and opens the account that they need first.
///
/// # Errors
/// As the gate refuses.
pub async fn save_user(
    gate: &Gate,
    actor: &Actor,
    id: Option<RecordId>,
    version: Option<i64>,
    change: Change,
) -> Result<Value, Refusal> {
    let save = |opened| SaveUser {
        id,
        version,
        change: change.clone(),
        opened,
    };
    let first = gate.perform(actor, save(None)).await?.into_inner();
    let Some((email, name)) = first.needs else {
        return follow(gate, actor, first).await;
    };
    let home = gate.doorkeeper(INSTALLATION, actor.origin().clone());
    // Whoever has the address already keeps their account; the domain's directory speaks for it.
    let open = gate
        .perform(
            &home,
            OpenProvidedAccount {
                email: email.clone(),
                name,
            },
        )
        .await?
        .into_inner();
    let user = match open {
        Some(user) => user,
        None => gate
            .perform(&home, interpres_accounts::FindAccount(email))
            .await?
            .into_inner()
            .ok_or(Refusal::NotFound)?,
    };
    let saved = gate.perform(actor, save(Some(user))).await?.into_inner();
    follow(gate, actor, saved).await
}

/// Lets an account's address follow; where it can't, the directory's word stays its own.
async fn follow(gate: &Gate, actor: &Actor, saved: SavedUser) -> Result<Value, Refusal> {
    if let Some(Moved { user, address }) = &saved.moved {
        follow_provider(gate, actor, *user, address).await?;
    }
    Ok(saved.told)
}

/// Whose address is another by now. A mailbox of several people is refused before anything is kept.
async fn moved(
    tx: &mut WriteTx,
    rules: &Rules,
    user: &ScimUser,
    member: MemberId,
) -> Result<Option<Moved>, Refusal> {
    let member: Member = tx.find(member).await?;
    // Whoever decides about others changes their address themselves: with it somebody else could come in as them.
    let moved = if runs_workspace(tx, &member).await? {
        None
    } else {
        rules.moved(user, &member)
    };
    if let Some(moved) = &moved {
        own_mailbox(tx, &moved.address).await?;
    }
    Ok(moved)
}

pub(crate) async fn find_user(tx: &mut ReadTx, id: RecordId) -> Result<ScimUser, Refusal> {
    tx.may_find::<ScimUser>(id)
        .await?
        .filter(|user| user.ended_at.is_none())
        .ok_or(Refusal::NotFound)
}

/// One person.
pub struct ShowUser(pub RecordId);

#[async_trait]
impl Query for ShowUser {
    const ACTION: Action = Action::ProvisionShow;
    const PERMISSION: Permission = Permission::Provision;
    type View = Value;
    async fn answer(self, tx: &mut ReadTx) -> Result<Value, Refusal> {
        let user = find_user(tx, self.0).await?;
        Ok(user.told(&Rules::read(tx).await?.groups_of(self.0)))
    }
}

/// People that fit a filter.
pub struct FindUsers(pub Asked);

#[async_trait]
impl Query for FindUsers {
    const ACTION: Action = Action::ProvisionList;
    const PERMISSION: Permission = Permission::Provision;
    type View = Found;
    async fn answer(self, tx: &mut ReadTx) -> Result<Found, Refusal> {
        let filter = if self.0.filter.trim().is_empty() {
            None
        } else {
            Some(filter::read(&self.0.filter)?)
        };
        // The question that directories ask before every act is answered by the index.
        let users: Vec<ScimUser> = match &filter {
            Some(filter::Filter::Compare(name, filter::Op::Eq, Value::String(wanted)))
                if name == "username" =>
            {
                tx.list(
                    "where name_key = $1 and ended_at is null",
                    vec![wanted.to_lowercase().into()],
                )
                .await?
            }
            _ => {
                tx.list(
                    &format!("where ended_at is null order by id limit {ALL}"),
                    vec![],
                )
                .await?
            }
        };
        let rules = Rules::read(tx).await?;
        let mut told: Vec<Value> = users
            .iter()
            .map(|user| user.told(&rules.groups_of(user.id)))
            .collect();
        told.retain(|user| filter.as_ref().is_none_or(|f| f.fits(user)));
        Ok(page(told, &self.0))
    }
}

/// Deletes a person; their membership ends at once.
pub struct EndUser(pub RecordId);

#[async_trait]
impl Command for EndUser {
    const ACTION: Action = Action::ProvisionEnd;
    const PERMISSION: Permission = Permission::Provision;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let mut user = find_user(tx, self.0).await?;
        user.active = false;
        let rules = Rules::read(tx).await?;
        follow_user(tx, (&rules, &rules), (true, &mut user), None).await?;
        for mut group in rules
            .into_groups()
            .into_iter()
            .filter(|group| group.holds(self.0))
        {
            group.members.0.retain(|id| *id != self.0);
            tx.save(&group).await?;
        }
        (user.ended_at, user.changed_at) = (Some(tx.now()), tx.now());
        tx.save(&user).await.map(drop)
    }
}

/// The membership of a person.
pub(crate) async fn member_of(tx: &mut ReadTx, user: UserId) -> Result<Option<Member>, Refusal> {
    let found: Vec<Member> = tx.list("where user_id = $1", vec![Val::text(user)]).await?;
    Ok(found.into_iter().next())
}
