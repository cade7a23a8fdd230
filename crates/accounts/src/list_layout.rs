//! How somebody looks at a list: which view opens first, and which columns are left out.
use crate::saved_view::{SavedViewCard, views_of};
use interpres_gate::{
    Action, Command, Granted, Json, Query, ReadTx, Refusal, Val, WriteTx, async_trait, record,
    words,
};
use interpres_types::{Field, ListLayoutId, Problems, Rule, SavedViewId, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

words! {
    /// A list that people look at in their own way.
    ListName, "must be appointments, interpreters, customers, clients, people, vouchers or invoices" {
        /// Appointments.
        Appointments = "appointments", "Appointments";
        /// The directory of interpreters.
        Interpreters = "interpreters", "Interpreters";
        /// The directory of customers.
        Customers = "customers", "Customers";
        /// Clients.
        Clients = "clients", "Clients";
        /// Members.
        People = "people", "People";
        /// Vouchers.
        Vouchers = "vouchers", "Vouchers";
        /// Invoices.
        Invoices = "invoices", "Invoices";
    }
}

impl ListName {
    /// What a saved view of it can hold: fields of its address. None of them is about a client.
    #[must_use]
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Appointments => &[
                "view",
                "from",
                "to",
                "status",
                "team",
                "language",
                "customer_name",
                "interpreter_name",
                "sort",
            ],
            Self::Interpreters => &[
                "q",
                "language",
                "service_type",
                "team",
                "state",
                "sign_up",
                "sort",
            ],
            Self::Customers => &["q", "team", "state", "health_care", "sort"],
            Self::Clients => &[],
            Self::People => &["q", "role", "team", "sort"],
            Self::Vouchers => &["q", "state", "customer", "sort"],
            Self::Invoices => &["q", "state", "sort"],
        }
    }
}

record! {
    /// How somebody looks at a list.
    pub struct ListLayout from NewListLayout in "list_layout" by ListLayoutId {
        /// Who.
        user_id: UserId,
        /// At which list.
        list: ListName,
        /// The saved view that opens first.
        opens: Option<SavedViewId>,
        /// The columns that are left out, by their words.
        hidden: Json<Vec<String>>,
    }
}

/// How many columns can be left out, and how long their words are.
const MOST_HIDDEN: usize = 20;
const LONGEST: usize = 30;

/// How a list is to be looked at; what is not said stays.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LayoutInput {
    /// The id of the saved view that opens first; `none` for the list itself.
    pub opens: Field,
    /// The columns that are left out.
    pub hidden: Option<Vec<String>>,
}

/// Says how one looks at a list.
#[derive(Debug)]
pub struct SetLayout {
    /// Which list.
    pub list: ListName,
    /// How.
    pub input: LayoutInput,
}

/// How a list is looked at now.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct LayoutSet {
    /// The saved view that opens first.
    pub opens: Option<SavedViewId>,
    /// The columns that are left out.
    pub hidden: Vec<String>,
}

fn myself(tx: &ReadTx) -> Result<UserId, Refusal> {
    tx.actor().user().ok_or(Refusal::Forbidden)
}

async fn mine(tx: &mut ReadTx, list: ListName) -> Result<Option<ListLayout>, Refusal> {
    let me = myself(tx)?;
    let found: Vec<ListLayout> = tx
        .list(
            "where user_id = $1 and list = $2 order by id limit 1",
            vec![Val::text(me), list.word().into()],
        )
        .await?;
    Ok(found.into_iter().next())
}

fn fits(hidden: &[String]) -> bool {
    let word = |text: &String| {
        text.len() <= LONGEST
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    hidden.len() <= MOST_HIDDEN && hidden.iter().all(word)
}

#[async_trait]
impl Command for SetLayout {
    const ACTION: Action = Action::ListLayOut;
    type Outcome = LayoutSet;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<LayoutSet, Refusal> {
        let me = myself(tx)?;
        tx.alone(format!("list-layout/{me}")).await?;
        let mut layout = match mine(tx, self.list).await? {
            Some(layout) => layout,
            None => {
                tx.blank(NewListLayout {
                    user_id: me,
                    list: self.list,
                    hidden: Json(Vec::new()),
                })
                .await?
            }
        };
        if let Some(hidden) = self.input.hidden {
            if !fits(&hidden) {
                return Err(Refusal::invalid(
                    "hidden",
                    Rule::new("must be columns of this list"),
                ));
            }
            layout.hidden = Json(hidden);
        }
        if self.input.opens.raw().trim() == "none" {
            layout.opens = None;
        } else {
            let mut p = Problems::none();
            let opens = p.may::<SavedViewId>("opens", &self.input.opens);
            let seen = views_of(tx, self.list).await?;
            if opens.is_some_and(|id| seen.iter().all(|view| view.id != id)) {
                p.add("opens", "must be a saved view of this list");
            }
            if !p.is_empty() {
                return Err(p.into());
            }
            layout.opens = opens.or(layout.opens);
        }
        tx.save(&layout).await?;
        Ok(LayoutSet {
            opens: layout.opens,
            hidden: layout.hidden.0,
        })
    }
}

/// How one looks at a list, and the views that were saved of it.
#[derive(Debug)]
pub struct ShowLayout(pub ListName);

/// A list as one looks at it.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct LayoutView {
    /// The saved views, by name.
    pub views: Vec<SavedViewCard>,
    /// Which of them opens first.
    pub opens: Option<SavedViewId>,
    /// The columns that are left out.
    pub hidden: Vec<String>,
}

#[async_trait]
impl Query for ShowLayout {
    const ACTION: Action = Action::ListLayout;
    type View = LayoutView;
    async fn answer(self, tx: &mut ReadTx) -> Result<LayoutView, Refusal> {
        let views = views_of(tx, self.0).await?;
        let layout = mine(tx, self.0).await?;
        let opens = layout.as_ref().and_then(|layout| layout.opens);
        Ok(LayoutView {
            // One that was deleted, or is no longer shared, opens no list.
            opens: opens.filter(|id| views.iter().any(|view| view.id == *id)),
            hidden: layout.map(|layout| layout.hidden.0).unwrap_or_default(),
            views,
        })
    }
}
