//! The interpreter's schedule: what comes, by week and by day.
use super::day::{former, own};
use crate::shared::filters;
use crate::{
    App,
    door::Signed,
    shared::{Answer, Frame, page, time},
};
use askama::Template;
use axum::extract::State;
use interpres_scheduling::{AppointmentView, FormerView, ListAppointments};
use interpres_types::LocalDate;

#[derive(Template)]
#[template(path = "schedule.html")]
struct SchedulePage {
    frame: Frame,
    /// The days of this week.
    strip: Vec<StripDay>,
    weeks: Vec<Week>,
    former: Vec<FormerView>,
}

/// A day of this week, and how many appointments it has.
struct StripDay {
    date: LocalDate,
    here: bool,
    /// One for each appointment, at most four.
    pips: Vec<()>,
    count: usize,
}

impl StripDay {
    fn letter(&self) -> &'static str {
        time::weekday_letter(self.date)
    }
    fn number(&self) -> i8 {
        self.date.day()
    }
}

struct Week {
    name: String,
    days: Vec<Day>,
}

struct Day {
    date: LocalDate,
    name: String,
    minutes: i64,
    items: Vec<AppointmentView>,
}

pub(super) async fn schedule(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let today = actor.today(app.gate.now());
    let first = actor.office().week_start.label();
    let coming = ListAppointments {
        from: today.to_string().into(),
        limit: "200".into(),
        ..ListAppointments::default()
    };
    let items = own(&app, &actor, coming).await?;
    let monday = today.week_start(first);
    let strip = (0..7).map(|days| strip_day(monday.plus_days(days), today, &items));
    let strip = strip.collect();
    let former = former(&app, &actor, "50").await?;
    page(&SchedulePage {
        frame: Frame::of(&actor, "/schedule"),
        strip,
        weeks: weeks(items, today, first),
        former,
    })
}

fn strip_day(date: LocalDate, today: LocalDate, items: &[AppointmentView]) -> StripDay {
    let day = date.to_string();
    let count = items.iter().filter(|a| a.date == day).count();
    StripDay {
        date,
        here: date == today,
        pips: vec![(); count.min(4)],
        count,
    }
}

fn weeks(items: Vec<AppointmentView>, today: LocalDate, first: &str) -> Vec<Week> {
    let mut weeks: Vec<(LocalDate, Week)> = Vec::new();
    for a in items {
        let date: LocalDate = a.date.parse().unwrap_or(today);
        let begins = date.week_start(first);
        if weeks.last().is_none_or(|(last, _)| *last != begins) {
            let week = Week {
                name: say::week_of(time::date(begins)),
                days: Vec::new(),
            };
            weeks.push((begins, week));
        }
        let Some((_, week)) = weeks.last_mut() else {
            continue;
        };
        match week.days.last_mut().filter(|day| day.date == date) {
            Some(day) => {
                day.minutes += a.minutes;
                day.items.push(a);
            }
            None => week.days.push(Day {
                name: named(date, today),
                minutes: a.minutes,
                date,
                items: vec![a],
            }),
        }
    }
    weeks.into_iter().map(|(_, week)| week).collect()
}

fn named(date: LocalDate, today: LocalDate) -> String {
    let words = time::in_words(date);
    if date == today {
        say::today_named(words)
    } else if date == today.plus_days(1) {
        say::tomorrow_named(words)
    } else {
        words
    }
}
