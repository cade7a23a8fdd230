//! Whether records are what was saved, and putting one back.
use crate::shared::filters;
use crate::{
    App,
    door::{Posted, Signed},
    shared::filters::upper_first,
    shared::{Answer, Frame, go, page},
    trust::sentence::kind_named,
};
use askama::Template;
use axum::extract::State;
use interpres_gate::{
    Drill, Incident, IntegrityView, ListDrills, Permission, RestoreInput, RestoreRecord,
    ShowIntegrity,
};

#[derive(Template)]
#[template(path = "integrity.html")]
struct IntegrityPage {
    frame: Frame,
    view: IntegrityView,
    drills: Vec<Drill>,
    zone: String,
    may_restore: bool,
}

impl IntegrityPage {
    fn can_be_restored(incident: &Incident) -> bool {
        let a_pass = incident.kind == "pass";
        incident.quarantined_at.is_some()
            && matches!(incident.found.as_str(), "row" | "missing" | "lost")
            && !a_pass
    }
    fn kind(kind: &str) -> String {
        upper_first(&kind_named(kind, false))
    }
    fn what(found: &str) -> &'static str {
        match found {
            "row" => say::integrity_what_row(),
            "missing" => say::integrity_what_missing(),
            "lost" => say::integrity_what_lost(),
            "key" => say::integrity_what_key(),
            "pass" => say::integrity_what_pass(),
            "log" => say::integrity_what_log(),
            "keys" => say::integrity_what_keys(),
            "decoy" => say::integrity_what_decoy(),
            "clock" => say::integrity_what_clock(),
            _ => say::integrity_what_version(),
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
        zone: actor.zone().to_string(),
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
