use crate::offer::{Offer, OfferState};
use interpres_directory::{ServiceType, interpreter_cards};
use interpres_gate::{Action, Query, ReadTx, Refusal, Shown, Val, async_trait, bind_list};
use interpres_rates::{Basis, Card, Price, Side, Work, cards, price};
use interpres_scheduling::{Appointment, Mode, Names, PointsTo};
use interpres_types::{AppointmentId, Cents, Instant, LocalDate, Note, OfferId};
use schemars::JsonSchema;
use serde::Serialize;

/// An offer as the interpreter sees it (DP6).
#[derive(Debug, Serialize, JsonSchema)]
pub struct MyOffer {
    /// Id.
    pub id: OfferId,
    /// Where it stands.
    pub state: OfferState,
    /// The appointment; reachable only while the offer is open.
    pub appointment: AppointmentId,
    /// Date at the place.
    pub date: String,
    /// From and to, on the wall clock.
    pub start: String,
    /// End.
    pub end: String,
    /// The zone's short name.
    pub zone: String,
    /// Scheduled minutes.
    pub minutes: i64,
    /// City and ZIP code.
    pub area: Option<String>,
    /// Language.
    pub language: String,
    /// How.
    pub service_type: ServiceType,
    /// How it is interpreted.
    pub mode: Mode,
    /// For whom.
    pub customer: String,
    /// Pay for the scheduled time, without miles; in cents.
    pub expected_pay: Option<Cents>,
    /// Its currency.
    pub currency: Option<String>,
    /// Until when it can be accepted.
    pub expires_at: Option<Instant>,
    /// The start.
    #[serde(skip)]
    pub starts_at: Instant,
    /// The end.
    #[serde(skip)]
    pub ends_at: Instant,
    /// Zone of the place.
    #[serde(skip)]
    pub zone_name: String,
    /// The day at the place.
    #[serde(skip)]
    pub day: LocalDate,
    /// How the pay comes about.
    #[serde(skip)]
    pub pay: Option<Price>,
}

/// Offers as their interpreter sees them, with what stands beside all of them read at once; those whose
/// appointment is out of reach are left out.
async fn mine(tx: &mut ReadTx, offers: Vec<Offer>) -> Result<Vec<MyOffer>, Refusal> {
    let mut args = Vec::new();
    let list = bind_list(
        &mut args,
        offers.iter().map(|o| Val::text(o.appointment_id)).collect(),
    );
    let found: Vec<Appointment> = tx.list(&format!("where id in ({list})"), args).await?;
    let names = Names::of(
        tx,
        &found
            .iter()
            .map(|a| PointsTo {
                customer: a.customer_id,
                interpreter: None,
                team: a.team_id,
            })
            .collect::<Vec<_>>(),
    )
    .await?;
    let dates = found.iter().map(|a| a.wall_start.date);
    let cards = cards(tx, Side::Pay, dates).await?;
    let now = tx.now();
    let seen = |offer: Offer| {
        let a = found.iter().find(|a| a.id == offer.appointment_id)?;
        Some(view(
            &offer,
            offer.state_at(now),
            a,
            names.of_id(a.customer_id).name,
            cards.on(a.wall_start.date),
        ))
    };
    Ok(offers.into_iter().filter_map(seen).collect())
}

fn view(
    offer: &Offer,
    state: OfferState,
    a: &Appointment,
    customer: String,
    card: Option<Card>,
) -> MyOffer {
    let pay = card.map(|card| {
        price(
            &card,
            Work {
                basis: Basis::Scheduled,
                minutes: a.minutes.get(),
                shown_minutes: a.minutes.get(),
                miles_tenths: 0,
            },
        )
    });
    let area: Vec<String> = [
        a.city.as_ref().map(ToString::to_string),
        a.zip.as_ref().map(ToString::to_string),
    ]
    .into_iter()
    .flatten()
    .collect();
    MyOffer {
        id: offer.id,
        state,
        appointment: a.id,
        date: a.wall_start.date.long(),
        start: a.wall_start.clock(),
        end: a.zone.wall_time(a.ends_at).clock(),
        zone: a.zone.abbreviation(a.starts_at),
        minutes: a.minutes.get(),
        area: (a.service_type == ServiceType::InPerson && !area.is_empty()).then(|| area.join(" ")),
        language: a.language.to_string(),
        service_type: a.service_type,
        mode: a.mode,
        customer,
        expected_pay: pay.as_ref().map(|p| p.total),
        currency: pay.as_ref().map(|p| p.currency.to_string()),
        expires_at: offer.expires_at,
        starts_at: a.starts_at,
        ends_at: a.ends_at,
        zone_name: a.zone.to_string(),
        day: a.wall_start.date,
        pay,
    }
}

/// One's own open offers, latest first.
#[derive(Clone, Debug)]
pub struct MyOffers;

#[async_trait]
impl Query for MyOffers {
    const ACTION: Action = Action::OffersList;
    type View = Vec<MyOffer>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<MyOffer>, Refusal> {
        let now = tx.now().micros();
        let mut open: Vec<Offer> = tx
            .every(
                "state = 'open' and (expires_at is null or expires_at > $1)",
                vec![now.into()],
            )
            .await?;
        open.sort_by_key(|offer| std::cmp::Reverse(offer.offered_at));
        mine(tx, open).await
    }
}

/// One of one's own offers.
#[derive(Debug)]
pub struct ShowMyOffer(pub OfferId);

#[async_trait]
impl Query for ShowMyOffer {
    const ACTION: Action = Action::OfferShow;
    type View = MyOffer;
    async fn answer(self, tx: &mut ReadTx) -> Result<MyOffer, Refusal> {
        let offer: Offer = tx.find(self.0).await?;
        let outcome = offer.state_at(tx.now()).outcome();
        // Of an appointment that is out of reach by now nothing is left but what became of the offer.
        mine(tx, vec![offer]).await?.pop().ok_or_else(|| {
            Refusal::conflict(outcome.unwrap_or("This offer is no longer available."))
        })
    }
}

/// The offers of an appointment, latest first.
#[derive(Debug)]
pub struct OffersOfAppointment(pub AppointmentId);

/// An offer as the scheduler sees it.
#[derive(Serialize, JsonSchema)]
pub struct AppointmentOffer {
    /// Id.
    pub id: OfferId,
    /// Who was asked.
    pub interpreter: String,
    /// Where it stands.
    pub state: OfferState,
    /// When it was made.
    pub offered_at: Instant,
    /// Until when it can be accepted.
    pub expires_at: Option<Instant>,
    /// When it was answered.
    pub answered_at: Option<Instant>,
    /// Why it was declined.
    pub reason: Option<Shown<Note<500>>>,
}

#[async_trait]
impl Query for OffersOfAppointment {
    const ACTION: Action = Action::AppointmentOffers;
    type View = Vec<AppointmentOffer>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<AppointmentOffer>, Refusal> {
        tx.find::<Appointment>(self.0).await?;
        let mut offers: Vec<Offer> = tx
            .every("appointment_id = $1", vec![Val::text(self.0)])
            .await?;
        offers.reverse();
        let mut ids: Vec<_> = offers.iter().map(|o| o.interpreter_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let cards = interpreter_cards(tx, Some(&ids)).await?;
        let mut out = Vec::with_capacity(offers.len());
        for o in offers {
            let reason =
                tx.may_reveal_with::<Appointment, _>(o.reason.as_ref(), self.0, "offer_reason")?;
            let interpreter = cards
                .iter()
                .find(|c| c.id == o.interpreter_id)
                .map(|c| c.name.clone())
                .unwrap_or_default();
            out.push(AppointmentOffer {
                id: o.id,
                interpreter,
                state: o.state,
                offered_at: o.offered_at,
                expires_at: o.expires_at,
                answered_at: o.answered_at,
                reason,
            });
        }
        Ok(out)
    }
}
