//! Appointments on hold come back on their days, whatever becomes of the job that waits for it.
use interpres_scheduling::{AppointmentInput, BookAppointment};
use interpres_scheduling::{EditAppointment, OnHoldInput, PutOnHold, ShowAppointment, Status};
use interpres_testkit::{House, apply, story};
use interpres_types::AppointmentId;

const KIND: &str = "appointment.comes-back";

pub(crate) async fn put_on_hold(house: &House, id: AppointmentId, until: &str) {
    let input = OnHoldInput {
        until: until.into(),
        reason: "Kanarya waits for the insurer".into(),
    };
    let dora = house.enters("Dora").await;
    house
        .gate
        .perform(&dora, PutOnHold { id, input })
        .await
        .unwrap();
}

fn request(date: &str, zone: &str) -> AppointmentInput {
    AppointmentInput {
        reference: "H-1".into(),
        date: date.into(),
        start: "14:00".into(),
        minutes: "60".into(),
        language: "Spanish".into(),
        service_type: "phone".into(),
        team: "Denver Metro".into(),
        customer: "St. Brigid Hospital".into(),
        zone: zone.into(),
        ..AppointmentInput::default()
    }
}

async fn book(house: &House, date: &str) -> AppointmentId {
    let input = request(date, "");
    let dora = house.enters("Dora").await;
    let booked = house.gate.perform(&dora, BookAppointment { input }).await;
    booked.unwrap().id
}

async fn is_on_hold(house: &House, id: AppointmentId) -> bool {
    let dora = house.enters("Dora").await;
    let shown = house.gate.view(&dora, ShowAppointment(id)).await.unwrap();
    shown.status == Status::OnHold
}

async fn jobs(house: &House) -> usize {
    let sql = format!("select subject from job where kind = '{KIND}'");
    house.raw(&sql).await.len()
}

#[apply(story)]
async fn one_job_of_a_workspace_takes_each_appointment_off_hold_on_its_day(house: &House) {
    let soon = house.world.appointments["FR-1001"];
    let later = book(house, "2027-03-09").await;
    put_on_hold(house, later, "2027-03-05").await;
    put_on_hold(house, soon, "2027-03-02").await;
    assert_eq!(jobs(house).await, 1);
    for (at, on_hold, left) in [
        ("2027-03-01T23:59", (true, true), 1),
        ("2027-03-02T00:01", (false, true), 1),
        ("2027-03-04T23:59", (false, true), 1),
        ("2027-03-05T00:01", (false, false), 0),
    ] {
        house.at(at);
        house.gate.work_off().await.unwrap();
        let now = (
            is_on_hold(house, soon).await,
            is_on_hold(house, later).await,
        );
        assert_eq!((now, jobs(house).await), (on_hold, left), "{at}");
    }
}

#[apply(story)]
async fn a_job_that_was_taken_away_past_the_gate_is_found_again_by_what_waits_for_it(
    house: &House,
) {
    let id = house.world.appointments["FR-1001"];
    put_on_hold(house, id, "2027-03-02").await;
    let away = format!("delete from job where kind = '{KIND}'");
    house.tamper(&away).await.unwrap();
    house.gate.work_off().await.unwrap();
    assert!(is_on_hold(house, id).await, "not before its day");
    house.tamper(&away).await.unwrap();
    house.at("2027-03-02T00:01");
    house.gate.work_off().await.unwrap();
    assert!(!is_on_hold(house, id).await);
}

#[apply(story)]
async fn an_appointment_that_goes_to_another_zone_comes_back_when_its_day_begins_there(
    house: &House,
) {
    let id = book(house, "2027-03-09").await;
    put_on_hold(house, id, "2027-03-05").await;
    let edit = EditAppointment {
        id,
        version: None,
        input: request("2027-03-09", "America/New_York"),
    };
    let dora = house.enters("Dora").await;
    house.gate.perform(&dora, edit).await.unwrap();
    house.at("2027-03-04T21:59");
    house.gate.work_off().await.unwrap();
    assert!(is_on_hold(house, id).await);
    house.at("2027-03-04T22:01");
    house.gate.work_off().await.unwrap();
    assert!(!is_on_hold(house, id).await, "midnight in New York");
}
