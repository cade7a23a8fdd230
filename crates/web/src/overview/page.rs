//! The overview as a page.
use crate::shared::filters;
use crate::{
    App,
    door::Signed,
    shared::{
        Answer, Frame,
        chart::{self, Columns, LineChart},
        page, time,
    },
};
use askama::Template;
use axum::extract::State;
use interpres_billing::{ToReview, VouchersToReview};
use interpres_dispatch::{FillTimes, TimeToFill};
use interpres_gate::{Actor, Permission as P, Query, Refusal};
use interpres_scheduling::{DayLoad, Need, OverviewView, Share, ShowOverview, Why};
use interpres_types::{Instant, LocalDate};

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    frame: Frame,
    greeting: &'static str,
    today: LocalDate,
    now: Instant,
    view: OverviewView,
    fill: Option<FillTimes>,
    review: Option<ToReview>,
    rate: LineChart,
    times: Option<Columns>,
    /// The parts of the day that the load shows.
    hours: Vec<DayPart>,
    most: i64,
    may_assign: bool,
}

impl OverviewPage {
    fn first_name(&self) -> &str {
        self.frame.name.split(' ').next().unwrap_or_default()
    }
    /// How many percent more or less than the week before, in words.
    fn trend(&self) -> Option<String> {
        let (now, before) = (
            self.view.last_week.per_mille()?,
            self.view.week_before.per_mille()?,
        );
        let more = now - before;
        let sign = if more < 0 { '−' } else { '+' };
        Some(format!("{sign}{}.{}", more.abs() / 10, more.abs() % 10))
    }
    fn why(&self, need: &Need) -> String {
        let (job, now) = (&need.job, self.now);
        let interpreter = || {
            let name = job.interpreter.as_deref();
            name.unwrap_or(say::overview_the_interpreter())
        };
        match need.why {
            Why::Unfilled => format!(
                "{}, {}",
                say::overheard(&job.language),
                say::overheard(job.service_type.label()).to_lowercase()
            ),
            Why::Late => say::overview_not_checked_in(interpreter()),
            Why::NoVoucher => say::overview_owes_voucher(
                time::day(job.starts_at.min(now), &job.zone),
                interpreter(),
            ),
        }
    }
    fn when(&self, need: &Need) -> String {
        match need.why {
            Why::Late => {
                say::overview_so_late(time::long(self.now.minutes_since(need.job.starts_at)))
            }
            _ => time::away(need.job.starts_at, self.now),
        }
    }
    fn long(&self, minutes: &i64) -> String {
        time::long(*minutes)
    }
    fn month_day(&self, day: &LocalDate) -> String {
        time::month_day(*day)
    }
    fn weekday_and_day(&self, day: &LocalDate) -> String {
        time::weekday_and_day(*day)
    }
    fn heat(&self, n: &i64) -> i64 {
        chart::heat(*n, self.most)
    }
    fn percent(&self, share: &Share) -> String {
        chart::percent(share.per_mille())
    }
}

pub(super) async fn overview(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let view = app.gate.view(&actor, ShowOverview).await?.into_inner();
    let fill = permitted(&app, &actor, P::AssignInterpreters, TimeToFill).await?;
    let review = permitted(&app, &actor, P::ViewVouchers, VouchersToReview).await?;
    let now = app.gate.now();
    let wall = actor.zone().wall_time(now);
    let shares: Vec<(String, Option<i64>)> = view
        .weeks
        .iter()
        .map(|week| (time::month_day(week.from), week.share.per_mille()))
        .collect();
    let hours = hours(&view.load);
    page(&OverviewPage {
        frame: Frame::of(&actor, "/overview"),
        greeting: match wall.hour() {
            0..12 => say::good_morning(),
            12..18 => say::good_afternoon(),
            _ => say::good_evening(),
        },
        today: wall.date,
        now,
        rate: chart::line(&shares),
        times: fill.as_ref().map(times),
        most: hours
            .iter()
            .flat_map(|part| view.load.iter().map(move |day| part.of(day)))
            .max()
            .unwrap_or_default(),
        hours,
        may_assign: actor.may(P::AssignInterpreters),
        view,
        fill,
        review,
    })
}

/// What somebody may see; nothing where they may not.
async fn permitted<Q: Query>(
    app: &App,
    actor: &Actor,
    permission: P,
    query: Q,
) -> Result<Option<Q::View>, Refusal> {
    if !actor.may(permission) {
        return Ok(None);
    }
    Ok(Some(app.gate.view(actor, query).await?.into_inner()))
}

fn times(fill: &FillTimes) -> Columns {
    let more = say::overview_over_a_day();
    let names = ["< 5 min", "5–15", "15–60", "1–4 h", "4–24 h", more];
    let counts: Vec<(&'static str, i64)> = names.into_iter().zip(fill.groups.clone()).collect();
    chart::columns(&counts)
}

/// A part of the day: an hour, or the rest before and after office hours.
struct DayPart {
    name: String,
    short: String,
    from: usize,
    to: usize,
}

impl DayPart {
    /// How many start in it on a day.
    fn of(&self, day: &DayLoad) -> i64 {
        day.hours
            .get(self.from..self.to)
            .unwrap_or_default()
            .iter()
            .sum()
    }
}

/// When an office's day begins and ends; what is earlier or later shares a column.
const OFFICE: (usize, usize) = (7, 18);

/// An hour on a clock of twelve.
const fn twelve(hour: usize) -> usize {
    (hour + 11) % 12 + 1
}

/// A full hour: "7 AM".
fn clock(hour: usize) -> String {
    let half = if hour < 12 {
        say::half_am()
    } else {
        say::half_pm()
    };
    say::clock_time(half, twelve(hour))
}

fn hours(load: &[DayLoad]) -> Vec<DayPart> {
    let (first, last) = OFFICE;
    let hour = |hour: usize| DayPart {
        name: clock(hour),
        short: twelve(hour).to_string(),
        from: hour,
        to: hour + 1,
    };
    let rest = |name: String, short: &str, from, to| DayPart {
        name,
        short: short.to_owned(),
        from,
        to,
    };
    let early = rest(say::overview_early(clock(first)), "<7", 0, first);
    let late = rest(say::overview_late_hours(clock(last)), "6+", last, 24);
    let busy = |part: &DayPart| load.iter().any(|day| part.of(day) > 0);
    std::iter::once(early)
        .filter(|part| busy(part))
        .chain((first..last).map(hour))
        .chain(std::iter::once(late).filter(|part| busy(part)))
        .collect()
}
