//! The second and the third step of booking: who is asked, and looking at it once more.
use crate::shared::filters;
use crate::{
    App,
    appointments::{
        choice::{Choice, How},
        draft::{carried_draft, is_beside, picks, split, with_team},
        form::{AppointmentForm, form},
    },
    shared::{Answer, Frame, Pairs, Refused, problems_of, time, with_status},
};
use askama::Template;
use axum::http::StatusCode;
use interpres_directory::ServiceType;
use interpres_dispatch::{CandidateList, DraftCandidates, RoundKind};
use interpres_gate::{Actor, Permission as P, Refusal};
use interpres_scheduling::{
    AppointmentInput, AppointmentView, CheckAppointment, ClientView, ShowClient,
};
use interpres_types::LocalDate;

/// Whoever books less than this likely mistyped.
const SHORT_MINUTES: i64 = 10;

#[derive(Template)]
#[template(path = "appointment_step.html")]
struct BookingStepPage {
    frame: Frame,
    a: AppointmentView,
    /// The client, where they are known.
    known: Option<ClientView>,
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

impl BookingStepPage {
    fn is(&self, how: &str) -> bool {
        self.pick.how.word() == how
    }
    fn find_at(&self) -> &'static str {
        "/appointments/new/assignment"
    }
    fn range(&self) -> String {
        time::range(self.a.starts_at, self.a.ends_at, &self.a.zone)
    }
    /// Which of the steps it is.
    fn at(&self) -> usize {
        if self.review { 3 } else { 2 }
    }
    fn available(&self) -> String {
        say::available_so_many(self.candidates.total)
    }
}

/// The client of a booking who is known already.
pub(super) async fn known_client(
    app: &App,
    actor: &Actor,
    input: &AppointmentInput,
) -> Result<Option<ClientView>, Refused> {
    let Ok(id) = input.client.raw().parse() else {
        return Ok(None);
    };
    match app.gate.view(actor, ShowClient(id)).await {
        Ok(client) => Ok(Some(client.into_inner())),
        Err(Refusal::NotFound) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

/// The second or the third step, with what did not fit.
pub(crate) async fn step(
    app: &App,
    actor: &Actor,
    typed: Pairs,
    review: bool,
    told: String,
) -> Answer {
    let draft = carried_draft(&typed);
    let typed = with_team(app, actor, typed).await?;
    let mut carried: Pairs = typed
        .iter()
        .filter(|(name, _)| !is_beside(name))
        .cloned()
        .collect();
    let was_asked = typed.iter().any(|(name, _)| name == "how");
    let (input, mut pick) = split(typed);
    let a = match app.gate.view(actor, CheckAppointment(input.clone())).await {
        Ok(view) => view.into_inner(),
        Err(refusal) => {
            let form = AppointmentForm {
                picks: picks(&pick),
                draft,
                ..form(app, actor, input, None, problems_of(refusal)?).await?
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
    // Most bookings go to one interpreter, so that is chosen until something else is.
    if !was_asked && !review && candidates.total > 0 {
        pick.how = How::Offer(RoundKind::Single);
    }
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
        &BookingStepPage {
            frame: Frame::of(actor, "/appointments"),
            a,
            known: known_client(app, actor, &input).await?,
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
        How::Later => say::decide_later().to_owned(),
        How::Assign => say::dispatch_assign(names.join(", ")),
        How::Offer(RoundKind::Single) => say::dispatch_single(names.join(", ")),
        How::Offer(RoundKind::Sequence) => say::dispatch_sequence(names.join(say::dispatch_then())),
        How::Offer(RoundKind::Broadcast) => say::dispatch_broadcast(names.join(", ")),
    }
}

/// What is allowed and likely a slip.
fn slips(
    actor: &Actor,
    now: interpres_types::Instant,
    a: &AppointmentView,
    input: &AppointmentInput,
) -> Vec<String> {
    let day = time::long_day(a.starts_at, a.zone.as_str());
    let mut all = Vec::new();
    if a.starts_at < now {
        all.push(say::slip_past(day.as_str()));
    } else if a
        .date
        .parse()
        .is_ok_and(|date: LocalDate| date > actor.today(now).plus_days(2 * 365))
    {
        all.push(say::slip_far(day.as_str()));
    }
    if a.minutes < SHORT_MINUTES {
        all.push(say::slip_short(a.minutes));
    }
    if a.service_type == ServiceType::Video && input.meeting.is_blank() {
        all.push(say::slip_no_link().to_owned());
    }
    all
}
