use interpres_accounts::Workspace;
use interpres_gate::{
    Action, Command, Filter, Granted, Page, Query, ReadTx, Refusal, Val, WriteTx, async_trait,
    record, words,
};
use interpres_types::{
    Cents, Currency, Field, Line, LocalDate, Mills, MinutesOrNone, Problems, RateId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

words! {
    /// The direction of payment.
    Side, "must be bill or pay" {
        /// From the customer.
        Bill = "bill", "Bill";
        /// To the interpreter.
        Pay = "pay", "Pay";
    }
}

record! {
    /// One line of a rate card: an hourly rate with its rules, from a date on.
    pub struct Rate from NewRate in "rate" by RateId {
        /// Bill or pay.
        side: Side,
        /// Its name.
        name: Line<80>,
        /// Its currency.
        currency: Currency,
        /// Per hour.
        hourly: Cents,
        /// At least this many minutes are charged.
        minimum_minutes: i64,
        /// Minutes are rounded up to a multiple of this.
        increment_minutes: i64,
        /// Per mile.
        mileage: Mills,
        /// From this date on.
        effective_from: LocalDate,
    }
}

/// A rate as it is frozen on a job.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Card {
    /// Its name.
    pub name: String,
    /// Its currency.
    pub currency: Currency,
    /// Per hour.
    pub hourly: Cents,
    /// At least this many minutes are charged.
    pub minimum_minutes: i64,
    /// Minutes are rounded up to a multiple of this.
    pub increment_minutes: i64,
    /// Per mile.
    pub mileage: Mills,
}

impl fmt::Display for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            currency,
            hourly,
            minimum_minutes,
            increment_minutes,
            mileage,
        } = self;
        write!(
            f,
            "{name}: {hourly} {currency} an hour, {minimum_minutes} min minimum, in {increment_minutes} min steps, {mileage} {currency} a mile"
        )
    }
}

/// The rate in effect on a date, if there is one: the latest that began by then.
///
/// # Errors
/// A fault of the database.
pub async fn card_in_effect(
    tx: &mut ReadTx,
    side: Side,
    on: LocalDate,
) -> Result<Option<Card>, Refusal> {
    let args = vec![side.word().into(), Val::text(on)];
    let found: Vec<Rate> = tx.list("where side = $1 and effective_from <= $2 order by effective_from desc, id desc limit 1", args).await?;
    Ok(found.into_iter().next().map(Card::from))
}

/// The cards of one side, for pricing many jobs at once.
#[derive(Debug)]
pub struct Cards(Vec<(LocalDate, Card)>);

impl Cards {
    /// The card in effect on a date, as [`card_in_effect`] returns it.
    #[must_use]
    pub fn on(&self, date: LocalDate) -> Option<Card> {
        self.0
            .iter()
            .find(|(from, _)| *from <= date)
            .map(|(_, card)| card.clone())
    }
}

/// The cards of one side that are in effect on any of some dates, for pricing many jobs at once.
///
/// # Errors
/// A fault of the database.
pub async fn cards(
    tx: &mut ReadTx,
    side: Side,
    dates: impl IntoIterator<Item = LocalDate>,
) -> Result<Cards, Refusal> {
    let dates: Vec<LocalDate> = dates.into_iter().collect();
    let (Some(first), Some(last)) = (dates.iter().min(), dates.iter().max()) else {
        return Ok(Cards(Vec::new()));
    };
    let found: Vec<Rate> = tx
        .list(
            "where side = $1 and effective_from <= $3 and effective_from >= coalesce(
                 (select max(effective_from) from rate where side = $1 and effective_from <= $2), $2)
             order by effective_from desc, id desc",
            vec![side.word().into(), Val::text(*first), Val::text(*last)],
        )
        .await?;
    Ok(Cards(
        found
            .into_iter()
            .map(|rate| (rate.effective_from, Card::from(rate)))
            .collect(),
    ))
}

impl From<Rate> for Card {
    fn from(r: Rate) -> Self {
        Self {
            name: r.name.into(),
            currency: r.currency,
            hourly: r.hourly,
            minimum_minutes: r.minimum_minutes,
            increment_minutes: r.increment_minutes,
            mileage: r.mileage,
        }
    }
}

/// A rate as typed or sent.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RateInput {
    /// bill or pay.
    pub side: Field,
    /// A name.
    pub name: Field,
    /// Per hour, like 95.00.
    pub hourly: Field,
    /// Minimum in minutes.
    pub minimum_minutes: Field,
    /// Increment in minutes, 1 to 60.
    pub increment_minutes: Field,
    /// Per mile, like 0.725.
    pub mileage: Field,
    /// Effective date.
    pub effective_from: Field,
}

/// Sets a rate from a date on. Jobs that are booked or assigned keep the rate they have.
#[derive(Debug)]
pub struct SetRate {
    /// The input.
    pub input: RateInput,
}

/// A rate that was set.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct RateSet {
    /// Its id.
    pub id: RateId,
}

#[async_trait]
impl Command for SetRate {
    const ACTION: Action = Action::RateSet;
    type Outcome = RateSet;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<RateSet, Refusal> {
        let (i, mut p) = (&self.input, Problems::none());
        let (side, name, hourly) = (
            p.need("side", &i.side),
            p.need("name", &i.name),
            p.need::<Cents>("hourly", &i.hourly),
        );
        let (minimum, increment) = (
            p.need::<MinutesOrNone>("minimum_minutes", &i.minimum_minutes),
            p.need::<MinutesOrNone>("increment_minutes", &i.increment_minutes),
        );
        let (mileage, effective_from) = (
            p.may("mileage", &i.mileage),
            p.need("effective_from", &i.effective_from),
        );
        if hourly.is_some_and(|h| h.0 < 0) {
            p.add("hourly", "can’t be negative");
        }
        if increment.is_some_and(|n| !(1..=60).contains(&n.get())) {
            p.add("increment_minutes", "must be from 1 to 60 minutes");
        }
        let (
            Some(side),
            Some(name),
            Some(hourly),
            Some(minimum),
            Some(increment),
            Some(effective_from),
            true,
        ) = (
            side,
            name,
            hourly,
            minimum,
            increment,
            effective_from,
            p.is_empty(),
        )
        else {
            return Err(p.into());
        };
        let workspace = tx.actor().workspace();
        let currency = tx.find::<Workspace>(workspace).await?.currency;
        let rate = tx
            .blank(NewRate {
                side,
                name,
                currency,
                hourly,
                minimum_minutes: minimum.get(),
                increment_minutes: increment.get(),
                mileage: mileage.unwrap_or_default(),
                effective_from,
            })
            .await?;
        Ok(RateSet {
            id: tx.save(&rate).await?.id,
        })
    }
}

/// The rate cards, latest first.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListRates {
    /// `bill` or `pay`; default: both.
    pub side: Field,
    /// Page cursor.
    pub cursor: Field,
    /// Page size, 1–200; default 50.
    pub limit: Field,
}

/// A rate as shown.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RateView {
    /// Rate id.
    pub id: RateId,
    /// Bill or pay.
    pub side: Side,
    /// Effective date.
    pub effective_from: LocalDate,
    /// The rate.
    #[serde(flatten)]
    pub card: Card,
}

#[async_trait]
impl Query for ListRates {
    const ACTION: Action = Action::RatesList;
    type View = Page<RateView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<RateView>, Refusal> {
        let mut p = Problems::none();
        let (cursor, limit) = (
            p.may::<RateId>("cursor", &self.cursor),
            p.page_limit(&self.limit),
        );
        let side = p.may::<Side>("side", &self.side);
        if !p.is_empty() {
            return Err(p.into());
        }
        let mut filter = Filter::before(cursor);
        if let Some(side) = side {
            filter.and("side = ?", side.word());
        }
        let view = |r: Rate| RateView {
            id: r.id,
            side: r.side,
            effective_from: r.effective_from,
            card: Card::from(r),
        };
        Ok(tx.latest(filter, limit).await?.map(view))
    }
}
