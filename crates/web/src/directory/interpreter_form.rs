//! The form of an interpreter's record.
use crate::shared::filters;
use crate::{
    App,
    directory::{interpreter::name, teams::teams_to_choose},
    door::{Path, Posted, Signed},
    shared::{
        Answer, Frame, Pairs, Refused,
        both::{self, Sent, fields_of},
        go, page, pairs, phone,
        pick::{self, Of, Picks},
        problems_of,
        twins::{self, Named},
        value_of, versioned, with_status,
    },
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_directory::{
    AddInterpreter, EditInterpreter, Gender, InterpreterInput, ListInterpreters, ServiceType,
    ShowInterpreter, parse_interpreter,
};
use interpres_gate::Actor;
use interpres_types::{InterpreterId, Problems};

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
    languages: Picks,
    teams: Pairs,
    genders: Pairs,
    services: &'static [ServiceType],
    /// The others of this name, while nobody has said that this is another.
    twins: Vec<String>,
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
    languages: Option<Picks>,
    problems: Problems,
) -> Result<InterpreterForm, Refused> {
    let languages = languages.unwrap_or_else(|| {
        let all = input.languages.raw().split(';').map(str::trim);
        let each = all.filter(|name| !name.is_empty());
        let twice = each.map(|name| (name.to_owned(), name.to_owned()));
        Picks::from_stored("languages", Of::Languages, twice)
    });
    let at = id.map_or_else(
        || "/interpreters".to_owned(),
        |id| format!("/interpreters/{id}"),
    );
    Ok(InterpreterForm {
        frame: Frame::of(actor, "/interpreters"),
        heading: id.map_or_else(
            || say::new_interpreter().to_owned(),
            |_| format!("{} {}", input.first_name.raw(), input.last_name.raw()),
        ),
        back: at.clone(),
        action: at,
        version: version.map(|v| v.to_string()).unwrap_or_default(),
        teams: teams_to_choose(app, actor, input.team.raw()).await?,
        input,
        problems,
        languages,
        twins: Vec::new(),
        genders: pairs(&[
            ("", say::gender_not_specified()),
            ("female", say::label_female()),
            ("male", say::label_male()),
        ]),
        services: ServiceType::ALL,
    })
}

/// A form that was sent: several values of a field become one, as a file and the API have it.
struct Typed {
    pairs: Pairs,
    languages: Picks,
    /// What is open.
    problems: Problems,
    /// The others of this name, where nobody said that this is another.
    twins: Vec<String>,
}

async fn typed(
    app: &App,
    actor: &Actor,
    mut pairs: Pairs,
    id: Option<InterpreterId>,
) -> Result<Typed, Refused> {
    let mut problems = Problems::none();
    phone::kept(&mut pairs, &["phone"]);
    let name = "languages";
    let languages = pick::many(app, actor, &mut pairs, name, Of::Languages, &mut problems).await?;
    let words: Vec<&str> = pairs
        .iter()
        .filter(|(name, _)| name == "service_types")
        .map(|(_, word)| word.as_str())
        .collect();
    let services = words.join("; ");
    let twins = if languages.again {
        Vec::new()
    } else {
        twins_of(app, actor, &pairs, id).await?
    };
    pairs.retain(|(n, _)| ![name, "service_types", twins::ANOTHER].contains(&n.as_str()));
    pairs.push((name.to_owned(), languages.values()));
    pairs.push(("service_types".to_owned(), services));
    Ok(Typed {
        pairs,
        languages,
        problems,
        twins,
    })
}

impl Typed {
    /// Whether the form comes again before anything is tried.
    fn is_open(&self) -> bool {
        self.languages.again || !self.problems.is_empty() || !self.twins.is_empty()
    }
}

/// The interpreters within one's reach who are called the same.
async fn twins_of(
    app: &App,
    actor: &Actor,
    typed: &Pairs,
    id: Option<InterpreterId>,
) -> Result<Vec<String>, Refused> {
    let (first, last) = (value_of(typed, "first_name"), value_of(typed, "last_name"));
    if first.is_empty() || last.is_empty() || !twins::are_asked_about(app, actor, typed).await? {
        return Ok(Vec::new());
    }
    let full = format!("{first} {last}");
    let asked = ListInterpreters {
        q: twins::searched(&full),
        limit: "200".into(),
        ..ListInterpreters::default()
    };
    let Ok(found) = app.gate.view(actor, asked).await else {
        return Ok(Vec::new());
    };
    let named = found.into_inner().items.into_iter().map(|i| Named {
        name: name(&i),
        words: format!("{} – {}", name(&i), i.email),
        is_edited: Some(i.id) == id,
    });
    Ok(twins::of_name(&full, named))
}

pub(crate) async fn new_interpreter(State(app): State<App>, Signed(actor): Signed) -> Answer {
    app.gate.may_begin::<AddInterpreter>(&actor).await?;
    let blank = InterpreterInput::default();
    page(&form(&app, &actor, None, None, blank, None, Problems::none()).await?)
}

pub(crate) async fn add_interpreter(
    State(app): State<App>,
    Posted(actor, sent): Posted<Pairs>,
) -> Answer {
    let typed = typed(&app, &actor, sent, None).await?;
    let (_, input) = versioned::<InterpreterInput>(typed.pairs.clone());
    if typed.is_open() {
        return again(&app, &actor, None, None, input, typed).await;
    }
    let add = AddInterpreter {
        input: input.clone(),
        id: None,
    };
    match app.gate.perform(&actor, add).await {
        Ok(stored) => go(format!("/interpreters/{}", stored.id)),
        Err(refusal) => {
            let problems = problems_of(refusal)?;
            let typed = Typed { problems, ..typed };
            again(&app, &actor, None, None, input, typed).await
        }
    }
}

/// The form once more, with what is open or wrong.
async fn again(
    app: &App,
    actor: &Actor,
    id: Option<InterpreterId>,
    version: Option<i64>,
    input: InterpreterInput,
    typed: Typed,
) -> Answer {
    let Typed {
        languages,
        mut problems,
        twins,
        ..
    } = typed;
    if !problems.is_empty() {
        problems = pick::and(problems, parse_interpreter(&input).err());
    }
    let status = if problems.is_empty() && twins.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let form = InterpreterForm {
        twins,
        ..form(app, actor, id, version, input, Some(languages), problems).await?
    };
    with_status(status, &form)
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
    page(
        &form(
            &app,
            &actor,
            Some(id),
            version,
            i.into(),
            None,
            Problems::none(),
        )
        .await?,
    )
}

/// What a value of the form means, where it is a word of a list.
fn interpreter_meaning(field: &str, value: &str) -> Option<String> {
    match field {
        "phone" => Some(phone::said(value)),
        "gender" => {
            let gender: Option<Gender> = value.parse().ok();
            gender.map(|g| say::overheard(g.label()).into_owned())
        }
        "service_types" => {
            let each = value.split(';').filter_map(|word| word.trim().parse().ok());
            let labels: Vec<_> = each
                .map(|s: ServiceType| say::overheard(s.label()))
                .collect();
            Some(labels.join(", "))
        }
        _ => None,
    }
}

pub(crate) async fn save(
    State(app): State<App>,
    Path(id): Path<InterpreterId>,
    Posted(actor, sent): Posted<Pairs>,
) -> Answer {
    let typed = typed(&app, &actor, sent, Some(id)).await?;
    let (version, input) = versioned::<InterpreterInput>(typed.pairs.clone());
    if typed.is_open() {
        return again(&app, &actor, Some(id), version, input, typed).await;
    }
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
                    yours: typed.pairs,
                    lists: &[],
                    meaning: &interpreter_meaning,
                },
                &now,
            )
        }
        Err(refusal) => {
            let problems = problems_of(refusal)?;
            let typed = Typed { problems, ..typed };
            again(&app, &actor, Some(id), version, input, typed).await
        }
    }
}
