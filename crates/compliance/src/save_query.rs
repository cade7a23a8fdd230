use interpres_gate::{
    Action, Command, Granted, Json, ListEntries, Query, ReadTx, Refusal, WriteTx, async_trait,
    record,
};
use interpres_types::{Field, Instant, Line, Problems, SavedQueryId, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

record! {
    /// A filter of the log that is used again; everybody who sees the log sees it.
    pub struct SavedQuery from NewSavedQuery in "saved_query" by SavedQueryId {
        /// Its name.
        name: Line<80>,
        /// The filter: values by field.
        filter: Json<BTreeMap<String, String>>,
        /// Who saved it.
        saved_by: Option<UserId>,
        /// When it was dropped.
        dropped_at: Option<Instant>,
    }
}

/// A filter and what to call it.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SaveQueryInput {
    /// The name; required.
    pub name: Field,
    /// A person's user id.
    pub actor: Field,
    /// An action's name.
    pub action: Field,
    /// Kind of action: read, list, create, change, erase, export, door.
    pub kind: Field,
    /// A record's id.
    pub record: Field,
    /// Outcome: done, refused, fault.
    pub outcome: Field,
    /// From this day on.
    pub from: Field,
    /// Until this day.
    pub to: Field,
}

/// Saves a filter of the log under a name.
#[derive(Debug)]
pub struct SaveQuery {
    /// Which filter and name.
    pub input: SaveQueryInput,
}

/// A saved query's id.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct QuerySaved {
    /// Its id.
    pub id: SavedQueryId,
}

const MOST: i64 = 100;

#[async_trait]
impl Command for SaveQuery {
    const ACTION: Action = Action::QuerySave;
    type Outcome = QuerySaved;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<QuerySaved, Refusal> {
        let SaveQueryInput {
            name,
            actor,
            action,
            kind,
            record,
            outcome,
            from,
            to,
        } = self.input;
        let asked = ListEntries {
            actor,
            action,
            kind,
            record,
            outcome,
            from,
            to,
            ..ListEntries::default()
        };
        let mut p = Problems::none();
        let name = p.need::<Line<80>>("name", &name);
        asked.check(tx, p)?;
        let filter = asked.in_words();
        let Some(name) = name else {
            return Err(Refusal::NotFound);
        };
        if filter.is_empty() {
            return Err(Refusal::invalid(
                "name",
                interpres_types::Rule::new("needs at least one filter"),
            ));
        }
        tx.room_for_one_more::<SavedQuery>("where dropped_at is null", MOST, "saved queries")
            .await?;
        let saved = SavedQuery {
            saved_by: tx.actor().user(),
            ..tx.blank(NewSavedQuery {
                name,
                filter: Json(filter),
            })
            .await?
        };
        Ok(QuerySaved {
            id: tx.save(&saved).await?.id,
        })
    }
}

/// Drops a saved query.
#[derive(Debug)]
pub struct DropQuery(pub SavedQueryId);

#[async_trait]
impl Command for DropQuery {
    const ACTION: Action = Action::QueryDrop;
    type Outcome = QuerySaved;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<QuerySaved, Refusal> {
        let mut saved: SavedQuery = tx.find(self.0).await?;
        saved.dropped_at.get_or_insert(tx.now());
        Ok(QuerySaved {
            id: tx.save(&saved).await?.id,
        })
    }
}

/// Saved queries, by name; at most 100.
#[derive(Clone, Debug)]
pub struct ListQueries;

/// A saved query.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SavedQueryView {
    /// Its id.
    pub id: SavedQueryId,
    /// Its name.
    pub name: String,
    /// The filter: values by field.
    pub filter: BTreeMap<String, String>,
}

#[async_trait]
impl Query for ListQueries {
    const ACTION: Action = Action::QueriesList;
    type View = Vec<SavedQueryView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<SavedQueryView>, Refusal> {
        let found: Vec<SavedQuery> = tx
            .list(
                "where dropped_at is null order by name, id limit 100",
                vec![],
            )
            .await?;
        Ok(found
            .into_iter()
            .map(|q| SavedQueryView {
                id: q.id,
                name: q.name.into(),
                filter: q.filter.0,
            })
            .collect())
    }
}
