//! The samples of the page of parts. Nothing here is of anybody's workspace.
use crate::shared::filters;
use crate::{
    App,
    door::{Query, Signed},
    shared::{
        Answer, Frame,
        listing::{Listing, filtered},
        page, pairs,
        parts::{Chip, Column, Pager, Tab, Way},
        pick::{self, Of, Pick, Picks},
    },
};
use askama::Template;
use axum::extract::State;
use interpres_billing::VoucherState;
use interpres_directory::ServiceType;
use interpres_dispatch::OfferState;
use interpres_gate::{Actor, Refusal};
use interpres_rates::{Basis, Card, Price, Work, price};
use interpres_scheduling::Status;
use interpres_types::{Cents, Direction, Mills, PageLanguage, Problems, Rule};
use say::speech;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "parts.html")]
struct PartsPage {
    frame: Frame,
    statuses: &'static [Status],
    offers: &'static [OfferState],
    vouchers: &'static [VoucherState],
    services: &'static [ServiceType],
    people: [&'static str; 6],
    tabs: Vec<Tab>,
    chips: Vec<Chip>,
    columns: Vec<Column>,
    pager: Pager,
    list: Listing,
    problems: Problems,
    none: Problems,
    options: Vec<(String, String)>,
    language: Pick,
    languages: Picks,
    icons: Vec<String>,
    price: Option<Price>,
    /// Whether what is shown runs from left to right.
    rightwards: bool,
}

/// A field of which it is open what was meant.
async fn open(app: &App, actor: &Actor) -> Result<Pick, Refusal> {
    let (mut pairs, mut problems) = (
        vec![("language".to_owned(), "sign b".to_owned())],
        Problems::none(),
    );
    pick::one(
        app,
        actor,
        &mut pairs,
        "language",
        Of::Languages,
        &mut problems,
    )
    .await
}

fn both(name: &str) -> (String, String) {
    (name.to_owned(), name.to_owned())
}

/// In which language the parts are shown: the reader's own, or samples of Arabic.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Shown {
    speak: Option<PageLanguage>,
}

pub(super) async fn parts(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(shown): Query<Shown>,
) -> Answer {
    if let Some(language) = shown.speak {
        speech::hears(language);
    }
    let mut problems = Problems::one("start", Rule::new("has passed. Pick a later time."));
    problems.add("po_number", "must start with a number and a dash");
    page(&PartsPage {
        frame: Frame::of(&actor, ""),
        statuses: Status::ALL,
        offers: OfferState::ALL,
        vouchers: VoucherState::ALL,
        services: ServiceType::ALL,
        people: [
            "Pablo Reyes",
            "Ines Ruiz",
            "Linh Tran",
            "Carmen Ibarra",
            "Hugo Salas",
            "Mei Zhou",
        ],
        tabs: tabs(),
        chips: vec![
            chip(say::sample_dates(), say::sample_dates_value()),
            chip(say::sample_status(), say::sample_needs()),
        ],
        columns: columns(),
        pager: Pager {
            past: 50,
            here: 50,
            total: 231,
            before: Some("/parts?before".to_owned()),
            next: Some("/parts?next".to_owned()),
        },
        list: list(),
        problems,
        none: Problems::none(),
        options: pairs(&[
            ("in-person", say::label_in_person()),
            ("video", say::label_video()),
            ("phone", say::label_phone()),
        ]),
        language: open(&app, &actor).await?,
        languages: Picks::from_stored(
            "languages",
            Of::Languages,
            [both("Spanish"), both("Vietnamese")],
        ),
        icons: crate::assets::icons(),
        price: sample_price(),
        rightwards: speech::spoken().direction() == Direction::LeftToRight,
    })
}

fn sample_price() -> Option<Price> {
    let card = Card {
        name: "Standard".to_owned(),
        currency: "USD".parse().ok()?,
        hourly: Cents(9_500),
        minimum_minutes: 60,
        increment_minutes: 15,
        mileage: Mills(725),
    };
    let work = Work {
        basis: Basis::Worked,
        minutes: 61,
        shown_minutes: 61,
        miles_tenths: 127,
    };
    Some(price(&card, work))
}

fn list() -> Listing {
    let filters = [
        filtered("language", say::language()),
        filtered("team", say::field_team()),
    ];
    Listing::of("/parts", "language=Spanish", &filters, |_, value| {
        value.to_owned()
    })
}

fn tabs() -> Vec<Tab> {
    let tab = |name: &str, count, current| Tab {
        name: name.to_owned(),
        path: "/parts#tabs".to_owned(),
        current,
        count,
    };
    vec![
        tab(say::this_week(), Some(231), true),
        tab(say::sample_needs(), Some(17), false),
        tab(say::sample_all(), None, false),
    ]
}

fn chip(label: &'static str, value: &str) -> Chip {
    Chip {
        label,
        value: value.to_owned(),
        without: "/parts#chips".to_owned(),
    }
}

fn columns() -> Vec<Column> {
    let sorted = |name, sorted| Column {
        path: Some("/parts#table".to_owned()),
        sorted,
        ..Column::plain(name, "")
    };
    vec![
        sorted(say::sample_time(), Some(Way::Up)),
        sorted(say::sample_status(), None),
        sorted(say::language(), None),
        Column::plain(say::sample_interpreter(), ""),
        Column::plain(say::total(), "end"),
    ]
}
