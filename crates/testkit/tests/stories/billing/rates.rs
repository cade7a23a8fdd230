//! Those in charge set rates from a day on; billing reads them.
use interpres_gate::Refusal;
use interpres_rates::{ListRates, RateInput, SetRate};
use interpres_testkit::{House, apply, story};

fn raise() -> RateInput {
    RateInput {
        side: "bill".into(),
        name: "Next year".into(),
        hourly: "110.00".into(),
        minimum_minutes: "60".into(),
        increment_minutes: "15".into(),
        mileage: "0.725".into(),
        effective_from: "2028-01-01".into(),
    }
}

/// What somebody reads of one side: each rate's name, and the day it begins on.
async fn read(house: &House, who: &str, side: &str) -> Result<Vec<(String, String)>, Refusal> {
    let asked = ListRates {
        side: side.into(),
        ..ListRates::default()
    };
    let page = house.gate.view(&house.enters(who).await, asked).await?;
    let items = page.into_inner().items;
    let rates = items.into_iter();
    Ok(rates
        .map(|rate| (rate.card.name, rate.effective_from.to_string()))
        .collect())
}

#[apply(story)]
async fn a_rate_that_was_set_stands_first_in_the_list_that_billing_reads_and_no_scheduler(
    house: &House,
) {
    let adam = house.enters("Adam").await;
    let pay = read(house, "Bea", "pay").await.unwrap();
    house
        .gate
        .perform(&adam, SetRate { input: raise() })
        .await
        .unwrap();
    let named = |name: &str, from: &str| (name.to_owned(), from.to_owned());
    assert_eq!(
        read(house, "Bea", "bill").await.unwrap(),
        [
            named("Next year", "2028-01-01"),
            named("Standard", "2026-01-01")
        ]
    );
    assert_eq!(read(house, "Bea", "pay").await.unwrap(), pay);
    for who in ["Dora", "Ines", "Carl"] {
        let refused = read(house, who, "").await.unwrap_err();
        assert!(matches!(refused, Refusal::Forbidden), "{who}");
    }
    assert_eq!(
        read(house, "Peter", "bill").await.unwrap().len(),
        1,
        "another agency has its own"
    );
}

#[apply(story)]
async fn a_rate_that_can_not_be_is_refused_by_field_and_none_is_set(house: &House) {
    let adam = house.enters("Adam").await;
    let input = RateInput {
        hourly: "-1.00".into(),
        increment_minutes: "90".into(),
        ..raise()
    };
    let refused = house.gate.perform(&adam, SetRate { input }).await;
    assert_eq!(
        refused.unwrap_err().to_string(),
        "hourly can’t be negative; increment_minutes must be from 1 to 60 minutes"
    );
    assert_eq!(read(house, "Bea", "bill").await.unwrap().len(), 1);
}
