//! Interpreters: the list, and one's form.
use crate::shared::filters;
use crate::{
    App,
    directory::teams::teams,
    door::{Path, Posted, Signed},
    shared::{
        Answer, Frame, Nothing, Pairs, Refused,
        both::{self, Sent, fields_of},
        go, languages, page, pairs, problems_of, versioned, with_status,
    },
};
use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
};
use interpres_directory::{
    AddInterpreter, EditInterpreter, InterpreterInput, InterpreterView, InviteInterpreter,
    ListInterpreters, ShowInterpreter, SignUp,
};
use interpres_gate::{Actor, Page, Permission as P};
use interpres_types::{InterpreterId, Problems};

#[derive(Template)]
#[template(path = "interpreters.html")]
struct InterpretersPage {
    frame: Frame,
    page: Page<InterpreterView>,
    filter: ListInterpreters,
    languages: Vec<String>,
    may_edit: bool,
    may_import: bool,
    personal: bool,
}

pub(crate) async fn interpreters(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    let filter: ListInterpreters =
        serde_html_form::from_str(&raw.unwrap_or_default()).unwrap_or_default();
    let found = app.gate.view(&actor, filter.clone()).await?.into_inner();
    page(&InterpretersPage {
        frame: Frame::of(&actor, "/interpreters"),
        page: found,
        filter,
        languages: languages(&actor),
        may_edit: actor.may(P::EditInterpreters),
        may_import: actor.may(P::Import),
        personal: actor.rights().role.sees_personal_data(),
    })
}

#[derive(Template)]
#[template(path = "interpreter.html")]
struct InterpreterForm {
    frame: Frame,
    heading: String,
    action: String,
    history: String,
    version: String,
    input: InterpreterInput,
    problems: Problems,
    teams: Pairs,
    genders: Pairs,
    may_edit: bool,
    personal: bool,
    /// Whom to invite, where they have not signed up.
    invite: Option<(InterpreterId, SignUp)>,
}

async fn interpreter_form(
    app: &App,
    actor: &Actor,
    id: Option<InterpreterId>,
    version: Option<i64>,
    input: InterpreterInput,
    problems: Problems,
) -> Result<InterpreterForm, Refused> {
    let heading = id.map_or_else(
        || "New interpreter".to_owned(),
        |_| format!("{} {}", input.first_name.raw(), input.last_name.raw()),
    );
    Ok(InterpreterForm {
        frame: Frame::of(actor, "/interpreters"),
        heading,
        action: id.map_or_else(
            || "/interpreters".to_owned(),
            |id| format!("/interpreters/{id}"),
        ),
        history: id
            .filter(|_| actor.may(P::ViewHistory))
            .map(|id| format!("/history/interpreter/{id}"))
            .unwrap_or_default(),
        version: version.map(|v| v.to_string()).unwrap_or_default(),
        input,
        problems,
        teams: teams(app, actor).await?,
        genders: pairs(&[("", "Not said"), ("female", "Female"), ("male", "Male")]),
        may_edit: actor.may(P::EditInterpreters),
        personal: actor.rights().role.sees_personal_data(),
        invite: None,
    })
}

pub(crate) async fn new_interpreter(State(app): State<App>, Signed(actor): Signed) -> Answer {
    app.gate.may_begin::<AddInterpreter>(&actor).await?;
    page(
        &interpreter_form(
            &app,
            &actor,
            None,
            None,
            InterpreterInput::default(),
            Problems::none(),
        )
        .await?,
    )
}

pub(crate) async fn add_interpreter(
    State(app): State<App>,
    Posted(actor, pairs): Posted<Pairs>,
) -> Answer {
    let (_, input) = versioned::<InterpreterInput>(pairs);
    match app
        .gate
        .perform(
            &actor,
            AddInterpreter {
                input: input.clone(),
                id: None,
            },
        )
        .await
    {
        Ok(_) => go("/interpreters"),
        Err(refusal) => with_status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &interpreter_form(&app, &actor, None, None, input, problems_of(refusal)?).await?,
        ),
    }
}

pub(crate) async fn interpreter(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<InterpreterId>,
) -> Answer {
    let i = app
        .gate
        .view(&actor, ShowInterpreter(id))
        .await?
        .into_inner();
    let (version, sign_up) = (i.version, i.sign_up);
    let input = InterpreterInput::from(i);
    let invite = Some((id, sign_up))
        .filter(|_| sign_up != SignUp::Accepted && actor.may(P::EditInterpreters));
    let form = interpreter_form(
        &app,
        &actor,
        Some(id),
        Some(version),
        input,
        Problems::none(),
    )
    .await?;
    page(&InterpreterForm { invite, ..form })
}

pub(crate) async fn invite_interpreter(
    State(app): State<App>,
    Path(id): Path<InterpreterId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, InviteInterpreter(id)).await?;
    go(format!("/interpreters/{id}"))
}

pub(crate) async fn edit_interpreter(
    State(app): State<App>,
    Path(id): Path<InterpreterId>,
    Posted(actor, pairs): Posted<Pairs>,
) -> Answer {
    let (version, input) = versioned::<InterpreterInput>(pairs.clone());
    match app
        .gate
        .perform(
            &actor,
            EditInterpreter {
                id,
                version,
                input: input.clone(),
            },
        )
        .await
    {
        Ok(_) => go("/interpreters"),
        Err(refusal) if both::is_late(&refusal) => {
            let saved = InterpreterInput::from(
                app.gate
                    .view(&actor, ShowInterpreter(id))
                    .await?
                    .into_inner(),
            );
            let now = fields_of!(saved; first_name, last_name, email, phone, languages, team, service_types, gender, address, city, state, zip);
            let back = format!("/interpreters/{id}");
            both::page(
                &actor,
                refusal,
                Sent {
                    here: "/interpreters",
                    action: back.clone(),
                    back,
                    yours: pairs,
                    lists: &[],
                    meaning: &|_, _| None,
                },
                &now,
            )
        }
        Err(refusal) => with_status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &interpreter_form(
                &app,
                &actor,
                Some(id),
                version,
                input,
                problems_of(refusal)?,
            )
            .await?,
        ),
    }
}
