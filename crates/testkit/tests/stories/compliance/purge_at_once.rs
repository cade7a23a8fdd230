//! Purging, while somebody else is at work on the same record.
use interpres_compliance::{LegalHoldInput, PlaceLegalHold, RetentionInput, SetRetention};
use interpres_scheduling::{
    AppointmentInput, BookAppointment, CancelAppointment, CancelInput, EditAppointment,
};
use interpres_testkit::{House, apply, booking, story};
use interpres_types::AppointmentId;

const DAY: i64 = 24 * 60;

/// API keys end after a year; these stories take longer.
async fn kept_for_seven_years(house: &House) {
    house
        .from_before_seals("update api_key set ends_at = 9000000000000000")
        .await;
    let input = RetentionInput {
        years: "7".into(),
        ..RetentionInput::default()
    };
    let olivia = house.enters("Olivia").await;
    house
        .gate
        .perform(&olivia, SetRetention { input })
        .await
        .unwrap();
}

async fn cancel(house: &House, id: AppointmentId) {
    let input = CancelInput {
        reason: "other".into(),
        note: "".into(),
    };
    let cancel = CancelAppointment {
        id,
        version: None,
        input,
    };
    let dora = house.enters("Dora").await;
    house.gate.perform(&dora, cancel).await.unwrap();
}

async fn count(house: &House, sql: &str) -> i64 {
    house.raw(sql).await[0].int("n").unwrap()
}

/// The daily round, in a task of its own.
fn round(house: &House) -> impl Future<Output = ()> + Send + use<> {
    let gate = house.gate.clone();
    async move {
        gate.work_off().await.unwrap();
    }
}

#[apply(story)]
async fn a_legal_hold_that_was_placed_at_the_same_moment_is_not_purged_away(house: &House) {
    let id = house.world.appointments["FR-1001"];
    kept_for_seven_years(house).await;
    cancel(house, id).await;
    house.wait_minutes(8 * 366 * DAY);
    house.gate.work_off().await.unwrap();
    house.wait_minutes(15 * DAY);
    let (gate, olivia) = (house.gate.clone(), house.enters("Olivia").await);
    let place = async move {
        let input = LegalHoldInput {
            matter: "Docket 27-881".into(),
        };
        gate.perform(&olivia, PlaceLegalHold { id, input }).await
    };
    let lock = house.named_lock(&format!("appointment/{id}"));
    let ((), placed) = house.at_once(&lock, round(house), place).await;
    let there = count(
        house,
        &format!("select count(*) as n from appointment_row where id = '{id}'"),
    )
    .await;
    assert!(
        placed.is_ok() == (there == 1),
        "the hold was placed: {}, and the appointment is there: {there}",
        placed.is_ok()
    );
}

#[apply(story)]
async fn a_client_for_whom_something_is_booked_at_the_same_moment_is_not_purged(house: &House) {
    kept_for_seven_years(house).await;
    let dora = house.enters("Dora").await;
    let book = async |reference: &str, name: &str| {
        let input = AppointmentInput {
            lep_client: name.into(),
            ..booking(reference)
        };
        let booked = house.gate.perform(&dora, BookAppointment { input }).await;
        booked.unwrap().id
    };
    let first = book("P-1", "Rosa Kanarya").await;
    let rosa = house.client_of(first).await;
    let mateo = house.client_of(book("P-2", "Mateo Kanarya").await).await;
    let edit = EditAppointment {
        id: first,
        version: None,
        input: AppointmentInput {
            client: mateo.to_string().into(),
            ..booking("P-1")
        },
    };
    house.gate.perform(&dora, edit).await.unwrap();
    let old = format!(
        "select count(*) as n from client_row where id = '{rosa}' and unlinked_at is not null"
    );
    assert_eq!(count(house, &old).await, 1, "nothing is booked for her");
    // What each round does besides is done.
    house.gate.work_off().await.unwrap();
    house.wait_minutes(8 * 366 * DAY);
    let (gate, dora) = (house.gate.clone(), house.enters("Dora").await);
    let input = AppointmentInput {
        client: rosa.to_string().into(),
        date: house.today().plus_days(2).to_string().into(),
        ..booking("P-3")
    };
    let again = async move { gate.perform(&dora, BookAppointment { input }).await };
    // The booking has said that she is linked, and is not committed yet.
    let (booked, ()) = house
        .at_once(
            "lock table appointment_row in share mode",
            again,
            round(house),
        )
        .await;
    assert_eq!(house.client_of(booked.unwrap().id).await, rosa);
    let there =
        format!("select count(*) as n from client_row where id = '{rosa}' and unlinked_at is null");
    assert_eq!(count(house, &there).await, 1);
}
