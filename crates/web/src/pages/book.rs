//! Booking in three steps: details, assignment, review. What is typed is kept sealed between them, and each step is a page
//! of its own address, so that going back and loading again lose nothing. The last step books and asks at once.
use super::{
    Answer, Frame, Refused,
    appointments::{languages, versioned},
    choice::{Choice, How},
    filters, go, page,
    picker::{self, Picker, Search},
    problems_of, with_status,
};
use crate::{
    App,
    door::{Path, Posted, Signed},
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::{ListTeams, OWN_CUSTOMER};
use interpres_directory::{Gender, ServiceType, ShowCustomer};
use interpres_dispatch::{BookAndDispatch, CandidateList, DraftCandidates, RoundKind};
use interpres_gate::{
    Actor, Command, DraftId, FinishDraft, Permission as P, Refusal, Released, Token,
};
use interpres_scheduling::{
    AppointmentInput, AppointmentView, BookAppointment, Booked, CheckAppointment, KeepDraft, Mode,
    ShowDraft,
};
use interpres_types::{AppointmentId, Language, LocalDate, Problems};

type Pairs = Vec<(String, String)>;

/// Whoever books less than this likely mistyped.
const SHORT_MINUTES: i64 = 10;

#[derive(Template)]
#[template(path = "appointment_form.html")]
pub(crate) struct AppointmentForm {
    frame: Frame,
    heading: &'static str,
    button: &'static str,
    action: String,
    steps: bool,
    assigns: bool,
    version: String,
    input: AppointmentInput,
    problems: Problems,
    languages: Vec<String>,
    service_types: Pairs,
    modes: Pairs,
    genders: Pairs,
    customers: Picker,
    /// Where another customer is looked for.
    find_at: String,
    teams: Pairs,
    which: Pairs,
    /// Whom a later step chose already.
    picks: Pairs,
    /// The booking that is under way; nothing for an appointment that is there.
    draft: String,
}

pub(crate) fn pairs(list: &[(&str, &str)]) -> Pairs {
    list.iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect()
}

/// The form with what was typed and what is wrong with it.
pub(crate) async fn form(
    app: &App,
    actor: &Actor,
    input: AppointmentInput,
    search: Search,
    problems: Problems,
) -> Result<AppointmentForm, Refused> {
    let own = actor.rights().own(&OWN_CUSTOMER);
    let customers = match own {
        Some(id) => Picker {
            chosen: id.to_string(),
            choices: vec![(id.to_string(), "Your organization".to_owned())],
            ..Picker::default()
        },
        None => picker::customers(app, actor, input.customer.raw(), search).await?,
    };
    let teams = if own.is_some() {
        Vec::new()
    } else {
        app.gate
            .view(actor, ListTeams)
            .await?
            .into_inner()
            .into_iter()
            .filter(|t| t.own)
            .map(|t| (t.name.clone(), t.name))
            .collect()
    };
    let teams = if teams.is_empty() {
        teams
    } else {
        std::iter::once((String::new(), "The customer's".to_owned()))
            .chain(teams)
            .collect()
    };
    Ok(AppointmentForm {
        frame: Frame::of(actor, "/appointments"),
        heading: "New appointment",
        button: if actor.may(P::AssignInterpreters) {
            "Continue to assignment"
        } else {
            "Continue to review"
        },
        action: "/appointments/new/assignment".to_owned(),
        steps: true,
        assigns: actor.may(P::AssignInterpreters),
        version: String::new(),
        input,
        problems,
        languages: languages(actor),
        service_types: ServiceType::ALL
            .iter()
            .map(|s| (s.word().to_owned(), s.label().to_owned()))
            .collect(),
        modes: Mode::ALL
            .iter()
            .map(|m| (m.word().to_owned(), m.label().to_owned()))
            .collect(),
        genders: std::iter::once((String::new(), "Any".to_owned()))
            .chain(
                Gender::ALL
                    .iter()
                    .map(|g| (g.word().to_owned(), g.label().to_owned())),
            )
            .collect(),
        customers,
        find_at: "/appointments/new/details".to_owned(),
        teams,
        which: pairs(&[
            ("", "Ask me"),
            ("earlier", "The earlier one"),
            ("later", "The later one"),
        ]),
        picks: Vec::new(),
        draft: String::new(),
    })
}

impl AppointmentForm {
    /// The same form, to change an appointment.
    pub(crate) fn for_change(mut self, id: AppointmentId, version: i64) -> Self {
        (self.heading, self.button, self.steps) = ("Change appointment", "Save", false);
        (self.action, self.version) = (format!("/appointments/{id}/edit"), version.to_string());
        self.find_at = format!("/appointments/{id}/edit/details");
        self.teams.retain(|(value, _)| !value.is_empty());
        self
    }
    /// What a value of the form means, where it is one of a list.
    pub(crate) fn meaning(&self, field: &str, value: &str) -> Option<String> {
        let list = match field {
            "customer" => &self.customers.choices,
            "language" => {
                return value
                    .parse::<Language>()
                    .ok()
                    .map(|language| language.to_string());
            }
            "service_type" => &self.service_types,
            "mode" => &self.modes,
            "gender" => &self.genders,
            _ => return None,
        };
        list.iter()
            .find(|(known, _)| known == value)
            .map(|(_, label)| label.clone())
    }
}

/// Begins a booking, under an address of its own.
pub(crate) async fn begin(State(app): State<App>, Signed(actor): Signed) -> Answer {
    app.gate.may_begin::<BookAppointment>(&actor).await?;
    go(place(&new_draft()?, "details"))
}

fn new_draft() -> Result<DraftId, Refusal> {
    Token::random().expose().parse().map_err(Refusal::fault)
}

fn place(draft: &DraftId, step: &str) -> String {
    format!("/appointments/new/{draft}/{step}")
}

/// Keeps what was typed so far, and leads to a step's page. It may be sent again with something else in it: nothing has
/// been booked.
async fn keep(app: &App, actor: &Actor, typed: Pairs, step: &str) -> Answer {
    let id = draft_of(&typed).map_or_else(new_draft, Ok)?;
    let rest = typed.into_iter().filter(|(name, _)| name != DRAFT);
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(rest)
        .finish();
    app.gate
        .perform(
            &actor.clone().once(None),
            KeepDraft {
                id: id.clone(),
                form: form.into(),
            },
        )
        .await?;
    go(place(&id, step))
}

/// The field that says which booking it is.
const DRAFT: &str = "draft";

/// What was typed so far; nothing where nothing is kept any more.
async fn kept(app: &App, actor: &Actor, draft: &DraftId) -> Result<Option<Pairs>, Refused> {
    let form = app
        .gate
        .view(actor, ShowDraft(draft.clone()))
        .await?
        .into_inner();
    Ok(form.map(|form| {
        form_urlencoded::parse(form.as_bytes())
            .into_owned()
            .chain([(DRAFT.to_owned(), draft.to_string())])
            .collect()
    }))
}

pub(crate) async fn show_details(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(draft): Path<DraftId>,
) -> Answer {
    app.gate.may_begin::<BookAppointment>(&actor).await?;
    let Some(typed) = kept(&app, &actor, &draft).await? else {
        let input = AppointmentInput {
            minutes: "60".into(),
            customer: actor
                .rights()
                .own(&OWN_CUSTOMER)
                .map(|c| c.to_string())
                .unwrap_or_default()
                .into(),
            ..AppointmentInput::default()
        };
        return page(&AppointmentForm {
            draft: draft.to_string(),
            ..form(&app, &actor, input, Search::default(), Problems::none()).await?
        });
    };
    let search = Search::of(&typed);
    let (input, choice) = split(typed);
    page(&AppointmentForm {
        picks: picks(&choice),
        draft: draft.to_string(),
        ..form(&app, &actor, input, search, Problems::none()).await?
    })
}

pub(crate) async fn show_assignment(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(draft): Path<DraftId>,
) -> Answer {
    match kept(&app, &actor, &draft).await? {
        Some(typed) => step(&app, &actor, typed, false, String::new()).await,
        None => go(place(&draft, "details")),
    }
}

pub(crate) async fn show_review(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(draft): Path<DraftId>,
) -> Answer {
    let Some(typed) = kept(&app, &actor, &draft).await? else {
        return go(place(&draft, "details"));
    };
    let misfit = Choice::of(&typed).misfit();
    step(
        &app,
        &actor,
        typed,
        misfit.is_none(),
        misfit.unwrap_or_default(),
    )
    .await
}

/// What the steps carry beside the details.
fn is_beside(name: &str) -> bool {
    ["version", "back", DRAFT].contains(&name)
        || Choice::FIELDS.contains(&name)
        || picker::FIELDS.contains(&name)
}

/// The team is the customer's where none is chosen.
async fn with_team(app: &App, actor: &Actor, mut typed: Pairs) -> Result<Pairs, Refused> {
    let of = |name: &str| {
        typed
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    };
    if actor.rights().own(&OWN_CUSTOMER).is_none()
        && of("team").is_empty()
        && let Ok(id) = of("customer").parse()
    {
        let team = app
            .gate
            .view(actor, ShowCustomer(id))
            .await
            .map(|c| c.team.clone())
            .unwrap_or_default();
        typed.retain(|(name, _)| name != "team");
        typed.push(("team".to_owned(), team));
    }
    Ok(typed)
}

fn split(typed: Pairs) -> (AppointmentInput, Choice) {
    let choice = Choice::of(&typed);
    let (_, input) = versioned(
        typed
            .into_iter()
            .filter(|(name, _)| !is_beside(name))
            .collect(),
    );
    (input, choice)
}

pub(crate) async fn back_to_details(
    State(app): State<App>,
    Posted(actor, typed): Posted<Pairs>,
) -> Answer {
    keep(&app, &actor, typed, "details").await
}

/// The booking that a form is about.
fn draft_of(typed: &[(String, String)]) -> Option<DraftId> {
    typed.iter().find(|(name, _)| name == DRAFT)?.1.parse().ok()
}

/// The same as a form carries it on.
fn carried_draft(typed: &[(String, String)]) -> String {
    draft_of(typed)
        .map(|draft| draft.to_string())
        .unwrap_or_default()
}

/// What was chosen, as a page without the choice carries it on.
fn picks(choice: &Choice) -> Pairs {
    let ids = choice
        .interpreters
        .iter()
        .map(|id| ("interpreters".to_owned(), id.to_string()));
    std::iter::once(("how".to_owned(), choice.how.word().to_owned()))
        .chain(ids)
        .collect()
}

#[derive(Template)]
#[template(path = "appointment_step.html")]
struct Step {
    frame: Frame,
    a: AppointmentView,
    candidates: CandidateList,
    /// The details, and in the review the choice too.
    carried: Pairs,
    review: bool,
    pick: Choice,
    /// What does not fit, in words.
    told: String,
    /// Who is chosen, in words.
    choice: String,
    input: AppointmentInput,
    /// What is likely a slip.
    warnings: Vec<String>,
    /// Whether the reader decides who is asked; for others there is no such step.
    assigns: bool,
    draft: String,
}

impl Step {
    fn is(&self, how: &str) -> bool {
        self.pick.how.word() == how
    }
    fn find_at(&self) -> &'static str {
        "/appointments/new/assignment"
    }
}

/// The second or the third step, with what did not fit.
async fn step(app: &App, actor: &Actor, typed: Pairs, review: bool, told: String) -> Answer {
    let draft = carried_draft(&typed);
    let typed = with_team(app, actor, typed).await?;
    let mut carried: Pairs = typed
        .iter()
        .filter(|(name, _)| !is_beside(name))
        .cloned()
        .collect();
    let (input, pick) = split(typed);
    let a = match app.gate.view(actor, CheckAppointment(input.clone())).await {
        Ok(view) => view.into_inner(),
        Err(refusal) => {
            let form = AppointmentForm {
                picks: picks(&pick),
                draft,
                ..form(app, actor, input, Search::default(), problems_of(refusal)?).await?
            };
            return with_status(StatusCode::UNPROCESSABLE_ENTITY, &form);
        }
    };
    let narrowed = pick.narrowed();
    let assigns = actor.may(P::AssignInterpreters);
    let review = review || !assigns;
    let candidates = if assigns {
        app.gate
            .view(
                actor,
                DraftCandidates {
                    input: input.clone(),
                    narrowed,
                },
            )
            .await?
            .into_inner()
    } else {
        CandidateList {
            items: Vec::new(),
            total: 0,
            matching: 0,
            excluded: Vec::new(),
            excluded_total: 0,
        }
    };
    if review {
        carried.extend(picks(&pick));
    }
    let (choice, warnings) = (
        in_words(&pick, &candidates),
        slips(actor, app.gate.now(), &a, &input),
    );
    let status = if told.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    with_status(
        status,
        &Step {
            frame: Frame::of(actor, "/appointments"),
            a,
            candidates,
            carried,
            review,
            pick,
            told,
            choice,
            input,
            warnings,
            assigns,
            draft,
        },
    )
}

fn in_words(pick: &Choice, candidates: &CandidateList) -> String {
    let names: Vec<&str> = pick
        .interpreters
        .iter()
        .filter_map(|id| {
            candidates
                .items
                .iter()
                .find(|c| c.interpreter == *id)
                .map(|c| c.name.as_str())
        })
        .collect();
    match pick.how {
        How::Later => "Decide later".to_owned(),
        How::Assign => format!("Assign {} without asking", names.join(", ")),
        How::Offer(RoundKind::Single) => format!("Offer to {}", names.join(", ")),
        How::Offer(RoundKind::Sequence) => format!("Auto assign: {}", names.join(", then ")),
        How::Offer(RoundKind::Broadcast) => format!("Broadcast to {}", names.join(", ")),
    }
}

/// What is allowed and likely a slip.
fn slips(
    actor: &Actor,
    now: interpres_types::Instant,
    a: &AppointmentView,
    input: &AppointmentInput,
) -> Vec<String> {
    let mut all = Vec::new();
    if a.starts_at < now {
        all.push(format!("{} lies in the past.", a.long_date));
    } else if a
        .date
        .parse()
        .is_ok_and(|date: LocalDate| date > actor.today(now).plus_days(2 * 365))
    {
        all.push(format!("{} is more than two years away.", a.long_date));
    }
    if a.minutes < SHORT_MINUTES {
        all.push(format!("{} minutes is very short.", a.minutes));
    }
    if a.service_type == ServiceType::Video && input.meeting.is_blank() {
        all.push("There is no meeting link, so the interpreter can't join.".to_owned());
    }
    all
}

pub(crate) async fn assignment(
    State(app): State<App>,
    Posted(actor, typed): Posted<Pairs>,
) -> Answer {
    // Whoever presses Enter in the search field is looking for a customer.
    let chosen = typed
        .iter()
        .any(|(name, value)| name == "customer" && !value.is_empty());
    if Search::is_new(&typed) || (!chosen && !Search::of(&typed).find.is_empty()) {
        return keep(&app, &actor, typed, "details").await;
    }
    keep(&app, &actor, typed, "assignment").await
}

pub(crate) async fn review(State(app): State<App>, Posted(actor, typed): Posted<Pairs>) -> Answer {
    // Enter in the search field looks for somebody; it doesn't go on.
    let to = if Choice::of(&typed).is_looking {
        "assignment"
    } else {
        "review"
    };
    keep(&app, &actor, typed, to).await
}

/// Books by what a draft was for, or by a form that has none.
async fn finish<C: Command<Outcome = Booked>>(
    app: &App,
    actor: &Actor,
    draft: Option<DraftId>,
    command: C,
) -> Result<Booked, Refusal> {
    let booked = match draft {
        Some(draft) => {
            app.gate
                .perform(actor, FinishDraft { draft, command })
                .await
        }
        None => app.gate.perform(actor, command).await,
    };
    booked.map(Released::into_inner)
}

/// Books, and dispatches with it: both or neither.
pub(crate) async fn book(State(app): State<App>, Posted(actor, typed): Posted<Pairs>) -> Answer {
    let draft = draft_of(&typed);
    let typed = with_team(&app, &actor, typed).await?;
    let (input, choice) = split(typed.clone());
    let booked = match choice.dispatch() {
        Ok(None) => finish(&app, &actor, draft, BookAppointment { input }).await,
        Ok(Some(dispatch)) => {
            finish(&app, &actor, draft, BookAndDispatch { input, dispatch }).await
        }
        Err(refusal) => Err(refusal),
    };
    match booked {
        Ok(booked) => go(format!("/appointments/{}", booked.id)),
        Err(Refusal::Invalid(problems))
            if problems
                .of("interpreters")
                .or(problems.of("interpreter"))
                .is_none() =>
        {
            let draft = carried_draft(&typed);
            let (input, choice) = split(typed);
            let form = AppointmentForm {
                picks: picks(&choice),
                draft,
                ..form(&app, &actor, input, Search::default(), problems).await?
            };
            with_status(StatusCode::UNPROCESSABLE_ENTITY, &form)
        }
        Err(Refusal::Invalid(problems)) => {
            step(
                &app,
                &actor,
                typed,
                false,
                super::told(&problems).join("; "),
            )
            .await
        }
        Err(Refusal::Conflict(conflict)) => {
            step(
                &app,
                &actor,
                typed,
                false,
                format!("{} Nothing was booked.", conflict.message),
            )
            .await
        }
        Err(refusal) => Err(refusal.into()),
    }
}
