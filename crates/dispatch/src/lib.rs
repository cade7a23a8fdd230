//! Finding an interpreter: candidates, offers, assignment.
mod advance_offers;
mod answer_offer;
mod assign_interpreter;
mod book_and_dispatch;
mod candidates;
mod list_offers;
mod make_offers;
mod offer;
mod offers_follow;
mod time_to_fill;
mod wishes;
mod withdraw_offer;

pub use advance_offers::{AdvanceOffers, Advanced};
pub use answer_offer::{AcceptOffer, Answered, RefuseOffer};
pub use assign_interpreter::{
    AssignDespiteConflict, AssignInterpreter, OverrideInput, RemoveInterpreter, assign,
};
pub use book_and_dispatch::{BookAndDispatch, Dispatch};
pub use candidates::{
    Candidate, CandidateList, DraftCandidates, ListCandidates, Narrowed, NotCandidate, ScorePart,
};
pub use list_offers::{AppointmentOffer, MyOffer, MyOffers, OffersOfAppointment, ShowMyOffer};
pub use make_offers::{MakeOffers, OffersInput, OffersMade, offer};
pub use offer::{NewOffer, NewOfferRound, Offer, OfferRound, OfferState, RoundKind};
pub use time_to_fill::{FillTimes, TimeToFill};
pub use withdraw_offer::WithdrawOffer;

use advance_offers::AdvancesOffers;
use interpres_gate::{History, JobKind, Permission, Reaction, RecordKind, Scoped};
use interpres_scheduling::{Changed, Moved};
use offers_follow::OffersFollow;

const OFFER: &str = "*, cast(0 as bigint) as visible_from, cast(null as bigint) as visible_until, cast(1 as bigint) as covered, cast(null as text) as tie";

/// The names this room brings. An interpreter's own offers, of which an open one is there only while its
/// appointment waits for an answer; for the rule "first acceptance wins" also the ones beside it.
pub const TABLES: &[Scoped] = &[
    Scoped {
        name: "offer",
        table: "offer_row",
        columns: OFFER,
        all: "",
        team: " and team_id in ({teams})",
        own: " and interpreter_id = {interpreter} and (state <> 'open' or exists (select 1 from appointment_row a where a.workspace_id = offer_row.workspace_id and a.id = offer_row.appointment_id and a.status = 'pending'))",
    },
    Scoped::wide("rival_offer", "offer_row", OFFER),
    Scoped::wide("offer_round", "offer_round_row", "*"),
];

/// What this room does when an appointment moves or is changed.
pub const REACTIONS: &[Reaction] = &[
    Reaction::of::<Moved, OffersFollow>("open offers are withdrawn"),
    Reaction::of::<Changed, OffersFollow>(
        "open offers go along to its team, and those asked are told",
    ),
];

/// Workspaces where offers are open, and when the first of them expires.
const OPEN_OFFERS: &str = "select workspace_id, min(expires_at) as due_at from offer_row where state = 'open' and expires_at is not null group by workspace_id";

/// What this room does later.
pub const JOBS: &[JobKind] = &[JobKind::of::<AdvancesOffers>()];

/// The records this room keeps.
pub const RECORDS: &[RecordKind] = &[
    RecordKind::of::<OfferRound>(),
    RecordKind::of::<Offer>()
        .with_history(History::for_viewers(Permission::AssignInterpreters))
        .told_by(Permission::AnswerOffers)
        .told_beside(Permission::AssignInterpreters),
];
