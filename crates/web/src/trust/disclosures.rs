//! Who learned what of a client, and who is affected by what an account opened.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Query, Signed},
    shared::{Answer, Frame, answered, page, paper::attachment},
    trust::{who::Who, who_saw::WhoSaw},
};
use askama::Template;
use axum::extract::State;
use interpres_compliance::{AffectedView, DisclosuresView, ListAffected, ShowDisclosures};
use interpres_gate::Refusal;
use interpres_types::{AppointmentId, harmless_cell};

#[derive(Template)]
#[template(path = "disclosures.html")]
struct DisclosuresPage {
    frame: Frame,
    saw: WhoSaw,
    view: DisclosuresView,
    zone: String,
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<AppointmentId>,
) -> Answer {
    let view = app
        .gate
        .view(&actor, ShowDisclosures(id))
        .await?
        .into_inner();
    page(&DisclosuresPage {
        frame: Frame::of(&actor, "/audit"),
        saw: WhoSaw::of(&view.items, &view.names),
        view,
        zone: actor.zone().to_string(),
    })
}

/// The same as a table to hand over.
pub(crate) async fn csv(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<AppointmentId>,
) -> Answer {
    let view = app
        .gate
        .view(&actor, ShowDisclosures(id))
        .await?
        .into_inner();
    let mut writer = ::csv::WriterBuilder::new()
        .terminator(::csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let mut write = |cells: [String; 7]| {
        writer
            .write_record(cells.map(harmless_cell))
            .map_err(Refusal::fault)
    };
    write(["at", "who", "name", "role", "action", "fields", "outside"].map(str::to_owned))?;
    for d in view.items {
        let name = view.names.get(&d.to).cloned().unwrap_or_default();
        write([
            d.at,
            d.to,
            name,
            d.role,
            d.action,
            d.fields.join(", "),
            if d.outside { "yes" } else { "no" }.to_owned(),
        ])?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|e| Refusal::fault(e.to_string()))?;
    Ok(attachment(
        "text/csv; charset=utf-8",
        &format!("disclosures-{id}.csv"),
        bytes,
    ))
}

#[derive(Template)]
#[template(path = "affected.html")]
struct AffectedPage {
    frame: Frame,
    filter: ListAffected,
    who: Who,
    view: Option<AffectedView>,
    chosen: String,
    problem: String,
}

pub(crate) async fn affected(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(filter): Query<ListAffected>,
) -> Answer {
    let who = Who::asked(&app, &actor, &filter.actor).await?;
    let asked = !(filter.actor.is_blank() && filter.from.is_blank() && filter.to.is_blank());
    let (view, problem) = match asked {
        false => (None, String::new()),
        true if !who.problem.is_empty() => (None, who.problem.clone()),
        true => answered(
            app.gate
                .view(
                    &actor,
                    ListAffected {
                        actor: who.id(),
                        ..filter.clone()
                    },
                )
                .await,
        )?,
    };
    let fields = [
        ("actor", who.typed.as_str()),
        ("from", filter.from.raw()),
        ("to", filter.to.raw()),
    ];
    let chosen = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    page(&AffectedPage {
        frame: Frame::of(&actor, "/audit"),
        filter,
        who,
        view,
        chosen,
        problem,
    })
}
