//! Rate cards.
use crate::shared::filters;
use crate::{
    App,
    door::{Posted, Query, Signed},
    shared::{Answer, Frame, Refused, go, page, pairs, problems_of, versioned, with_status},
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_gate::{Actor, Page, Permission as P};
use interpres_rates::{ListRates, RateInput, RateView, SetRate};
use interpres_types::Problems;

#[derive(Template)]
#[template(path = "rates.html")]
struct RatesPage {
    frame: Frame,
    rates: Page<RateView>,
    input: RateInput,
    problems: Problems,
    sides: Vec<(String, String)>,
    may_edit: bool,
}

async fn rates_page(
    app: &App,
    actor: &Actor,
    asked: ListRates,
    input: RateInput,
    problems: Problems,
) -> Result<RatesPage, Refused> {
    let rates = app.gate.view(actor, asked).await?.into_inner();
    Ok(RatesPage {
        frame: Frame::of(actor, "/rates"),
        rates,
        input,
        problems,
        sides: pairs(&[
            ("bill", "Bill: what customers are charged"),
            ("pay", "Pay: what interpreters get"),
        ]),
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
    match app
        .gate
        .perform(
            &actor,
            SetRate {
                input: input.clone(),
            },
        )
        .await
    {
        Ok(_) => go("/rates"),
        Err(refusal) => with_status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &rates_page(
                &app,
                &actor,
                ListRates::default(),
                input,
                problems_of(refusal)?,
            )
            .await?,
        ),
    }
}
