//! One interpreter: their page.
use crate::shared::filters;
use crate::{
    App,
    directory::{
        agenda::{agenda, appointments_of, town},
        story::INTERPRETER,
    },
    door::{Path, Posted, Signed},
    shared::{Answer, Frame, Nothing, go, page, story::Story, time},
};
use askama::Template;
use axum::extract::{RawQuery, State};
use interpres_directory::{InterpreterView, InviteInterpreter, ShowInterpreter, SignUp};
use interpres_gate::Permission as P;
use interpres_scheduling::{AgendaOwner, AgendaView};
use interpres_types::{Instant, InterpreterId};

#[derive(Template)]
#[template(path = "interpreter.html")]
struct InterpreterPage {
    frame: Frame,
    i: InterpreterView,
    /// What is booked; nothing for those who see no appointments.
    agenda: Option<AgendaView>,
    story: Story,
    now: Instant,
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
pub(super) fn name(i: &InterpreterView) -> String {
    format!("{} {}", i.first_name, i.last_name)
}

/// How they work, in a line.
fn services(i: &InterpreterView) -> String {
    let labels: Vec<String> = i
        .service_types
        .iter()
        .map(|service| say::overheard(service.label()).to_lowercase())
        .collect();
    labels.join(", ")
}

/// What they speak beside English, in a line.
pub(super) fn languages(i: &InterpreterView) -> String {
    let all: Vec<_> = i.languages.iter().map(|l| say::overheard(l)).collect();
    all.join(", ")
}

/// Where they live, in a line.
fn home(i: &InterpreterView) -> String {
    town(i.city.as_deref(), i.state.as_deref(), i.zip.as_deref())
}

impl InterpreterPage {
    /// The list of their appointments.
    fn appointments(&self) -> String {
        appointments_of("interpreter_name", &self.name())
    }
    fn name(&self) -> String {
        name(&self.i)
    }
    fn services(&self) -> String {
        services(&self.i)
    }
    fn languages(&self) -> String {
        languages(&self.i)
    }
    fn home(&self) -> String {
        home(&self.i)
    }
}

impl InterpreterPanel {
    /// The list of their appointments.
    fn appointments(&self) -> String {
        appointments_of("interpreter_name", &self.name())
    }
    fn name(&self) -> String {
        name(&self.i)
    }
    fn services(&self) -> String {
        services(&self.i)
    }
    fn languages(&self) -> String {
        languages(&self.i)
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
    let agenda = agenda(&app, &actor, AgendaOwner::Interpreter(id)).await?;
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
    let zone = actor.zone().to_string();
    let story = INTERPRETER
        .tell(&app, &actor, id, |at| time::moment(at, &zone))
        .await?;
    page(&InterpreterPage {
        frame: Frame::of(&actor, "/interpreters"),
        story,
        may_history: actor.may(P::ViewHistory),
        i,
        agenda,
        now,
        may_edit,
        personal,
    })
}

pub(crate) async fn invite_interpreter(
    State(app): State<App>,
    Path(id): Path<InterpreterId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, InviteInterpreter(id)).await?;
    go(format!("/interpreters/{id}"))
}
