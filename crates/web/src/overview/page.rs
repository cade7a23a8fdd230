//! The overview as a page.
use crate::shared::filters;
use crate::{
    App,
    door::Signed,
    shared::{
        Answer, Frame,
        chart::{self, Columns, Line},
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
    rate: Line,
    times: Option<Columns>,
    /// The hours of the day that the load shows.
    hours: Vec<usize>,
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
        match need.why {
            Why::Unfilled => format!(
                "{}, {}",
                job.language,
                job.service_type.label().to_lowercase()
            ),
            Why::Late => format!(
                "{} hasn’t checked in",
                job.interpreter.as_deref().unwrap_or("The interpreter")
            ),
            Why::NoVoucher => format!(
                "{} owes a voucher since {}",
                job.interpreter.as_deref().unwrap_or("The interpreter"),
                time::day(job.starts_at.min(now), &job.zone)
            ),
        }
    }
    fn when(&self, need: &Need) -> String {
        match need.why {
            Why::Late => format!(
                "{} late",
                time::long(self.now.minutes_since(need.job.starts_at))
            ),
            _ => time::away(need.job.starts_at, self.now),
        }
    }
    fn long(&self, minutes: &i64) -> String {
        time::long(*minutes)
    }
    fn hour(&self, hour: &usize) -> String {
        match hour % 12 {
            0 => "12".to_owned(),
            other => other.to_string(),
        }
    }
    fn half(&self, hour: &usize) -> &'static str {
        if *hour < 12 { "AM" } else { "PM" }
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
        .map(|week| (week.from.month_day(), week.share.per_mille()))
        .collect();
    page(&OverviewPage {
        frame: Frame::of(&actor, "/overview"),
        greeting: match wall.hour() {
            0..12 => "Good morning",
            12..18 => "Good afternoon",
            _ => "Good evening",
        },
        today: wall.date,
        now,
        rate: chart::line(&shares),
        times: fill.as_ref().map(times),
        hours: hours(&view.load),
        most: view
            .load
            .iter()
            .flat_map(|day| day.hours.iter().copied())
            .max()
            .unwrap_or_default(),
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
    let names = ["< 5 min", "5–15", "15–60", "1–4 h", "4–24 h", "> 1 day"];
    let counts: Vec<(&'static str, i64)> = names.into_iter().zip(fill.groups.clone()).collect();
    chart::columns(&counts)
}

/// From eight to five, and whatever earlier or later hour has something.
fn hours(load: &[DayLoad]) -> Vec<usize> {
    let busy = |hour: &usize| {
        load.iter()
            .any(|day| day.hours.get(*hour).is_some_and(|n| *n > 0))
    };
    let first = (0..8).find(busy).unwrap_or(8);
    let last = (17..24).rev().find(busy).unwrap_or(17);
    (first..=last).collect()
}
