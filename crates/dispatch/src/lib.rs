//! Finding an interpreter: candidates, offers, assignment.
mod advance_offers;
mod answer_offer;
mod assign_interpreter;
mod candidates;
mod list_offers;
mod make_offers;
mod offer;

pub use advance_offers::AdvanceOffers;
pub use answer_offer::{AcceptOffer, Answered, RefuseOffer};
pub use assign_interpreter::{AssignInterpreter, RemoveInterpreter};
pub use candidates::{Candidate, CandidateList, DraftCandidates, ListCandidates, NotCandidate, ScorePart};
pub use list_offers::{AppointmentOffer, MyOffer, MyOffers, OffersOfAppointment, ShowMyOffer};
pub use make_offers::{MakeOffers, OffersInput, OffersMade};
pub use offer::{Offer, OfferRound, OfferState, RoundKind};

use interpres_gate::{RecordKind, Scoped};

const OFFER: &str = "*, cast(0 as bigint) as visible_from, cast(null as bigint) as visible_until, cast(1 as bigint) as covered";

/// The names this room brings. An interpreter's own offers; for the rule "first acceptance wins"
/// also the ones beside it.
pub const TABLES: &[Scoped] = &[
    Scoped { name: "offer", table: "offer_row", columns: OFFER, all: "", team: " and team_id in ({teams})", own: " and interpreter_id = {interpreter}" },
    Scoped::wide("rival_offer", "offer_row", OFFER),
    Scoped::wide("offer_round", "offer_round_row", "*"),
];

/// The records this room keeps.
pub const RECORDS: &[RecordKind] = &[RecordKind::of::<OfferRound>(), RecordKind::of::<Offer>()];
