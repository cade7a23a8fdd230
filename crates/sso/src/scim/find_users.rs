//! Reads users.
use crate::scim::{ALL, Found, ListRequest, apply::Rules, filter, page, user::ScimUser};
use interpres_gate::{Action, Query, ReadTx, Refusal, async_trait};
use interpres_types::RecordId;
use serde_json::Value;

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
    type View = Value;
    async fn answer(self, tx: &mut ReadTx) -> Result<Value, Refusal> {
        let user = find_user(tx, self.0).await?;
        Ok(user.told(&Rules::read(tx).await?.groups_of(self.0)))
    }
}

/// People that fit a filter.
pub struct FindUsers(pub ListRequest);

#[async_trait]
impl Query for FindUsers {
    const ACTION: Action = Action::ProvisionList;
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
