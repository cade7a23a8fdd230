//! The versions of a record.
use super::kept::{Changed, HistoryHeading, Version, changes};
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Query, Signed},
    shared::{Answer, Frame, answered, page, record_page::close_to},
};
use askama::Template;
use axum::extract::State;
use interpres_gate::{CompareVersions, Comparison, Page, Refusal, ShowHistory};
use interpres_types::{Field, RecordId};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage {
    frame: Frame,
    whose: HistoryHeading,
    /// The address of the page without a question.
    here: String,
    from_version: Field,
    to_version: Field,
    versions: Vec<Version>,
    next: Option<String>,
    compared: Option<Compared>,
    problem: String,
    zone: String,
}

/// Two versions, and what differs.
struct Compared {
    of: Comparison,
    changes: Vec<Changed>,
}

/// What a history's page may be asked: from where on, or which two versions to compare.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct HistoryPart {
    cursor: Field,
    from_version: Field,
    to_version: Field,
}

pub(crate) async fn history(
    State(app): State<App>,
    Signed(actor): Signed,
    Path((kind, id)): Path<(String, String)>,
    Query(part): Query<HistoryPart>,
) -> Answer {
    let record: RecordId = id.parse().map_err(|_| Refusal::NotFound)?;
    let HistoryPart {
        cursor,
        from_version,
        to_version,
    } = part;
    let asked = !(from_version.is_blank() && to_version.is_blank());
    let which = CompareVersions {
        kind: kind.as_str().into(),
        id: id.as_str().into(),
        from_version: from_version.clone(),
        to_version: to_version.clone(),
    };
    let (compared, problem) = match asked {
        false => (None, String::new()),
        true => answered(app.gate.view(&actor, which).await)?,
    };
    let versions = match compared {
        None => app
            .gate
            .view(
                &actor,
                ShowHistory {
                    cursor,
                    ..ShowHistory::of(&kind, record)
                },
            )
            .await?
            .into_inner(),
        Some(_) => Page::default(),
    };
    let zone = actor.zone().to_string();
    let frame = Frame::of(&actor, place(&kind));
    let mut whose = HistoryHeading::of(&kind, &id, &versions.items);
    close_to(&frame, &mut whose.path);
    page(&HistoryPage {
        frame,
        whose,
        here: format!("/history/{kind}/{id}"),
        from_version,
        to_version,
        versions: versions
            .items
            .iter()
            .map(|version| Version::of(version, &zone))
            .collect(),
        next: versions
            .next
            .map(|cursor| format!("/history/{kind}/{id}?cursor={cursor}")),
        compared: compared.map(|of| Compared {
            changes: changes(&of.changes, &zone),
            of,
        }),
        problem,
        zone,
    })
}

/// Where in the navigation the records of a kind stand.
fn place(kind: &str) -> &'static str {
    match kind {
        "appointment" => "/appointments",
        "client" => "/clients",
        "customer" => "/customers",
        "interpreter" => "/interpreters",
        "invoice" => "/invoices",
        "member" | "team" => "/people",
        "voucher" => "/vouchers",
        _ => "",
    }
}
