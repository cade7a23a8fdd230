//! The interpreter's day: what comes next, what waits for them, and what is done.
use crate::shared::filters;
use crate::{
    App,
    appointments::{Act, Acts},
    door::Signed,
    shared::{Answer, Frame, Refused, page},
};
use askama::Template;
use axum::extract::State;
use interpres_accounts::OWN_INTERPRETER;
use interpres_dispatch::{MyOffer, MyOffers};
use interpres_gate::{Actor, Permission as P};
use interpres_scheduling::{
    AppointmentView, FormerView, ListAppointments, ListFormerAssignments, ListWithoutClients,
    Status,
};
use interpres_types::{Instant, LocalDate};

#[derive(Template)]
#[template(path = "today.html")]
struct TodayPage {
    frame: Frame,
    today: LocalDate,
    now: Instant,
    day: Day,
    /// Ended, and their voucher is missing.
    due: Vec<AppointmentView>,
    /// The offers that wait for an answer.
    offers: Vec<MyOffer>,
    former: Vec<FormerView>,
}

/// The appointments around today, by what they ask of their interpreter.
#[derive(Default)]
struct Day {
    next: Option<Next>,
    later: Vec<AppointmentView>,
    tomorrow: Vec<AppointmentView>,
    /// Of the days before, and not ended.
    left: Vec<AppointmentView>,
    done: Vec<AppointmentView>,
    /// How many there are today, and for how long.
    today: usize,
    minutes: i64,
}

/// The appointment that comes next, and what to do with it.
struct Next {
    a: AppointmentView,
    act: Option<Act>,
    /// From when they can check in, where that is later.
    opens: Option<Instant>,
}

impl Next {
    fn of(a: AppointmentView, now: Instant) -> Self {
        let acts = Acts::of(&a, now);
        Self {
            act: acts.next(&a, now),
            opens: (acts.expected && !acts.check_in).then(|| {
                a.starts_at
                    .plus_minutes(-interpres_scheduling::CHECK_IN_OPENS)
            }),
            a,
        }
    }
}

impl Day {
    fn of(items: Vec<AppointmentView>, today: LocalDate, now: Instant) -> Self {
        let mut this = Self::default();
        for a in items {
            let date: LocalDate = a.date.parse().unwrap_or(today);
            if date == today {
                this.today += 1;
                this.minutes += a.minutes;
            }
            match a.status {
                Status::Incomplete => {}
                status if status.is_final() => this.done.push(a),
                _ if date > today => this.tomorrow.push(a),
                _ if date < today => this.left.push(a),
                _ => this.later.push(a),
            }
        }
        // Whatever runs is next, and otherwise what starts first.
        let runs = this
            .later
            .iter()
            .position(|a| a.status == Status::InProgress);
        if !this.later.is_empty() {
            let next = this.later.remove(runs.unwrap_or_default());
            this.next = Some(Next::of(next, now));
        }
        this.done.retain(|a| a.date == today.to_string());
        this
    }
}

impl TodayPage {
    /// The room of a video call, where it is a link.
    fn room<'a>(&self, a: &'a AppointmentView) -> Option<&'a str> {
        a.meeting
            .as_deref()
            .filter(|meeting| meeting.starts_with("https://"))
    }
    fn is_empty(&self) -> bool {
        let day = &self.day;
        day.next.is_none()
            && day.tomorrow.is_empty()
            && day.left.is_empty()
            && day.done.is_empty()
            && self.due.is_empty()
    }
}

/// What was taken away from the one who is asking, the latest first.
pub(super) async fn former(
    app: &App,
    actor: &Actor,
    limit: &str,
) -> Result<Vec<FormerView>, Refused> {
    Ok(app
        .gate
        .view(
            actor,
            ListFormerAssignments {
                limit: limit.into(),
                ..ListFormerAssignments::default()
            },
        )
        .await?
        .into_inner()
        .items)
}

/// One's own appointments that pass a filter, without their clients: those are shown by each appointment's own page.
pub(crate) async fn own(
    app: &App,
    actor: &Actor,
    filter: ListAppointments,
) -> Result<Vec<AppointmentView>, Refused> {
    let interpreter = actor
        .rights()
        .own(&OWN_INTERPRETER)
        .map(|i| i.to_string())
        .unwrap_or_default();
    Ok(app
        .gate
        .view(
            actor,
            ListWithoutClients(ListAppointments {
                interpreter: interpreter.into(),
                ..filter
            }),
        )
        .await?
        .into_inner()
        .items)
}

/// Today, tomorrow, and what is not finished yet.
pub(super) async fn today(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let (now, today) = (app.gate.now(), actor.today(app.gate.now()));
    let near = ListAppointments {
        from: today.plus_days(-2).to_string().into(),
        to: today.plus_days(1).to_string().into(),
        limit: "100".into(),
        ..ListAppointments::default()
    };
    let items = own(&app, &actor, near).await?;
    let missing = ListAppointments {
        status: Status::Incomplete.word().into(),
        limit: "20".into(),
        ..ListAppointments::default()
    };
    let due = own(&app, &actor, missing).await?;
    let offers = if actor.may(P::AnswerOffers) {
        app.gate.view(&actor, MyOffers).await?.into_inner()
    } else {
        Vec::new()
    };
    let former = former(&app, &actor, "5").await?;
    page(&TodayPage {
        frame: Frame::of(&actor, "/today"),
        day: Day::of(items, today, now),
        today,
        now,
        due,
        offers,
        former,
    })
}
