use super::{
    Answer, Frame, Nothing, Refused, answered,
    both::{self, Sent, fields_of},
    choice::{Choice, How},
    filters, go, page,
    picker::{self, Search},
    problems_of, with_status,
};
use crate::{
    App,
    door::{Path, Posted, Signed},
};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use interpres_accounts::{ListTeams, OWN_INTERPRETER, TeamCard};
use interpres_billing::{VoucherInput, VoucherOfAppointment, VoucherState, VoucherView};
use interpres_compliance::{EraseClient, EraseInput};
use interpres_dispatch::{
    AppointmentOffer, AssignInterpreter, CandidateList, Dispatch, ListCandidates, MakeOffers,
    OfferState, OffersOfAppointment, RemoveInterpreter,
};
use interpres_gate::{Actor, Page, Permission as P, Refusal};
use interpres_scheduling::{
    AppointmentInput, AppointmentView, CHECK_IN_OPENS, EditAppointment, EndReason,
    ListAppointments, Move, SearchAppointments, SearchInput, ShowAppointment, Status,
};
use interpres_types::{AppointmentId, Field, Instant, Language, Problems, Rule};
use serde::Deserialize;

type Pairs = Vec<(String, String)>;

/// Names of languages to offer where any can be typed: those that the workspace is asked for most, then the common
/// ones by name.
pub(crate) fn languages(actor: &Actor) -> Vec<String> {
    let often = &actor.office().languages;
    let mut rest: Vec<Language> = Language::common()
        .filter(|l| l.tag() != "en" && !often.contains(l))
        .collect();
    rest.sort_by_key(|l| l.name());
    often.iter().chain(&rest).map(ToString::to_string).collect()
}

#[derive(Template)]
#[template(path = "appointments.html")]
struct AppointmentsPage {
    frame: Frame,
    page: Page<AppointmentView>,
    filter: ListAppointments,
    statuses: &'static [Status],
    languages: Vec<String>,
    teams: Vec<TeamCard>,
    problem: String,
    may_book: bool,
    may_search: bool,
    client: String,
    searched: bool,
    today: String,
    more: String,
}

pub(crate) async fn list(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let raw = if raw.is_empty() {
        format!("from={}", actor.today(app.gate.now()))
    } else {
        raw
    };
    let filter: ListAppointments = serde_html_form::from_str(&raw).unwrap_or_default();
    let teams = app.gate.view(&actor, ListTeams).await?.into_inner();
    let (page_of, problem) = answered(app.gate.view(&actor, filter.clone()).await)?;
    let page_of = page_of.unwrap_or_default();
    let kept = form_urlencoded::parse(raw.as_bytes()).filter(|(k, _)| k != "cursor");
    let mut more = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .finish();
    if !more.is_empty() {
        more.push('&');
    }
    page(&AppointmentsPage {
        more,
        problem,
        ..table(&actor, &app, page_of, filter, teams)
    })
}

/// The table of some appointments, with its filters.
fn table(
    actor: &Actor,
    app: &App,
    page: Page<AppointmentView>,
    filter: ListAppointments,
    teams: Vec<TeamCard>,
) -> AppointmentsPage {
    AppointmentsPage {
        frame: Frame::of(actor, "/appointments"),
        page,
        filter,
        statuses: Status::ALL,
        languages: languages(actor),
        teams,
        problem: String::new(),
        may_book: actor.may(P::BookAppointments),
        may_search: actor.may(P::SearchClients),
        client: String::new(),
        searched: false,
        today: actor.today(app.gate.now()).to_string(),
        more: String::new(),
    }
}

/// What somebody looks for: part of a reference, or a client.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sought {
    q: Field,
    client: Field,
    cursor: Field,
}

/// The appointments of a reference or of a client. What was typed may name a client: it came in the form's
/// body and goes back into the page, and stands in no address.
pub(crate) async fn search(
    State(app): State<App>,
    Posted(actor, sought): Posted<Sought>,
) -> Answer {
    if sought.q.is_blank() && sought.client.is_blank() {
        return go("/appointments");
    }
    let teams = app.gate.view(&actor, ListTeams).await?.into_inner();
    let client = sought.client.raw().trim().to_owned();
    let by_reference = ListAppointments {
        q: sought.q,
        cursor: sought.cursor.clone(),
        ..ListAppointments::default()
    };
    let found = if client.is_empty() {
        app.gate.view(&actor, by_reference.clone()).await
    } else {
        let input = SearchInput {
            client: sought.client,
            cursor: sought.cursor,
            ..SearchInput::default()
        };
        app.gate.view(&actor, SearchAppointments { input }).await
    };
    let (found, problem) = answered(found)?;
    let searched = problem.is_empty();
    page(&AppointmentsPage {
        client,
        problem,
        searched,
        ..table(&actor, &app, found.unwrap_or_default(), by_reference, teams)
    })
}

#[derive(Template)]
#[template(path = "appointment.html")]
pub(crate) struct AppointmentPage {
    frame: Frame,
    a: AppointmentView,
    candidates: Option<CandidateList>,
    /// Whom somebody is about to ask, and what did not fit.
    pick: Choice,
    told: String,
    offers: Vec<AppointmentOffer>,
    voucher: Option<VoucherView>,
    reasons: Vec<EndReason>,
    late: bool,
    late_hours: i64,
    reveal_hours: i64,
    /// Whether the reader is an interpreter for whom the client's name is still going to open.
    name_opens: bool,
    called_off: bool,
    may_edit: bool,
    may_history: bool,
    may_audit: bool,
    may_release: bool,
    may_cancel: bool,
    may_miss: bool,
    may_decline: bool,
    may_restore: bool,
    may_recalculate: bool,
    may_override: bool,
    may_erase: bool,
    working: bool,
    check_in: bool,
    check_in_later: bool,
    check_in_words: &'static str,
    timer: Option<Instant>,
    can_start: bool,
    start_words: &'static str,
    can_end: bool,
    can_file: bool,
    file_open: bool,
    in_person: bool,
    signer_label: &'static str,
    typed: VoucherInput,
    problems: Problems,
}

impl AppointmentPage {
    fn find_at(&self) -> String {
        format!("/appointments/{}/candidates", self.a.id)
    }
    /// Whether a time of the voucher was typed that the clock showed twice.
    fn twice(&self, field: &str) -> bool {
        let answered = if field == "start" {
            &self.typed.start_which
        } else {
            &self.typed.end_which
        };
        !answered.is_blank()
            || self
                .problems
                .of(field)
                .is_some_and(|rule| rule.to_string().contains("twice"))
    }
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<AppointmentId>,
) -> Answer {
    page(&appointment_page(&app, &actor, id, None, Problems::none()).await?)
}

/// An appointment's page; with a voucher that must be looked at again, as it was typed.
pub(crate) async fn appointment_page(
    app: &App,
    actor: &Actor,
    id: AppointmentId,
    typed: Option<VoucherInput>,
    problems: Problems,
) -> Result<AppointmentPage, Refused> {
    let a = app
        .gate
        .view(actor, ShowAppointment(id))
        .await?
        .into_inner();
    let (assigns, pick) = (actor.may(P::AssignInterpreters), Choice::of(&[]));
    let candidates = if assigns && a.moves.contains(&Move::Offer) {
        Some(
            app.gate
                .view(
                    actor,
                    ListCandidates {
                        appointment: id,
                        narrowed: pick.narrowed(),
                    },
                )
                .await?
                .into_inner(),
        )
    } else {
        None
    };
    let offers = if assigns {
        app.gate
            .view(actor, OffersOfAppointment(id))
            .await?
            .into_inner()
    } else {
        Vec::new()
    };
    let voucher = if actor.may(P::ViewVouchers) {
        app.gate
            .view(actor, VoucherOfAppointment(id))
            .await?
            .into_inner()
    } else {
        None
    };
    let mine = actor.rights().own(&OWN_INTERPRETER).map(|i| i.to_string());
    let own = mine.is_some() && a.interpreter.as_ref().map(|i| &i.id) == mine.as_ref();
    let files =
        own || (actor.may(P::FileVouchers) && mine.is_none() && a.ends_at <= app.gate.now());
    let returned = voucher
        .as_ref()
        .is_some_and(|v| v.state == VoucherState::Returned);
    let can_file = files && (a.moves.contains(&Move::Submit) || returned);
    let now = app.gate.now();
    let begun = a.starts_at <= now;
    let expected = own && (a.moves.contains(&Move::CheckIn) || a.moves.contains(&Move::Arrive));
    let check_in = expected && a.starts_at <= now.plus_minutes(CHECK_IN_OPENS);
    let can_start = own && a.moves.contains(&Move::Start);
    let can_end = own && a.moves.contains(&Move::End) && a.started_at.unwrap_or(a.starts_at) < now;
    let in_person = a.service_type == interpres_directory::ServiceType::InPerson;
    let edits = actor.may(P::EditAppointments);
    let zone = a.zone.parse::<interpres_types::Zone>().ok();
    let clock =
        |at: Option<Instant>| at.and_then(|at| zone.as_ref().map(|z| z.wall_time(at).clock()));
    let started = clock(a.started_at).unwrap_or_else(|| a.start.clone());
    let ended = clock(a.ended_at).unwrap_or_else(|| a.end.clone());
    Ok(AppointmentPage {
        frame: Frame::of(actor, ""),
        late: now.plus_minutes(actor.office().late_hours * 60) > a.starts_at,
        late_hours: actor.office().late_hours,
        reveal_hours: actor.office().reveal_hours,
        name_opens: own && !a.status.is_final() && !begun,
        called_off: a.status.is_final() && a.status != Status::Completed,
        may_edit: edits && !matches!(a.status, Status::Completed),
        may_history: actor.may(P::ViewHistory),
        may_audit: actor.may(P::ViewAudit),
        may_release: assigns && a.interpreter.is_some() && a.moves.contains(&Move::Release),
        may_cancel: edits && a.moves.contains(&Move::Cancel),
        may_miss: assigns && begun && a.moves.contains(&Move::Miss),
        may_decline: assigns && a.moves.contains(&Move::Decline),
        may_restore: assigns && a.moves.contains(&Move::Restore),
        may_recalculate: actor.may(P::ApproveVouchers)
            && !a.status.is_open()
            && !voucher.as_ref().is_some_and(is_settled),
        may_override: actor.may(P::OverrideConflicts),
        may_erase: actor.may(P::EraseClients)
            && a.status.is_final()
            && !a
                .lep_client
                .as_ref()
                .is_some_and(interpres_gate::Shown::is_erased),
        working: expected || can_start || can_end || can_file,
        check_in,
        check_in_later: expected && !check_in,
        check_in_words: if in_person {
            "Mark arrived"
        } else {
            "Check in"
        },
        timer: a
            .started_at
            .filter(|_| own && a.status == Status::InProgress),
        can_start,
        start_words: if begun {
            "Start the session"
        } else {
            "Start early"
        },
        can_end,
        can_file,
        file_open: typed.is_some() || a.status == Status::Incomplete || returned,
        in_person,
        signer_label: if in_person {
            "Printed name of who signs"
        } else {
            "Printed name of who signs (optional)"
        },
        typed: typed.unwrap_or_else(|| VoucherInput {
            start: started.into(),
            end: ended.into(),
            ..VoucherInput::default()
        }),
        problems,
        reasons: EndReason::ALL
            .iter()
            .copied()
            .filter(|r| !r.is_no_show() || (begun && a.interpreter.is_some()))
            .collect(),
        a,
        candidates,
        pick,
        told: String::new(),
        offers,
        voucher,
    })
}

/// Whether a voucher's amounts stay as they are.
fn is_settled(v: &VoucherView) -> bool {
    matches!(v.state, VoucherState::Approved | VoucherState::Billed)
}

/// The same page, looking at other candidates.
pub(crate) async fn find_candidates(
    State(app): State<App>,
    Path(id): Path<AppointmentId>,
    Posted(actor, typed): Posted<Pairs>,
) -> Answer {
    page(&choosing(&app, &actor, id, Choice::of(&typed), String::new()).await?)
}

async fn choosing(
    app: &App,
    actor: &Actor,
    id: AppointmentId,
    pick: Choice,
    told: String,
) -> Result<AppointmentPage, Refused> {
    let candidates = app
        .gate
        .view(
            actor,
            ListCandidates {
                appointment: id,
                narrowed: pick.narrowed(),
            },
        )
        .await?
        .into_inner();
    Ok(AppointmentPage {
        candidates: Some(candidates),
        pick,
        told,
        ..appointment_page(app, actor, id, None, Problems::none()).await?
    })
}

/// Offers or assigns what was chosen; what does not fit is told where it was chosen, and the ticks stay.
async fn dispatch(app: &App, actor: &Actor, appointment: AppointmentId, pick: Choice) -> Answer {
    let done = match pick.dispatch() {
        Ok(Some(Dispatch::Offer(input))) => app
            .gate
            .perform(actor, MakeOffers { appointment, input })
            .await
            .map(drop),
        Ok(Some(Dispatch::Assign(interpreter))) => app
            .gate
            .perform(
                actor,
                AssignInterpreter {
                    appointment,
                    interpreter,
                },
            )
            .await
            .map(drop),
        Ok(None) => Err(Refusal::invalid("kind", "is required: say how to ask")),
        Err(refusal) => Err(refusal),
    };
    let told = match done {
        Ok(()) => return go(format!("/appointments/{appointment}")),
        Err(Refusal::Invalid(problems)) => super::told(&problems).join("; "),
        Err(Refusal::Conflict(conflict)) => conflict.message,
        Err(other) => return Err(other.into()),
    };
    with_status(
        StatusCode::UNPROCESSABLE_ENTITY,
        &choosing(app, actor, appointment, pick, told).await?,
    )
}

pub(crate) async fn offer(
    State(app): State<App>,
    Path(id): Path<AppointmentId>,
    Posted(actor, typed): Posted<Pairs>,
) -> Answer {
    dispatch(&app, &actor, id, Choice::of(&typed)).await
}

pub(crate) async fn assign(
    State(app): State<App>,
    Path(id): Path<AppointmentId>,
    Posted(actor, typed): Posted<Pairs>,
) -> Answer {
    dispatch(
        &app,
        &actor,
        id,
        Choice {
            how: How::Assign,
            ..Choice::of(&typed)
        },
    )
    .await
}

pub(crate) async fn release(
    State(app): State<App>,
    Path(appointment): Path<AppointmentId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate
        .perform(&actor, RemoveInterpreter { appointment })
        .await?;
    go(format!("/appointments/{appointment}"))
}

pub(crate) async fn edit(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<AppointmentId>,
) -> Answer {
    let a = app
        .gate
        .view(&actor, ShowAppointment(id))
        .await?
        .into_inner();
    let version = a.version;
    let form =
        super::book::form(&app, &actor, typed(a), Search::default(), Problems::none()).await?;
    page(&form.for_change(id, version))
}

/// An appointment as its form has it.
fn typed(a: AppointmentView) -> AppointmentInput {
    let [address, city, state, zip] = a.place_parts.map(Field::from);
    let text = |t: Option<String>| Field::from(t.unwrap_or_default());
    AppointmentInput {
        date: a.date.into(),
        start: a.start.into(),
        which: Field::default(),
        minutes: a.minutes.to_string().into(),
        zone: a.zone.into(),
        language: a.language.into(),
        service_type: a.service_type.word().into(),
        mode: a.mode.word().into(),
        team: a.team.name.into(),
        customer: a.customer.id.into(),
        reference: a.reference.into(),
        address,
        city,
        state,
        zip,
        meeting: text(a.meeting),
        lep_client: text(
            a.lep_client
                .map(|c| c.shown().to_owned())
                .or(a.client_label),
        ),
        gender: text(a.gender.map(|g| g.word().to_owned())),
        notes: text(a.notes.map(|n| n.shown().to_owned())),
        internal_notes: text(a.internal_notes.map(|n| n.shown().to_owned())),
        override_reason: Field::default(),
    }
}

/// The same form, looking for another customer.
pub(crate) async fn look_again(
    State(app): State<App>,
    Path(id): Path<AppointmentId>,
    Posted(actor, pairs): Posted<Pairs>,
) -> Answer {
    let (search, (version, input)) = (Search::of(&pairs), details(pairs));
    page(
        &super::book::form(&app, &actor, input, search, Problems::none())
            .await?
            .for_change(id, version.unwrap_or(0)),
    )
}

/// The details in a form, and the version that they are about.
fn details(pairs: Pairs) -> (Option<i64>, AppointmentInput) {
    versioned(
        pairs
            .into_iter()
            .filter(|(name, _)| !picker::FIELDS.contains(&name.as_str()))
            .collect(),
    )
}

pub(crate) async fn save(
    State(app): State<App>,
    Path(id): Path<AppointmentId>,
    Posted(actor, pairs): Posted<Pairs>,
) -> Answer {
    if Search::is_new(&pairs) {
        return look_again(State(app), Path(id), Posted(actor, pairs)).await;
    }
    let (version, input) = details(pairs.clone());
    let refusal = match app
        .gate
        .perform(
            &actor,
            EditAppointment {
                id,
                version,
                input: input.clone(),
            },
        )
        .await
    {
        Ok(_) => return go(format!("/appointments/{id}")),
        Err(refusal) if both::is_late(&refusal) => {
            return late(&app, &actor, id, pairs, refusal).await;
        }
        Err(refusal) => refusal,
    };
    // What stands in the way of a change is told on the form, like a broken rule.
    let problems = match refusal {
        Refusal::Conflict(conflict) => Problems::one(
            "start",
            Rule::from(format!("does not fit. {}", conflict.message)),
        ),
        other => problems_of(other)?,
    };
    let form = super::book::form(&app, &actor, input, Search::default(), problems).await?;
    with_status(
        StatusCode::UNPROCESSABLE_ENTITY,
        &form.for_change(id, version.unwrap_or(0)),
    )
}

/// Both versions, where somebody else saved in between.
async fn late(
    app: &App,
    actor: &Actor,
    id: AppointmentId,
    pairs: Pairs,
    refusal: Refusal,
) -> Answer {
    let saved = typed(
        app.gate
            .view(actor, ShowAppointment(id))
            .await?
            .into_inner(),
    );
    let now = fields_of!(saved; date, start, which, minutes, zone, language, service_type, mode, team, customer, reference, address, city, state, zip, meeting, lep_client, gender, notes, internal_notes);
    let (_, yours) = details(pairs.clone());
    let (of_saved, of_yours) = (
        super::book::form(app, actor, saved, Search::default(), Problems::none()).await?,
        super::book::form(app, actor, yours, Search::default(), Problems::none()).await?,
    );
    let meaning = |field: &str, value: &str| {
        of_yours
            .meaning(field, value)
            .or_else(|| of_saved.meaning(field, value))
    };
    let yours = pairs
        .into_iter()
        .filter(|(name, _)| !picker::FIELDS.contains(&name.as_str()))
        .collect();
    let sent = Sent {
        here: "/appointments",
        action: format!("/appointments/{id}/edit"),
        back: format!("/appointments/{id}"),
        yours,
        lists: &[],
        meaning: &meaning,
    };
    both::page(actor, refusal, sent, &now)
}

/// Takes the version out of a form's pairs and reads the rest.
pub(crate) fn versioned<T: serde::de::DeserializeOwned + Default>(
    pairs: Vec<(String, String)>,
) -> (Option<i64>, T) {
    let version = pairs
        .iter()
        .find(|(k, _)| k == "version")
        .and_then(|(_, v)| v.parse().ok());
    let rest = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs.iter().filter(|(k, _)| k != "version"))
        .finish();
    (
        version,
        serde_html_form::from_str(&rest).unwrap_or_default(),
    )
}

/// Erases the client, and shows the certificates.
pub(crate) async fn erase(
    State(app): State<App>,
    Path(id): Path<AppointmentId>,
    Posted(actor, input): Posted<EraseInput>,
) -> Answer {
    app.gate.perform(&actor, EraseClient { id, input }).await?;
    go("/erasures")
}
