use crate::{ListName, OWN_CUSTOMER, OWN_INTERPRETER};
use interpres_gate::{
    Action, Actor, Command, Granted, ReadTx, Refusal, WriteTx, async_trait, record,
};
use interpres_types::{Field, Instant, Line, Problems, SavedViewId, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

record! {
    /// A list as somebody keeps it: what it is narrowed to and sorted by, under a name.
    pub struct SavedView from NewSavedView in "saved_view" by SavedViewId {
        /// Of which list.
        list: ListName,
        /// What it is called.
        name: Line<80>,
        /// What stands behind the question mark of the list's address.
        filter: Line<1000>,
        /// Whose it is.
        kept_by: UserId,
        /// Since when everybody who sees the list sees it.
        shared_at: Option<Instant>,
        /// When it was deleted.
        dropped_at: Option<Instant>,
    }
}

/// How many views somebody may see before one more of their own is refused.
const MOST: i64 = 200;
/// How many a workspace may share.
const MOST_SHARED: i64 = 100;

/// A list's view and what to call it.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SaveViewInput {
    /// appointments, interpreters, customers, people, vouchers or invoices; required.
    pub list: Field,
    /// The name; required. Not a client's.
    pub name: Field,
    /// The filters and the sort as they stand behind the question mark of the list's address: `language=Spanish&sort=-name`.
    pub filter: Field,
}

/// Saves a view of a list, for oneself.
#[derive(Debug)]
pub struct SaveView {
    /// Which.
    pub input: SaveViewInput,
}

/// A saved view's id.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct ViewSaved {
    /// Its id.
    pub id: SavedViewId,
}

/// The fields that a filter names which a view of the list can't hold. Whatever could name a client is among them: it
/// is sent in a form's body and stands in no address.
fn strange(list: ListName, filter: &str) -> Vec<&str> {
    filter
        .split('&')
        .map(|pair| pair.split('=').next().unwrap_or_default())
        .filter(|field| !list.fields().contains(field))
        .collect()
}

fn myself(actor: &Actor) -> Result<UserId, Refusal> {
    actor.user().ok_or(Refusal::Forbidden)
}

#[async_trait]
impl Command for SaveView {
    const ACTION: Action = Action::ViewSave;
    type Outcome = ViewSaved;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<ViewSaved, Refusal> {
        let mut p = Problems::none();
        let list = p.need::<ListName>("list", &self.input.list);
        let name = p.need::<Line<80>>("name", &self.input.name);
        let filter = p.need::<Line<1000>>("filter", &self.input.filter);
        let (Some(list), Some(name), Some(filter)) = (list, name, filter) else {
            return Err(p.into());
        };
        if !filter.as_str().bytes().all(|b| b.is_ascii_graphic()) {
            p.add("filter", "must be as it stands in the list's address");
        } else if !strange(list, filter.as_str()).is_empty() {
            // What was sent may be a client's name, so it is not told again.
            p.add(
                "filter",
                "has a field that a view of this list can't hold. A search for a client can't be saved",
            );
        }
        if !p.is_empty() {
            return Err(p.into());
        }
        let kept_by = myself(tx.actor())?;
        tx.room_for_one_more::<SavedView>("where dropped_at is null", MOST, "saved views")
            .await?;
        let view = tx
            .blank(NewSavedView {
                list,
                name,
                filter,
                kept_by,
            })
            .await?;
        tx.save(&view).await.map(|saved| ViewSaved { id: saved.id })
    }
}

/// A view that was not deleted and is one's own.
async fn own(tx: &mut ReadTx, id: SavedViewId) -> Result<SavedView, Refusal> {
    let view: SavedView = tx.find(id).await?;
    let mine = view.kept_by == myself(tx.actor())? && view.dropped_at.is_none();
    if mine {
        Ok(view)
    } else {
        Err(Refusal::NotFound)
    }
}

/// What a view is to be called.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ViewNameInput {
    /// The name; required.
    pub name: Field,
}

/// Renames a view of one's own.
#[derive(Debug)]
pub struct RenameView {
    /// Which.
    pub id: SavedViewId,
    /// What it is to be called.
    pub input: ViewNameInput,
}

#[async_trait]
impl Command for RenameView {
    const ACTION: Action = Action::ViewRename;
    type Outcome = ViewSaved;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<ViewSaved, Refusal> {
        let mut view = own(tx, self.id).await?;
        let mut p = Problems::none();
        let Some(name) = p.need::<Line<80>>("name", &self.input.name) else {
            return Err(p.into());
        };
        view.name = name;
        tx.save(&view).await.map(|saved| ViewSaved { id: saved.id })
    }
}

/// Deletes a view of one's own.
#[derive(Debug)]
pub struct DropView(pub SavedViewId);

#[async_trait]
impl Command for DropView {
    const ACTION: Action = Action::ViewDrop;
    type Outcome = ViewSaved;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<ViewSaved, Refusal> {
        let mut view = own(tx, self.0).await?;
        view.dropped_at = Some(tx.now());
        tx.save(&view).await.map(|saved| ViewSaved { id: saved.id })
    }
}

/// Whether everybody is to see a view.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ShareViewInput {
    /// `no` to keep it to whoever saved it; shared unless said.
    pub shared: Field,
}

/// Shares a view of one's own with everybody in the workspace who sees its list, or keeps a shared one, whoever's it is, to
/// whoever saved it.
#[derive(Debug)]
pub struct ShareView {
    /// Which.
    pub id: SavedViewId,
    /// Whether to share it.
    pub input: ShareViewInput,
}

#[async_trait]
impl Command for ShareView {
    const ACTION: Action = Action::ViewShare;
    type Outcome = ViewSaved;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<ViewSaved, Refusal> {
        let mut view: SavedView = tx.find(self.id).await?;
        let mine = view.kept_by == myself(tx.actor())?;
        if view.dropped_at.is_some() || !(mine || view.shared_at.is_some()) {
            return Err(Refusal::NotFound);
        }
        let share = match self.input.shared.raw().trim() {
            "" | "yes" => true,
            "no" => false,
            _ => return Err(Refusal::invalid("shared", "must be yes or no")),
        };
        if share && view.shared_at.is_none() {
            let shared = "where dropped_at is null and shared_at is not null";
            tx.room_for_one_more::<SavedView>(shared, MOST_SHARED, "shared views")
                .await?;
        }
        let now = tx.now();
        view.shared_at = share.then(|| view.shared_at.unwrap_or(now));
        tx.save(&view).await.map(|saved| ViewSaved { id: saved.id })
    }
}

/// A saved view as its list shows it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SavedViewCard {
    /// Its id.
    pub id: SavedViewId,
    /// Its name.
    pub name: String,
    /// What stands behind the question mark of the list's address.
    pub filter: String,
    /// Whether it is one's own.
    pub own: bool,
    /// Whether everybody who sees the list sees it.
    pub shared: bool,
}

/// The views of a list that one sees, by name: one's own, and for the agency's own people those that are shared.
pub(crate) async fn views_of(
    tx: &mut ReadTx,
    list: ListName,
) -> Result<Vec<SavedViewCard>, Refusal> {
    let me = myself(tx.actor())?;
    let rights = tx.actor().rights();
    let outside = rights.own(&OWN_CUSTOMER).is_some() || rights.own(&OWN_INTERPRETER).is_some();
    let found: Vec<SavedView> = tx
        .list(
            "where list = $1 and dropped_at is null order by name, id limit $2",
            vec![list.word().into(), (MOST + MOST_SHARED).into()],
        )
        .await?;
    let card = |view: SavedView| SavedViewCard {
        id: view.id,
        own: view.kept_by == me,
        shared: view.shared_at.is_some(),
        name: view.name.into(),
        filter: view.filter.into(),
    };
    Ok(found
        .into_iter()
        .map(card)
        .filter(|view| view.own || (view.shared && !outside))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_name_a_client_is_no_part_of_a_view() {
        let none: [&str; 0] = [];
        assert_eq!(
            strange(ListName::Appointments, "view=week&team=Courts&sort=-start"),
            none
        );
        for field in ["q", "client", "lep_client", "%71"] {
            assert_eq!(
                strange(ListName::Appointments, &format!("{field}=x&team=y")),
                [field]
            );
        }
        assert_eq!(strange(ListName::Customers, "q=clinic"), none);
    }
}
