//! One interpreter: their page, and the form of their record.
use crate::shared::filters;
use crate::{
    App,
    directory::{
        story::{Happened, story},
        teams::teams_to_choose,
    },
    door::{Path, Posted, Signed},
    shared::{
        Answer, Frame, Nothing, Pairs, Refused,
        both::{self, Sent, fields_of},
        go, page, pairs, problems_of, versioned, with_status,
    },
};
use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
};
use interpres_directory::{
    AddInterpreter, EditInterpreter, InterpreterInput, InterpreterView, InviteInterpreter,
    ServiceType, ShowInterpreter, SignUp,
};
use interpres_gate::{Actor, Permission as P};
use interpres_scheduling::{AgendaView, ShowAgenda, Whose};
use interpres_types::{Instant, InterpreterId, Problems};

#[derive(Template)]
#[template(path = "interpreter.html")]
struct InterpreterPage {
    frame: Frame,
    i: InterpreterView,
    /// What is booked; nothing for those who see no appointments.
    agenda: Option<AgendaView>,
    story: Vec<Happened>,
    now: Instant,
    zone: String,
    may_edit: bool,
    may_history: bool,
    personal: bool,
}

#[derive(Template)]
#[template(path = "interpreter_panel.html")]
struct InterpreterPanel {
    i: InterpreterView,
    agenda: Option<AgendaView>,
    now: Instant,
    may_edit: bool,
    personal: bool,
}

/// How somebody is called.
fn name(i: &InterpreterView) -> String {
    format!("{} {}", i.first_name, i.last_name)
}

/// How they work, in a line.
fn services(i: &InterpreterView) -> String {
    let labels: Vec<String> = i
        .service_types
        .iter()
        .map(|service| service.label().to_lowercase())
        .collect();
    labels.join(", ")
}

/// Where they live, in a line.
fn home(i: &InterpreterView) -> String {
    let city = [&i.city, &i.state]
        .into_iter()
        .filter_map(|part| part.as_deref())
        .collect::<Vec<_>>()
        .join(", ");
    let place = [Some(city.as_str()), i.zip.as_deref()]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty());
    place.collect::<Vec<_>>().join(" ")
}

impl InterpreterPage {
    fn name(&self) -> String {
        name(&self.i)
    }
    fn services(&self) -> String {
        services(&self.i)
    }
    fn home(&self) -> String {
        home(&self.i)
    }
}

impl InterpreterPanel {
    fn name(&self) -> String {
        name(&self.i)
    }
    fn services(&self) -> String {
        services(&self.i)
    }
    fn home(&self) -> String {
        home(&self.i)
    }
}

pub(crate) async fn interpreter(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<InterpreterId>,
    RawQuery(query): RawQuery,
) -> Answer {
    let i = app
        .gate
        .view(&actor, ShowInterpreter(id))
        .await?
        .into_inner();
    let agenda = if actor.may(P::ViewAppointments) {
        let asked = ShowAgenda(Whose::Interpreter(id));
        Some(app.gate.view(&actor, asked).await?.into_inner())
    } else {
        None
    };
    let (may_edit, personal) = (
        actor.may(P::EditInterpreters),
        actor.rights().role.sees_personal_data(),
    );
    let now = app.gate.now();
    if query.as_deref() == Some("panel") {
        return page(&InterpreterPanel {
            i,
            agenda,
            now,
            may_edit,
            personal,
        });
    }
    page(&InterpreterPage {
        frame: Frame::of(&actor, "/interpreters"),
        story: story(&app, &actor, "interpreter", id).await?,
        zone: actor.zone().to_string(),
        may_history: actor.may(P::ViewHistory),
        i,
        agenda,
        now,
        may_edit,
        personal,
    })
}

#[derive(Template)]
#[template(path = "interpreter_form.html")]
struct InterpreterForm {
    frame: Frame,
    heading: String,
    action: String,
    /// Where somebody goes who changes nothing.
    back: String,
    version: String,
    input: InterpreterInput,
    problems: Problems,
    teams: Pairs,
    genders: Pairs,
    services: &'static [ServiceType],
}

impl InterpreterForm {
    /// Whether a service is ticked.
    fn takes(&self, service: &ServiceType) -> bool {
        self.input
            .service_types
            .raw()
            .split(';')
            .any(|word| word.parse() == Ok(*service))
    }
}

async fn form(
    app: &App,
    actor: &Actor,
    id: Option<InterpreterId>,
    version: Option<i64>,
    input: InterpreterInput,
    problems: Problems,
) -> Result<InterpreterForm, Refused> {
    let at = id.map_or_else(
        || "/interpreters".to_owned(),
        |id| format!("/interpreters/{id}"),
    );
    Ok(InterpreterForm {
        frame: Frame::of(actor, "/interpreters"),
        heading: id.map_or_else(
            || "New interpreter".to_owned(),
            |_| format!("{} {}", input.first_name.raw(), input.last_name.raw()),
        ),
        back: at.clone(),
        action: at,
        version: version.map(|v| v.to_string()).unwrap_or_default(),
        teams: teams_to_choose(app, actor, input.team.raw()).await?,
        input,
        problems,
        genders: pairs(&[
            ("", "Not specified"),
            ("female", "Female"),
            ("male", "Male"),
        ]),
        services: ServiceType::ALL,
    })
}

/// The form's fields: what is ticked of the services becomes one field, as a file and the API have it.
fn typed(sent: Pairs) -> Pairs {
    let (ticked, mut rest): (Pairs, Pairs) = sent
        .into_iter()
        .partition(|(name, _)| name == "service_types");
    let words: Vec<String> = ticked.into_iter().map(|(_, word)| word).collect();
    rest.push(("service_types".to_owned(), words.join("; ")));
    rest
}

pub(crate) async fn new_interpreter(State(app): State<App>, Signed(actor): Signed) -> Answer {
    app.gate.may_begin::<AddInterpreter>(&actor).await?;
    let blank = InterpreterInput::default();
    page(&form(&app, &actor, None, None, blank, Problems::none()).await?)
}

pub(crate) async fn add_interpreter(
    State(app): State<App>,
    Posted(actor, sent): Posted<Pairs>,
) -> Answer {
    let (_, input) = versioned::<InterpreterInput>(typed(sent));
    let add = AddInterpreter {
        input: input.clone(),
        id: None,
    };
    match app.gate.perform(&actor, add).await {
        Ok(stored) => go(format!("/interpreters/{}", stored.id)),
        Err(refusal) => with_status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &form(&app, &actor, None, None, input, problems_of(refusal)?).await?,
        ),
    }
}

pub(crate) async fn edit(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<InterpreterId>,
) -> Answer {
    app.gate.may_begin::<EditInterpreter>(&actor).await?;
    let i = app
        .gate
        .view(&actor, ShowInterpreter(id))
        .await?
        .into_inner();
    let version = Some(i.version);
    page(&form(&app, &actor, Some(id), version, i.into(), Problems::none()).await?)
}

pub(crate) async fn invite_interpreter(
    State(app): State<App>,
    Path(id): Path<InterpreterId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, InviteInterpreter(id)).await?;
    go(format!("/interpreters/{id}"))
}

pub(crate) async fn save(
    State(app): State<App>,
    Path(id): Path<InterpreterId>,
    Posted(actor, sent): Posted<Pairs>,
) -> Answer {
    let sent = typed(sent);
    let (version, input) = versioned::<InterpreterInput>(sent.clone());
    let edit = EditInterpreter {
        id,
        version,
        input: input.clone(),
    };
    let back = format!("/interpreters/{id}");
    match app.gate.perform(&actor, edit).await {
        Ok(_) => go(back),
        Err(refusal) if both::is_late(&refusal) => {
            let saved = app.gate.view(&actor, ShowInterpreter(id)).await?;
            let saved = InterpreterInput::from(saved.into_inner());
            let now = fields_of!(saved; first_name, last_name, email, phone, languages, team, service_types, gender, address, city, state, zip);
            both::page(
                &actor,
                refusal,
                Sent {
                    here: "/interpreters",
                    action: back.clone(),
                    back,
                    yours: sent,
                    lists: &[],
                    meaning: &|_, _| None,
                },
                &now,
            )
        }
        Err(refusal) => {
            let problems = problems_of(refusal)?;
            let form = form(&app, &actor, Some(id), version, input, problems).await?;
            with_status(StatusCode::UNPROCESSABLE_ENTITY, &form)
        }
    }
}
