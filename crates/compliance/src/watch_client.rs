use interpres_gate::{
    Action, Command, Granted, PersonName, Phi, Query, ReadTx, Refusal, Shown, WriteTx, async_trait,
    record,
};
use interpres_types::{Field, Instant, Line, Problems, UserId, WatchId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

record! {
    /// A client's name under watch: every disclosure of it is reported.
    pub struct Watch from NewWatch in "watch" by WatchId, sealed {
        /// The name.
        client_name: Phi<PersonName>,
        /// Why, as a reference without names.
        reason: Line<120>,
        /// When it began.
        begun_at: Instant,
        /// Who began it.
        begun_by: Option<UserId>,
        /// When it ended.
        ended_at: Option<Instant>,
    }
}

/// Maximum number of watches per workspace: each is compared with every record opened in an hour.
pub(crate) const MOST_WATCHES: i64 = 200;

/// The name to watch, and the reason.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WatchInput {
    /// The client's name; required.
    pub client: Field,
    /// Why, as a reference without names; required.
    pub reason: Field,
}

/// Puts a client's name under watch.
#[derive(Debug)]
pub struct WatchClient {
    /// The input.
    pub input: WatchInput,
}

/// A watch.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Watched {
    /// Its id.
    pub id: WatchId,
}

#[async_trait]
impl Command for WatchClient {
    const ACTION: Action = Action::WatchBegin;
    type Outcome = Watched;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Watched, Refusal> {
        let mut p = Problems::none();
        let (name, reason) = (
            p.need::<PersonName>("client", &self.input.client),
            p.need::<Line<120>>("reason", &self.input.reason),
        );
        let (Some(name), Some(reason)) = (name, reason) else {
            return Err(p.into());
        };
        if !interpres_accounts::may_name_clients(tx).await? {
            return Err(Refusal::conflict(
                "Clients can be named only under HIPAA mode with an agreement in effect.",
            ));
        }
        tx.room_for_one_more::<Watch>("where ended_at is null", MOST_WATCHES, "names under watch")
            .await?;
        let watch = Watch {
            begun_by: tx.actor().user(),
            ..tx.blank(NewWatch {
                client_name: Phi::new(name),
                reason,
                begun_at: tx.now(),
            })
            .await?
        };
        Ok(Watched {
            id: tx.save(&watch).await?.id,
        })
    }
}

/// Ends a watch.
#[derive(Debug)]
pub struct EndWatch(pub WatchId);

#[async_trait]
impl Command for EndWatch {
    const ACTION: Action = Action::WatchEnd;
    type Outcome = Watched;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Watched, Refusal> {
        let mut watch: Watch = tx.find(self.0).await?;
        watch.ended_at.get_or_insert(tx.now());
        Ok(Watched {
            id: tx.save(&watch).await?.id,
        })
    }
}

/// Names under watch, the latest first.
#[derive(Clone, Debug)]
pub struct ListWatches;

/// A name under watch.
#[derive(Serialize, JsonSchema)]
pub struct WatchView {
    /// The watch.
    pub id: WatchId,
    /// The name, or initials for those who may not see it.
    pub client: Shown<PersonName>,
    /// The reason.
    pub reason: String,
    /// When it began.
    pub begun_at: Instant,
}

#[async_trait]
impl Query for ListWatches {
    const ACTION: Action = Action::WatchesList;
    type View = Vec<WatchView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<WatchView>, Refusal> {
        let found: Vec<Watch> = tx
            .list(
                "where ended_at is null order by id desc limit $1",
                vec![MOST_WATCHES.into()],
            )
            .await?;
        found
            .into_iter()
            .map(|w| {
                Ok(WatchView {
                    client: tx.reveal(&w.client_name)?,
                    id: w.id,
                    reason: w.reason.into(),
                    begun_at: w.begun_at,
                })
            })
            .collect()
    }
}
