//! Whether records are what was saved, and putting one back.
use crate::shared::filters;
use crate::{
    App,
    door::{Posted, Signed},
    shared::{Answer, Frame, go, on_the_wall, page},
};
use askama::Template;
use axum::extract::State;
use interpres_gate::{
    Drill, Incident, IntegrityView, ListDrills, Permission, RestoreInput, RestoreRecord,
    ShowIntegrity,
};
use interpres_types::{Instant, Zone};

#[derive(Template)]
#[template(path = "integrity.html")]
struct IntegrityPage {
    frame: Frame,
    view: IntegrityView,
    drills: Vec<Drill>,
    zone: Zone,
    may_restore: bool,
}

impl IntegrityPage {
    fn when(&self, at: &Instant) -> String {
        on_the_wall(&self.zone, *at)
    }
    fn can_be_restored(incident: &Incident) -> bool {
        let a_pass = incident.kind == "pass";
        incident.quarantined_at.is_some()
            && matches!(incident.found.as_str(), "row" | "missing" | "lost")
            && !a_pass
    }
    fn what(found: &str) -> &'static str {
        match found {
            "row" => "the record was changed",
            "missing" => "the record was deleted",
            "lost" => {
                "a version, or the end of a pass, that the log tells of is gone; until you say that the record is right, it lets nobody in"
            }
            "key" => "the record's key is gone or was changed, and nobody erased it",
            "pass" => "it was not issued here, or had ended; it lets nobody in",
            "log" => "the log does not verify; ask the operator for interpres audit verify",
            "keys" => "the key store attached was another's; nothing was taken out of sight",
            "decoy" => "a decoy was opened: somebody read past the gate",
            "clock" => "the server's clock was set back",
            _ => "an earlier version was changed",
        }
    }
}

pub(crate) async fn integrity(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let view = app.gate.view(&actor, ShowIntegrity).await?.into_inner();
    let drills = app.gate.view(&actor, ListDrills).await?.into_inner();
    let may_restore = actor.may(Permission::RestoreRecords);
    page(&IntegrityPage {
        frame: Frame::of(&actor, "/audit"),
        view,
        drills,
        zone: actor.zone(),
        may_restore,
    })
}

pub(crate) async fn restore(
    State(app): State<App>,
    Posted(actor, input): Posted<RestoreInput>,
) -> Answer {
    app.gate.perform(&actor, RestoreRecord { input }).await?;
    go("/audit/integrity")
}
