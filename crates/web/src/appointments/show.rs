//! One appointment's page: what it is, and all that may be done with it.
use crate::shared::filters;
use crate::{
    App,
    appointments::{
        acts::{Acts, check_in_words, start_words},
        choice::Choice,
        despite::Despite,
        story::{APPOINTMENT, WayStep, way},
    },
    door::{Path, Signed},
    shared::{
        Answer, Frame, Pairs, Refused, page, pairs,
        story::{Story, short},
        time,
    },
};
use askama::Template;
use axum::extract::{RawQuery, State};
use interpres_accounts::OWN_INTERPRETER;
use interpres_billing::{VoucherInput, VoucherOfAppointment, VoucherState, VoucherView};
use interpres_dispatch::{
    AppointmentOffer, CandidateList, ListCandidates, OfferState, OffersOfAppointment,
};
use interpres_gate::{Action, Actor, Permission as P};
use interpres_scheduling::{
    AppointmentView, CHECK_IN_OPENS, EndReason, Move, OnHoldView, ShowAppointment, ShowOnHold,
    Status,
};
use interpres_types::{AppointmentId, Instant, Problems};

#[derive(Template)]
#[template(path = "appointment.html")]
pub(crate) struct AppointmentPage {
    pub(super) frame: Frame,
    pub(super) a: AppointmentView,
    pub(super) candidates: Option<CandidateList>,
    /// Whom somebody is about to ask, and what did not fit.
    pub(super) pick: Choice,
    pub(super) told: String,
    pub(super) despite: Despite,
    pub(super) offers: Vec<AppointmentOffer>,
    pub(super) voucher: Option<VoucherView>,
    pub(super) on_hold: Option<OnHoldView>,
    /// How far it has come.
    pub(super) way: Vec<WayStep>,
    /// What happened to it, latest first.
    pub(super) story: Story,
    pub(super) now: Instant,
    pub(super) reasons: Vec<EndReason>,
    pub(super) late: bool,
    pub(super) late_hours: i64,
    pub(super) reveal_hours: i64,
    /// Whether the reader is an interpreter for whom the client's name is still going to open.
    pub(super) name_opens: bool,
    pub(super) called_off: bool,
    /// The client whose page the reader may look at.
    pub(super) client_at: Option<interpres_types::LepClientId>,
    pub(super) may_edit: bool,
    pub(super) may_history: bool,
    pub(super) may_audit: bool,
    pub(super) may_release: bool,
    pub(super) may_cancel: bool,
    pub(super) may_miss: bool,
    pub(super) may_decline: bool,
    pub(super) may_restore: bool,
    pub(super) may_recalculate: bool,
    pub(super) may_override: bool,
    pub(super) may_erase: bool,
    pub(super) working: bool,
    pub(super) acts: Acts,
    pub(super) check_in_words: &'static str,
    pub(super) timer: Option<Instant>,
    pub(super) start_words: &'static str,
    pub(super) can_file: bool,
    pub(super) file_open: bool,
    pub(super) in_person: bool,
    pub(super) typed: VoucherInput,
    pub(super) problems: Problems,
}

impl AppointmentPage {
    fn title(&self) -> String {
        title(&self.a)
    }
    fn range(&self) -> String {
        time::range(self.a.starts_at, self.a.ends_at, &self.a.zone)
    }
    /// Whether it still needs somebody, and the reader may find one.
    fn is_open(&self) -> bool {
        self.candidates.is_some()
    }
    /// From when its interpreter can check in.
    fn opens_at(&self) -> String {
        time::clock(self.a.starts_at.plus_minutes(-CHECK_IN_OPENS), &self.a.zone)
    }
    /// Since how many minutes it runs.
    fn running(&self, since: &Instant) -> i64 {
        self.now.minutes_since(*since).max(0)
    }
    /// How much of the ring around the timer is drawn: all of it once the booked time is over.
    fn ring(&self, since: &Instant) -> i64 {
        (self.running(since) * RING / self.a.minutes.max(1)).min(RING)
    }
    /// The two meanings of a time that the clock shows twice.
    fn meanings(&self) -> Pairs {
        pairs(&[
            ("earlier", say::twice_earlier()),
            ("later", say::twice_later()),
        ])
    }
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

/// The circumference of the ring around the timer.
const RING: i64 = 653;

/// What people call an appointment by: its language, and how the interpreter is there.
pub(super) fn title(a: &AppointmentView) -> String {
    format!(
        "{}, {}",
        say::overheard(&a.language),
        say::overheard(a.service_type.label()).to_lowercase()
    )
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<AppointmentId>,
    RawQuery(query): RawQuery,
) -> Answer {
    if query.as_deref() == Some("panel") {
        return super::panel::panel(&app, &actor, id).await;
    }
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
    let on_hold = if a.status == Status::OnHold {
        app.gate.view(actor, ShowOnHold(id)).await?.into_inner()
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
    let acts = if own {
        Acts::of(&a, now)
    } else {
        Acts::default()
    };
    let in_person = a.service_type == interpres_directory::ServiceType::InPerson;
    let edits = actor.may(P::EditAppointments);
    let story = APPOINTMENT
        .tell(app, actor, id, |at| short(at, &a.zone))
        .await?;
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
        client_at: a.client,
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
        working: acts.expected || acts.start || acts.end || can_file,
        acts,
        check_in_words: check_in_words(&a),
        timer: a
            .started_at
            .filter(|_| own && a.status == Status::InProgress),
        start_words: start_words(&a, now),
        can_file,
        file_open: typed.is_some() || a.status == Status::Incomplete || returned,
        in_person,
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
        way: way(&a, &offers, voucher.as_ref()),
        story,
        now,
        a,
        candidates,
        pick,
        told: String::new(),
        despite: Despite::blank(),
        offers,
        voucher,
        on_hold,
    })
}

/// Whether a voucher's amounts stay as they are.
fn is_settled(v: &VoucherView) -> bool {
    matches!(v.state, VoucherState::Approved | VoucherState::Billed)
}
