//! One client's page: who they are, whom they would rather have, their appointments, who saw them.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Query, Signed},
    shared::{
        Answer, Frame, Pairs, Refused, filters::in_words, go, page, problems_of, time, versioned,
        with_status,
    },
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_compliance::{
    ClientDisclosuresView, EraseInput, EraseWholeClient, ShowClientDisclosures,
};
use interpres_gate::{Action, Actor, Disclosure, Page, Permission as P};
use interpres_scheduling::{
    AppointmentView, ClientInput, ClientView, EditClient, ListAppointments, ShowClient,
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
    problems: Problems,
}

impl ClientPage {
    fn range(&self, a: &AppointmentView) -> String {
        time::range(a.starts_at, a.ends_at, &a.zone)
    }
}

/// Where the list of appointments begins.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    cursor: Field,
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<LepClientId>,
    Query(asked): Query<Asked>,
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
    let name = c.lep_client.as_ref().map(|name| name.shown().to_owned());
    Ok(ClientPage {
        frame: Frame::of(actor, "/clients"),
        may_edit: actor.may(P::EditAppointments) && !erased,
        may_book: actor.may(P::BookAppointments) && !erased,
        may_audit: actor.may(P::ViewAudit),
        may_history: actor.may(P::ViewHistory),
        may_erase: actor.may(P::EraseClients) && !erased,
        typed: name.or_else(|| c.client_label.clone()).unwrap_or_default(),
        problems: Problems::none(),
        appointments,
        c,
    })
}

pub(crate) async fn save(
    State(app): State<App>,
    Path(id): Path<LepClientId>,
    Posted(actor, pairs): Posted<Pairs>,
) -> Answer {
    let (version, input): (_, ClientInput) = versioned(pairs);
    let typed = input.lep_client.raw().to_owned();
    match app
        .gate
        .perform(&actor, EditClient { id, version, input })
        .await
    {
        Ok(_) => go(format!("/clients/{id}")),
        Err(refusal) => {
            let problems = problems_of(refusal)?;
            let shown = client_page(&app, &actor, id, Field::default()).await?;
            with_status(
                StatusCode::UNPROCESSABLE_ENTITY,
                &ClientPage {
                    typed,
                    problems,
                    ..shown
                },
            )
        }
    }
}

#[derive(Template)]
#[template(path = "client_disclosures.html")]
struct DisclosuresPage {
    frame: Frame,
    view: ClientDisclosuresView,
    lines: Vec<Line>,
    outside: usize,
}

/// One time, in words.
struct Line {
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
    let line = |of: &Disclosure| Line {
        when: of
            .at
            .parse::<Instant>()
            .map(|at| time::moment(at, &zone))
            .unwrap_or_default(),
        what: Action::named(&of.action).map_or_else(
            || in_words(&of.action),
            |act| act.words().trim_end_matches('.').to_owned(),
        ),
        fields: of
            .fields
            .iter()
            .map(|field| in_words(field))
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
