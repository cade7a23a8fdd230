use crate::offer::{NewOfferRound, OfferRound, RoundKind, RoundState, ask};
use interpres_directory::{assignable, interpreter_cards};
use interpres_gate::{Action, Command, Granted, Json, ReadTx, Refusal, WriteTx, async_trait};
use interpres_scheduling::{
    Appointment, Move, Slot, Status, Step, advance, appointment_alone, blocked_for,
    interpreters_alone, obstacle,
};
use interpres_types::{AppointmentId, Field, InterpreterId, OfferId, Problems};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Offers as they come in.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OffersInput {
    /// single (unless said), sequence or broadcast.
    pub kind: Field,
    /// Interpreters' ids, in the order they are asked; at most 100.
    pub interpreters: Vec<Field>,
    /// One interpreter's id, for a single offer.
    pub interpreter: Field,
    /// Minutes each has to answer, 1 to 10,080; in a sequence 60 unless said.
    pub minutes_each: Field,
}

/// Offers an appointment: to one, to one after the other, or to many at once.
#[derive(Debug)]
pub struct MakeOffers {
    /// Which appointment.
    pub appointment: AppointmentId,
    /// How and to whom.
    pub input: OffersInput,
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct OffersMade {
    /// The first offer's id, for a single offer or a sequence.
    pub id: Option<OfferId>,
    /// All offers that went out.
    pub offers: Vec<OfferId>,
    /// Where the appointment stands now.
    pub status: Status,
}

/// Interpreters of one round: each gets a notice in the same transaction.
const MOST_ASKED: usize = 100;
/// Minutes that each of a sequence has, unless said: an hour.
const USUAL_MINUTES: i64 = 60;
/// The most minutes that anybody has: a week.
const LONGEST_MINUTES: i64 = 7 * 24 * 60;

struct Plan {
    kind: RoundKind,
    ids: Vec<InterpreterId>,
    minutes_each: Option<i64>,
}

fn plan(input: &OffersInput) -> Result<Plan, Refusal> {
    let mut p = Problems::none();
    let kind = p.may("kind", &input.kind).unwrap_or(RoundKind::Single);
    let fields = input
        .interpreters
        .iter()
        .chain(std::iter::once(&input.interpreter))
        .filter(|f| !f.is_blank());
    let mut ids: Vec<InterpreterId> = Vec::new();
    for field in fields {
        ids.extend(p.need("interpreters", field).filter(|id| !ids.contains(id)));
    }
    if ids.is_empty() && p.is_empty() {
        p.add("interpreters", "at least one is required");
    }
    if ids.len() > MOST_ASKED || (kind == RoundKind::Single && ids.len() > 1) {
        p.add(
            "interpreters",
            if ids.len() > MOST_ASKED {
                "at most 100 can be asked"
            } else {
                "a single offer goes to one; choose sequence or broadcast for more"
            },
        );
    }
    let typed = input.minutes_each.raw().trim();
    let minutes_each = if typed.is_empty() {
        (kind == RoundKind::Sequence).then_some(USUAL_MINUTES)
    } else {
        typed
            .parse::<i64>()
            .ok()
            .filter(|n| (1..=LONGEST_MINUTES).contains(n))
    };
    if !typed.is_empty() && minutes_each.is_none() {
        p.add("minutes_each", "must be 1 to 10,080 minutes (a week)");
    }
    if p.is_empty() {
        Ok(Plan {
            kind,
            ids,
            minutes_each,
        })
    } else {
        Err(p.into())
    }
}

#[async_trait]
impl Command for MakeOffers {
    const ACTION: Action = Action::OffersMake;
    type Outcome = OffersMade;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<OffersMade, Refusal> {
        let a = appointment_alone(tx, self.appointment).await?;
        offer(tx, a, &self.input).await
    }
}

/// Offers an appointment nobody else is at work on, as part of a command.
///
/// # Errors
/// What is wrong with whom, or what is in the way of the first who is asked.
pub async fn offer(
    tx: &mut WriteTx,
    a: Appointment,
    input: &OffersInput,
) -> Result<OffersMade, Refusal> {
    let plan = plan(input)?;
    a.status.allow(Move::Offer)?;
    match who_cannot_answer(tx, &a, &plan.ids).await? {
        // That somebody is assigned without being asked is said by whoever does it (DP2).
        Some(name) => Err(Refusal::invalid(
            "interpreters",
            format!(
                "must all have signed up to be asked. {name} hasn't, so nothing was sent: choose “Assign without asking” instead"
            ),
        )),
        None => open_round(tx, a, plan).await,
    }
}

/// Refuses who does not fit, and names the first who has not signed up.
async fn who_cannot_answer(
    tx: &mut WriteTx,
    a: &Appointment,
    ids: &[InterpreterId],
) -> Result<Option<String>, Refusal> {
    let cards = interpreter_cards(tx, Some(ids)).await?;
    if cards.len() != ids.len() {
        return Err(Refusal::invalid(
            "interpreters",
            "must all be interpreters of this workspace",
        ));
    }
    if cards.iter().any(|c| !c.languages.contains(&a.language)) {
        return Err(Refusal::invalid(
            "interpreters",
            "must all speak the appointment's language",
        ));
    }
    if assignable(tx, a.team_id)
        .await?
        .is_some_and(|only| ids.iter().any(|id| !only.contains(id)))
    {
        return Err(Refusal::invalid(
            "interpreters",
            "must all be among those that this team assigns",
        ));
    }
    let blocked = blocked_for(tx, a).await?;
    if ids.iter().any(|id| blocked.contains(id)) {
        return Err(Refusal::invalid(
            "interpreters",
            "must not hold anybody who is blocked for this client",
        ));
    }
    Ok(cards.into_iter().find(|c| !c.signed_up).map(|c| c.name))
}

/// Those of these who may still be asked as the appointment is now: by its language and team, by its client, and because they
/// have signed up.
pub(crate) async fn askable(
    tx: &mut ReadTx,
    a: &Appointment,
    ids: &[InterpreterId],
) -> Result<Vec<InterpreterId>, Refusal> {
    let only = assignable(tx, a.team_id).await?;
    let blocked = blocked_for(tx, a).await?;
    let cards = interpreter_cards(tx, Some(ids)).await?;
    let may_be_asked = cards.into_iter().filter(|card| {
        card.signed_up
            && card.languages.contains(&a.language)
            && only.as_ref().is_none_or(|only| only.contains(&card.id))
            && !blocked.contains(&card.id)
    });
    Ok(may_be_asked.map(|card| card.id).collect())
}

/// Asks the first of a sequence, or all of a broadcast. Whose time an offer holds must have it.
async fn open_round(tx: &mut WriteTx, a: Appointment, plan: Plan) -> Result<OffersMade, Refusal> {
    let first = if plan.kind == RoundKind::Broadcast {
        plan.ids.len()
    } else {
        1
    };
    let (now, later) = plan.ids.split_at(first);
    if let (RoundKind::Single | RoundKind::Sequence, Some(interpreter)) = (plan.kind, now.first()) {
        interpreters_alone(tx, &[*interpreter]).await?;
        if let Some(words) = obstacle(tx, &Slot::from(&a), *interpreter).await? {
            return Err(Refusal::conflict(format!("The interpreter {words}.")));
        }
    }
    let a = advance(tx, a, Step::Offer).await?;
    let round = OfferRound {
        minutes_each: plan.minutes_each,
        ..tx.blank(NewOfferRound {
            appointment_id: a.id,
            team_id: a.team_id,
            kind: plan.kind,
            state: RoundState::Open,
            queue: Json(later.to_vec()),
        })
        .await?
    };
    tx.save(&round).await?;
    let mut offers = Vec::new();
    for interpreter in now {
        offers.push(ask(tx, &a, &round, *interpreter).await?);
    }
    Ok(OffersMade {
        id: offers.first().copied(),
        offers,
        status: a.status,
    })
}
