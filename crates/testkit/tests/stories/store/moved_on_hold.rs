//! What waits for a day waits for it in the installation that its workspace moved to.
use super::{
    WORDS,
    move_workspace::{elsewhere, write},
};
use crate::scheduling::on_hold::put_on_hold;
use interpres::workspace_file;
use interpres_accounts::{SignIn, Visitor, sign_in};
use interpres_gate::{ExportWorkspace, Gate, Origin};
use interpres_scheduling::{ShowAppointment, Status};
use interpres_testkit::{House, apply, story};
use interpres_types::AppointmentId;
use std::sync::Arc;

const OLIVIA: &str = "olivia@frontrange.example";

async fn status(there: &Gate, id: AppointmentId) -> Status {
    let (doors, visitor) = (Arc::default(), Visitor::default());
    let Ok(SignIn::Open(opened)) = sign_in(there, &doors, OLIVIA, WORDS, &visitor).await else {
        panic!("the owner is let in")
    };
    let session = there.admit_session(&opened.token, Origin::default()).await;
    let olivia = session.unwrap().unwrap();
    let shown = there.view(&olivia, ShowAppointment(id)).await.unwrap();
    shown.status
}

#[apply(story)]
async fn an_appointment_on_hold_comes_back_on_its_day_after_its_workspace_moved(house: &House) {
    let id = house.world.appointments["FR-1001"];
    put_on_hold(house, id, "2027-03-02").await;
    while house.gate.number_entries().await.unwrap() > 0 {}
    house.wait_minutes(1);
    let (there, folder) = elsewhere(house).await;
    let (file, olivia) = (folder.join("file"), house.enters("Olivia").await);
    let plan = house.gate.view(&olivia, ExportWorkspace).await.unwrap();
    write(&house.gate, plan, &file).await;
    workspace_file::import(&there, &file, WORDS, OLIVIA, WORDS)
        .await
        .unwrap();
    there.work_off().await.unwrap();
    assert_eq!(status(&there, id).await, Status::OnHold);
    there.close().await;
    house.at("2027-03-02T00:01");
    let (there, folder) = elsewhere(house).await;
    there.work_off().await.unwrap();
    assert_ne!(status(&there, id).await, Status::OnHold);
    there.close().await;
    let _ = std::fs::remove_dir_all(folder);
}
