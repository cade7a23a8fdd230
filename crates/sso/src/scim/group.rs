//! Groups as a directory speaks of them: their names give roles and teams.
use super::{
    ALL, Change, Found, ListRequest,
    apply::{Rules, directory_alone, follow_user},
    bad, filter, page,
    patch::{WritableAttributes, patch},
    schemas::GROUP,
    user::ScimUser,
};
use interpres_gate::{
    Action, Alone, Command, Granted, Json, Query, ReadTx, Refusal, WriteTx, async_trait, record,
};
use interpres_types::{Instant, Line, RecordId};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

record! {
    /// A group as the directory knows it.
    pub struct ScimGroup from NewScimGroup in "scim_group" by RecordId {
        /// Its name.
        display_name: Line<200>,
        /// The directory's own id.
        external_id: Option<String>,
        /// Who is in it, sorted.
        members: Json<Vec<RecordId>>,
        /// When it was created.
        created_at: Instant,
        /// When it was last changed.
        changed_at: Instant,
        /// When it was deleted.
        ended_at: Option<Instant>,
    }
}

const KNOWN: WritableAttributes = WritableAttributes {
    names: &[
        ("displayName", false),
        ("externalId", false),
        ("members", true),
    ],
};
const MOST_MEMBERS: usize = 5000;

impl ScimGroup {
    pub(crate) fn holds(&self, person: RecordId) -> bool {
        self.members.0.binary_search(&person).is_ok()
    }
    fn told(&self) -> Value {
        let mut out = self.writable().as_object().cloned().unwrap_or_default();
        out.insert("schemas".into(), json!([GROUP]));
        out.insert("id".into(), self.id.to_string().into());
        out.insert("meta".into(), json!({ "resourceType": "Group", "created": self.created_at.to_string(), "lastModified": self.changed_at.to_string(), "location": format!("/scim/v2/Groups/{}", self.id), "version": format!("W/\"{}\"", self.version) }));
        Value::Object(out)
    }
    fn writable(&self) -> Value {
        let mut out = Map::new();
        out.insert("displayName".into(), self.display_name.to_string().into());
        out.extend(
            self.external_id
                .clone()
                .map(|id| ("externalId".to_owned(), id.into())),
        );
        if !self.members.0.is_empty() {
            let member = |id: &RecordId| json!({ "value": id.to_string(), "$ref": format!("/scim/v2/Users/{id}"), "type": "User" });
            out.insert(
                "members".into(),
                self.members.0.iter().map(member).collect(),
            );
        }
        Value::Object(out)
    }
    fn write(mut self, body: &Value, now: Instant) -> Result<Self, Refusal> {
        let map = body
            .as_object()
            .ok_or_else(|| bad("invalidSyntax", "must be an object"))?;
        let find = |name: &str| {
            map.iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
                .filter(|v| !v.is_null())
        };
        let name = find("displayName")
            .and_then(Value::as_str)
            .filter(|n| !n.trim().is_empty())
            .ok_or_else(|| bad("invalidValue", "displayName is required"))?;
        self.display_name = name.parse().map_err(|_| {
            bad(
                "invalidValue",
                "displayName must be a line of at most 200 characters",
            )
        })?;
        self.external_id = find("externalId")
            .and_then(Value::as_str)
            .map(|id| id.chars().take(200).collect());
        let members = match find("members") {
            None => Vec::new(),
            Some(Value::Array(all)) => all
                .iter()
                .map(|m| {
                    m.get("value")
                        .and_then(Value::as_str)
                        .and_then(|id| id.parse().ok())
                        .ok_or_else(|| bad("invalidValue", "members must hold ids"))
                })
                .collect::<Result<_, _>>()?,
            Some(_) => return Err(bad("invalidValue", "members must be a list")),
        };
        if members.len() > MOST_MEMBERS {
            return Err(bad("tooMany", "holds more than 5,000 members"));
        }
        let unique: BTreeSet<RecordId> = members.into_iter().collect();
        self.members = Json(unique.into_iter().collect());
        self.changed_at = now;
        Ok(self)
    }
}

pub(crate) async fn all_groups(tx: &mut ReadTx) -> Result<Vec<ScimGroup>, Refusal> {
    tx.list(
        &format!("where ended_at is null order by id limit {ALL}"),
        vec![],
    )
    .await
}

async fn find_group(tx: &mut ReadTx, id: RecordId) -> Result<ScimGroup, Refusal> {
    tx.may_find::<ScimGroup>(id)
        .await?
        .filter(|group| group.ended_at.is_none())
        .ok_or(Refusal::NotFound)
}

/// Creates or changes a group, and updates roles and teams of added and removed people.
pub struct SaveGroup {
    /// Which; a new one without.
    pub id: Option<RecordId>,
    /// The version that was seen.
    pub version: Option<i64>,
    /// How.
    pub change: Change,
}

#[async_trait]
impl Command for SaveGroup {
    const ACTION: Action = Action::ProvisionGroup;
    type Outcome = Value;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Value, Refusal> {
        let lock = directory_alone(tx).await?;
        let now = tx.now();
        let before = match self.id {
            Some(id) => find_group(tx, id).await?,
            None => {
                tx.blank(NewScimGroup {
                    display_name: "-".parse().map_err(Refusal::fault)?,
                    members: Json(Vec::new()),
                    created_at: now,
                    changed_at: now,
                })
                .await?
            }
        };
        let (mut body, old, old_name) = (
            before.writable(),
            before.members.0.clone(),
            before.display_name.clone(),
        );
        match &self.change {
            Change::Put(new) => body = new.clone(),
            Change::Patch(operations) => patch(&KNOWN, &mut body, operations)?,
        }
        let mut group = before.write(&body, now)?;
        group.version = self.version.unwrap_or(group.version);
        let (old, new): (BTreeSet<RecordId>, BTreeSet<RecordId>) = (
            old.into_iter().collect(),
            group.members.0.iter().copied().collect(),
        );
        for member in new.difference(&old) {
            if tx
                .may_find::<ScimUser>(*member)
                .await?
                .is_none_or(|user| user.ended_at.is_some())
            {
                return Err(bad(
                    "invalidValue",
                    "members must be people of this directory",
                ));
            }
        }
        let touched = if old_name == group.display_name {
            old.symmetric_difference(&new).copied().collect()
        } else {
            old.union(&new).copied().collect()
        };
        save(tx, &lock, &group, touched).await?;
        Ok(find_group(tx, group.id).await?.told())
    }
}

/// Saves a group, and applies its old and new mappings.
async fn save(
    tx: &mut WriteTx,
    lock: &Alone,
    group: &ScimGroup,
    people: BTreeSet<RecordId>,
) -> Result<(), Refusal> {
    let before = Rules::read_to_follow(tx, lock).await?;
    tx.save(group).await?;
    let now = Rules::read_to_follow(tx, lock).await?;
    for id in people {
        if let Some(mut user) = tx
            .may_find::<ScimUser>(id)
            .await?
            .filter(|u| u.ended_at.is_none() && u.active && u.member_id.is_some())
        {
            follow_user(tx, (&before, &now), (true, &mut user), None).await?;
        }
    }
    Ok(())
}

/// One group.
pub struct ShowGroup(pub RecordId);

#[async_trait]
impl Query for ShowGroup {
    const ACTION: Action = Action::ProvisionShow;
    type View = Value;
    async fn answer(self, tx: &mut ReadTx) -> Result<Value, Refusal> {
        Ok(find_group(tx, self.0).await?.told())
    }
}

/// Groups that fit a filter.
pub struct FindGroups(pub ListRequest);

#[async_trait]
impl Query for FindGroups {
    const ACTION: Action = Action::ProvisionList;
    type View = Found;
    async fn answer(self, tx: &mut ReadTx) -> Result<Found, Refusal> {
        let filter = if self.0.filter.trim().is_empty() {
            None
        } else {
            Some(filter::read(&self.0.filter)?)
        };
        let mut told: Vec<Value> = all_groups(tx).await?.iter().map(ScimGroup::told).collect();
        told.retain(|group| filter.as_ref().is_none_or(|f| f.fits(group)));
        Ok(page(told, &self.0))
    }
}

/// Deletes a group.
pub struct EndGroup(pub RecordId);

#[async_trait]
impl Command for EndGroup {
    const ACTION: Action = Action::ProvisionEnd;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let lock = directory_alone(tx).await?;
        let mut group = find_group(tx, self.0).await?;
        let people: BTreeSet<RecordId> = group.members.0.iter().copied().collect();
        group.ended_at = Some(tx.now());
        group.changed_at = tx.now();
        save(tx, &lock, &group, people).await
    }
}
