//! One client's page: who they are, whom they would rather have, their appointments, who saw them.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Query, Signed},
    shared::{
        Answer, Frame, Pairs, Refused,
        both::{self, Sent},
        filters::in_words,
        go, page,
        pick::{self, Of, Picks},
        problems_of, time, versioned, with_status,
    },
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_compliance::{
    ClientDisclosuresView, EraseInput, EraseWholeClient, ShowClientDisclosures,
};
use interpres_gate::{Action, Actor, Disclosure, Page, Permission as P, Refusal};
use interpres_scheduling::{
    AppointmentView, ClientInput, ClientView, EditClient, ListAppointments, Named, ShowClient,
};
use interpres_types::{Field, Instant, LepClientId, Problems};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "client.html")]
struct ClientPage {
    frame: Frame,
    c: ClientView,
    appointments: Page<AppointmentView>,
    may_edit: bool,
    may_book: bool,
    may_audit: bool,
    may_history: bool,
    may_erase: bool,
    /// The name or the label as it stands in the form.
    typed: String,
    preferred: Picks,
    blocked: Picks,
    problems: Problems,
}

/// Interpreters who are chosen already.
fn chosen(field: &str, all: &[Named]) -> Picks {
    let each = all.iter().map(|one| (one.id.clone(), one.name.clone()));
    Picks::from_stored(field, Of::Interpreters, each)
}

/// The name or the label, as a form has it.
fn as_typed(c: &ClientView) -> String {
    let name = c.lep_client.as_ref().map(|name| name.shown().to_owned());
    name.or_else(|| c.client_label.clone()).unwrap_or_default()
}

impl ClientPage {
    fn range(&self, a: &AppointmentView) -> String {
        time::range(a.starts_at, a.ends_at, &a.zone)
    }
}

/// Where the list of appointments begins.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ClientPageQuery {
    cursor: Field,
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<LepClientId>,
    Query(asked): Query<ClientPageQuery>,
) -> Answer {
    page(&client_page(&app, &actor, id, asked.cursor).await?)
}

async fn client_page(
    app: &App,
    actor: &Actor,
    id: LepClientId,
    cursor: Field,
) -> Result<ClientPage, Refused> {
    let c = app.gate.view(actor, ShowClient(id)).await?.into_inner();
    let theirs = ListAppointments {
        client: id.to_string().into(),
        cursor,
        ..ListAppointments::default()
    };
    let appointments = app.gate.view(actor, theirs).await?.into_inner();
    let erased = c
        .lep_client
        .as_ref()
        .is_some_and(interpres_gate::Shown::is_erased);
    Ok(ClientPage {
        frame: Frame::of(actor, "/clients"),
        may_edit: actor.may(P::EditAppointments) && !erased,
        may_book: actor.may(P::BookAppointments) && !erased,
        may_audit: actor.may(P::ViewAudit),
        may_history: actor.may(P::ViewHistory),
        may_erase: actor.may(P::EraseClients) && !erased,
        typed: as_typed(&c),
        preferred: chosen(PREFERRED, &c.preferred),
        blocked: chosen(BLOCKED, &c.blocked),
        problems: Problems::none(),
        appointments,
        c,
    })
}

const PREFERRED: &str = "preferred";
const BLOCKED: &str = "blocked";

pub(crate) async fn save(
    State(app): State<App>,
    Path(id): Path<LepClientId>,
    Posted(actor, mut pairs): Posted<Pairs>,
) -> Answer {
    let mut open = Problems::none();
    let of = Of::Interpreters;
    let preferred = pick::many(&app, &actor, &mut pairs, PREFERRED, of, &mut open).await?;
    let blocked = pick::many(&app, &actor, &mut pairs, BLOCKED, of, &mut open).await?;
    let (version, input): (_, ClientInput) = versioned(pairs.clone());
    let typed = input.lep_client.raw().to_owned();
    let done = if preferred.again || blocked.again || !open.is_empty() {
        Err(open.into())
    } else {
        let edit = EditClient { id, version, input };
        app.gate.perform(&actor, edit).await.map(drop)
    };
    let refusal = match done {
        Ok(()) => return go(format!("/clients/{id}")),
        Err(refusal) => refusal,
    };
    if both::is_late(&refusal) {
        return late(&app, &actor, id, pairs, [preferred, blocked], refusal).await;
    }
    let problems = problems_of(refusal)?;
    let shown = client_page(&app, &actor, id, Field::default()).await?;
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    with_status(
        status,
        &ClientPage {
            typed,
            preferred,
            blocked,
            problems,
            ..shown
        },
    )
}

/// Both versions, where somebody else saved in between.
async fn late(
    app: &App,
    actor: &Actor,
    id: LepClientId,
    yours: Pairs,
    picks: [Picks; 2],
    refusal: Refusal,
) -> Answer {
    let c = app.gate.view(actor, ShowClient(id)).await?.into_inner();
    let ids = |field: &str, all: &[Named]| -> Pairs {
        all.iter()
            .map(|one| (field.to_owned(), one.id.clone()))
            .collect()
    };
    let saved: Pairs = std::iter::once(("lep_client".to_owned(), as_typed(&c)))
        .chain(ids(PREFERRED, &c.preferred))
        .chain(ids(BLOCKED, &c.blocked))
        .collect();
    let meaning = |_: &str, value: &str| {
        let yours = picks.iter().flat_map(|p| &p.chosen);
        let known = yours.map(|item| (&item.value, &item.words));
        let kept = c.preferred.iter().chain(&c.blocked);
        known
            .chain(kept.map(|one| (&one.id, &one.name)))
            .find(|(id, _)| *id == value)
            .map(|(_, words)| words.clone())
    };
    let sent = Sent {
        here: "/clients",
        action: format!("/clients/{id}"),
        back: format!("/clients/{id}"),
        yours,
        lists: &[PREFERRED, BLOCKED],
        meaning: &meaning,
    };
    both::page(actor, refusal, sent, &saved)
}

#[derive(Template)]
#[template(path = "client_disclosures.html")]
struct DisclosuresPage {
    frame: Frame,
    view: ClientDisclosuresView,
    lines: Vec<DisclosureRow>,
    outside: usize,
}

/// One disclosure, in words.
struct DisclosureRow {
    of: Disclosure,
    when: String,
    what: String,
    fields: String,
}

pub(crate) async fn disclosures(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<LepClientId>,
) -> Answer {
    let view = app.gate.view(&actor, ShowClientDisclosures(id)).await?;
    let (view, zone) = (view.into_inner(), actor.zone().to_string());
    let line = |of: &Disclosure| DisclosureRow {
        when: of
            .at
            .parse::<Instant>()
            .map(|at| time::moment(at, &zone))
            .unwrap_or_default(),
        what: Action::named(&of.action).map_or_else(
            || say::overheard(&in_words(&of.action)).into_owned(),
            |act| say::overheard(act.words().trim_end_matches('.')).into_owned(),
        ),
        fields: of
            .fields
            .iter()
            .map(|field| say::overheard(&in_words(field)).into_owned())
            .collect::<Vec<_>>()
            .join(", "),
        of: of.clone(),
    };
    page(&DisclosuresPage {
        frame: Frame::of(&actor, "/audit"),
        lines: view.items.iter().map(line).collect(),
        outside: view.items.iter().filter(|d| d.outside).count(),
        view,
    })
}

/// Erases the client, and shows the certificates.
pub(crate) async fn erase(
    State(app): State<App>,
    Path(id): Path<LepClientId>,
    Posted(actor, input): Posted<EraseInput>,
) -> Answer {
    app.gate
        .perform(&actor, EraseWholeClient { id, input })
        .await?;
    go("/erasures")
}
