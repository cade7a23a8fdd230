//! Rate cards: what applies today, what will, what did, and setting one.
use crate::shared::filters;
use crate::{
    App,
    door::{Posted, Query, Signed},
    shared::{
        Answer, Frame, Pairs, Refused, go, money::money, page, pairs, parts::Tab, problems_of,
        time, versioned, with_status,
    },
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_gate::{Actor, Page, Permission as P};
use interpres_rates::{ListRates, RateInput, RateView, SetRate, Side};
use interpres_types::{LocalDate, Problems};

#[derive(Template)]
#[template(path = "rates.html")]
struct RatesPage {
    frame: Frame,
    rates: Page<RateView>,
    tabs: Vec<Tab>,
    /// The card of each side that applies today.
    now: Vec<Now>,
    earlier: Option<String>,
    input: RateInput,
    problems: Problems,
    sides: Pairs,
    today: LocalDate,
    may_edit: bool,
}

/// What applies today to one side.
struct Now {
    side: Side,
    /// Its place in the list, where there is one.
    rate: Option<usize>,
}

/// Where a rate stands today.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    InEffect,
    Later,
    Over,
}

impl RatesPage {
    fn of(&self, now: &Now) -> Option<&RateView> {
        now.rate.and_then(|at| self.rates.items.get(at))
    }
    fn whose(&self, side: &Side) -> &'static str {
        match side {
            Side::Bill => say::rate_customers_billed(),
            Side::Pay => say::rate_interpreters_paid(),
        }
    }
    fn hourly(&self, rate: &RateView) -> String {
        money(rate.card.hourly, &rate.card.currency.to_string())
    }
    fn date(&self, date: &LocalDate) -> String {
        time::date(*date)
    }
    fn terms(&self, rate: &RateView) -> String {
        let card = &rate.card;
        say::rate_terms(
            &card.currency,
            time::date(rate.effective_from),
            card.increment_minutes,
            card.mileage,
            card.minimum_minutes,
            &card.name,
        )
    }
    fn when(&self, rate: &RateView) -> When {
        let in_effect = self
            .now
            .iter()
            .any(|now| self.of(now).is_some_and(|card| card.id == rate.id));
        if in_effect {
            When::InEffect
        } else if rate.effective_from > self.today {
            When::Later
        } else {
            When::Over
        }
    }
}

impl When {
    fn label(self) -> &'static str {
        match self {
            Self::InEffect => say::rate_in_effect(),
            Self::Later => say::rate_starts_later(),
            Self::Over => say::rate_ended(),
        }
    }
    const fn tone(self) -> &'static str {
        match self {
            Self::InEffect => "good",
            Self::Later => "note",
            Self::Over => "",
        }
    }
}

/// The rate that applies today is the latest that has begun, of several the one set last.
fn in_effect(rates: &[RateView], side: Side, today: LocalDate) -> Option<usize> {
    rates
        .iter()
        .enumerate()
        .filter(|(_, rate)| rate.side == side && rate.effective_from <= today)
        .max_by_key(|(at, rate)| (rate.effective_from, std::cmp::Reverse(*at)))
        .map(|(at, _)| at)
}

async fn rates_page(
    app: &App,
    actor: &Actor,
    asked: ListRates,
    input: RateInput,
    problems: Problems,
) -> Result<RatesPage, Refused> {
    let today = actor.today(app.gate.now());
    let side = asked.side.raw().trim().to_owned();
    let first = asked.cursor.is_blank();
    let asked = ListRates {
        limit: "200".into(),
        ..asked
    };
    let rates = app.gate.view(actor, asked).await?.into_inner();
    let sides: Vec<Side> = [Side::Bill, Side::Pay]
        .into_iter()
        .filter(|each| first && (side.is_empty() || side == each.word()))
        .collect();
    let tab = |(word, name): (&str, &str)| Tab {
        name: name.to_owned(),
        path: match word {
            "" => "/rates".to_owned(),
            word => format!("/rates?side={word}"),
        },
        current: side == word,
        count: None,
    };
    Ok(RatesPage {
        frame: Frame::of(actor, "/rates"),
        tabs: [
            ("", say::view_all()),
            ("bill", say::bill()),
            ("pay", say::pay()),
        ]
        .into_iter()
        .map(tab)
        .collect(),
        now: sides
            .into_iter()
            .map(|side| Now {
                rate: in_effect(&rates.items, side, today),
                side,
            })
            .collect(),
        earlier: rates
            .next
            .as_ref()
            .map(|next| format!("/rates?side={side}&cursor={next}")),
        rates,
        input,
        problems,
        sides: pairs(&[
            ("", say::choose()),
            ("bill", say::rate_choose_bill()),
            ("pay", say::rate_choose_pay()),
        ]),
        today,
        may_edit: actor.may(P::EditRates),
    })
}

pub(crate) async fn rates(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(asked): Query<ListRates>,
) -> Answer {
    page(&rates_page(&app, &actor, asked, RateInput::default(), Problems::none()).await?)
}

pub(crate) async fn set_rate(
    State(app): State<App>,
    Posted(actor, pairs): Posted<Vec<(String, String)>>,
) -> Answer {
    let (_, input) = versioned::<RateInput>(pairs);
    let set = SetRate {
        input: input.clone(),
    };
    match app.gate.perform(&actor, set).await {
        Ok(_) => go("/rates"),
        Err(refusal) => {
            let problems = problems_of(refusal)?;
            let asked = ListRates::default();
            let shown = rates_page(&app, &actor, asked, input, problems).await?;
            with_status(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
    }
}
