//! What one looks at first: how today stands, what needs somebody, how well it is going.
use crate::{
    Coming, Status,
    in_one_line::{LINE, lines},
};
use interpres_accounts::Workspace;
use interpres_gate::{Action, Filter, Query, ReadTx, Refusal, Row, Val, async_trait};
use interpres_types::{Instant, LocalDate, Zone};
use schemars::JsonSchema;
use serde::Serialize;

/// How many weeks the fill rate looks back over, this one among them.
const WEEKS: i64 = 12;
/// How far ahead an appointment without an interpreter needs attention.
const DAYS_AHEAD: i64 = 7;
/// How far back a missing voucher is looked for.
const DAYS_BACK: i64 = 30;
/// How many of each are shown.
const SHOWN: i64 = 6;

/// The overview of one's reach.
#[derive(Clone, Copy, Debug)]
pub struct ShowOverview;

/// The overview.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OverviewView {
    /// Today, in the workspace's zone.
    pub today: Today,
    /// How many were wanted and covered, by week, oldest first.
    pub weeks: Vec<Week>,
    /// The last seven days, today left out.
    pub last_week: Share,
    /// The seven days before those.
    pub week_before: Share,
    /// This week's appointments by day and hour of their start.
    pub load: Vec<DayLoad>,
    /// What needs somebody, by start; the first of them.
    pub needs: Vec<Need>,
    /// How many need somebody in all.
    pub needs_total: i64,
    /// What comes next today.
    pub coming: Vec<Coming>,
}

/// How a day stands.
#[derive(Clone, Copy, Default, Debug, Serialize, JsonSchema)]
pub struct Today {
    /// All that were not called off.
    pub appointments: i64,
    /// Those without an interpreter.
    pub unfilled: i64,
    /// When the first of those that is still to come starts.
    pub first_unfilled: Option<Instant>,
    /// Those where the interpreter is there, or that run.
    pub under_way: i64,
    /// Those that should run, and whose interpreter has not checked in.
    pub late: i64,
    /// Those that are still to start.
    pub to_come: i64,
}

/// How many were wanted, and how many of those had an interpreter.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct Share {
    /// Wanted: booked, and not canceled.
    pub wanted: i64,
    /// Covered.
    pub filled: i64,
}

impl Share {
    /// In thousandths; nothing where none were wanted.
    #[must_use]
    pub fn per_mille(self) -> Option<i64> {
        (self.wanted > 0).then(|| self.filled * 1000 / self.wanted)
    }
}

/// A week's share.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Week {
    /// Its first day.
    #[schemars(with = "String")]
    pub from: LocalDate,
    /// How many.
    #[serde(flatten)]
    pub share: Share,
}

/// A day's load.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DayLoad {
    /// The day.
    #[schemars(with = "String")]
    pub day: LocalDate,
    /// How many start in each of its 24 hours.
    pub hours: Vec<i64>,
}

impl DayLoad {
    /// How many start on it.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.hours.iter().sum()
    }
}

/// Why an appointment needs somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// It has no interpreter.
    Unfilled,
    /// It should run, and its interpreter has not checked in.
    Late,
    /// It is over, and its voucher is missing.
    NoVoucher,
}

/// An appointment that needs somebody.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Need {
    /// Why.
    pub why: Why,
    /// Which.
    #[serde(flatten)]
    pub job: Coming,
}

/// The moments between which the overview looks.
struct Spans {
    zone: Zone,
    now: Instant,
    today: LocalDate,
    /// The first day of this week.
    week: LocalDate,
}

impl Spans {
    fn midnight(&self, days: i64) -> Instant {
        self.zone.midnight(self.today.plus_days(days))
    }
}

#[async_trait]
impl Query for ShowOverview {
    const ACTION: Action = Action::OverviewShow;
    type View = OverviewView;
    async fn answer(self, tx: &mut ReadTx) -> Result<OverviewView, Refusal> {
        let zone = tx.find::<Workspace>(tx.actor().workspace()).await?.zone;
        let now = tx.now();
        let start = tx.actor().office().week_start;
        let today = zone.wall_time(now).date;
        let spans = Spans {
            week: today.week_start(start.label()),
            zone,
            now,
            today,
        };
        let needs = needs(tx, &spans).await?;
        Ok(OverviewView {
            today: how_today(tx, &spans).await?,
            weeks: weeks(tx, &spans).await?,
            last_week: share(tx, &spans, -7, 0).await?,
            week_before: share(tx, &spans, -14, -7).await?,
            load: load(tx, &spans).await?,
            needs_total: needs.total,
            needs: needs.first,
            coming: coming(tx, &spans).await?,
        })
    }
}

const CALLED_OFF: &str = "('canceled', 'late-cancel', 'declined')";
const OPEN: &str = "('requested', 'pending', 'unassigned')";
/// What the fill rate counts as covered, of what it counts as wanted.
const FILLED: &str =
    "sum(case when status in ('requested', 'pending', 'unassigned', 'declined') then 0 else 1 end)";
const WANTED: &str = "status not in ('canceled', 'late-cancel')";

async fn how_today(tx: &mut ReadTx, spans: &Spans) -> Result<Today, Refusal> {
    let sql = format!(
        "select count(*) as appointments,
           coalesce(sum(case when status in {OPEN} then 1 else 0 end), 0) as unfilled,
           min(case when status in {OPEN} and starts_at >= $3 then starts_at end) as first_unfilled,
           coalesce(sum(case when status in ('checked-in', 'arrived', 'in-progress') then 1 else 0 end), 0) as under_way,
           coalesce(sum(case when status = 'assigned' and starts_at < $3 and ends_at > $3 then 1 else 0 end), 0) as late,
           coalesce(sum(case when starts_at >= $3 then 1 else 0 end), 0) as to_come
         from appointment where starts_at >= $1 and starts_at < $2 and status not in {CALLED_OFF}"
    );
    let args = [spans.midnight(0), spans.midnight(1), spans.now];
    let rows = tx.rows(&sql, args.map(micros).to_vec()).await?;
    let Some(row) = rows.first() else {
        return Ok(Today::default());
    };
    Ok(Today {
        appointments: row.int("appointments")?,
        unfilled: row.int("unfilled")?,
        first_unfilled: row.may_int("first_unfilled")?.map(Instant::from_micros),
        under_way: row.int("under_way")?,
        late: row.int("late")?,
        to_come: row.int("to_come")?,
    })
}

fn micros(at: Instant) -> Val {
    at.micros().into()
}

/// The share between two days, counted from today.
async fn share(tx: &mut ReadTx, spans: &Spans, from: i64, to: i64) -> Result<Share, Refusal> {
    let sql = format!(
        "select count(*) as wanted, coalesce({FILLED}, 0) as filled from appointment
         where starts_at >= $1 and starts_at < $2 and {WANTED}"
    );
    let args = vec![micros(spans.midnight(from)), micros(spans.midnight(to))];
    let rows = tx.rows(&sql, args).await?;
    rows.first().map_or(Ok(Share::default()), share_of)
}

fn share_of(row: &Row) -> Result<Share, Refusal> {
    Ok(Share {
        wanted: row.int("wanted")?,
        filled: row.int("filled")?,
    })
}

/// The share of each week: weeks begin at midnight of the office, whatever the clock does in between.
async fn weeks(tx: &mut ReadTx, spans: &Spans) -> Result<Vec<Week>, Refusal> {
    let firsts: Vec<LocalDate> = (0..=WEEKS)
        .map(|week| spans.week.plus_days((week - WEEKS + 1) * 7))
        .collect();
    let mut filter = Filter::default();
    let mut cases = String::new();
    for (week, first) in firsts.iter().skip(1).enumerate() {
        let end = filter.bind(micros(spans.zone.midnight(*first)));
        cases += &format!(" when starts_at < {end} then cast({week} as bigint)");
    }
    let from = filter.bind(micros(spans.zone.midnight(firsts[0])));
    let end = filter.args.len() - 1;
    let sql = format!(
        "select case{cases} end as week, count(*) as wanted, {FILLED} as filled from appointment
         where starts_at >= {from} and starts_at < ${end} and {WANTED} group by 1"
    );
    let mut shares = vec![Share::default(); firsts.len() - 1];
    for row in tx.rows(&sql, filter.args).await? {
        let week = usize::try_from(row.int("week")?).unwrap_or(usize::MAX);
        if let Some(share) = shares.get_mut(week) {
            *share = share_of(&row)?;
        }
    }
    let weeks = firsts.into_iter().zip(shares);
    Ok(weeks.map(|(from, share)| Week { from, share }).collect())
}

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

async fn load(tx: &mut ReadTx, spans: &Spans) -> Result<Vec<DayLoad>, Refusal> {
    let mut days: Vec<DayLoad> = (0..7)
        .map(|day| DayLoad {
            day: spans.week.plus_days(day),
            hours: vec![0; 24],
        })
        .collect();
    let midnight = |days| micros(spans.zone.midnight(spans.week.plus_days(days)));
    let sql = format!(
        "select starts_at / {HOUR} as hour, count(*) as n from appointment
         where starts_at >= $1 and starts_at < $2 and status not in {CALLED_OFF} group by 1"
    );
    for row in tx.rows(&sql, vec![midnight(0), midnight(7)]).await? {
        let wall = spans
            .zone
            .wall_time(Instant::from_micros(row.int("hour")? * HOUR));
        let day = days.iter_mut().find(|day| day.day == wall.date);
        if let Some(hour) = day.and_then(|day| day.hours.get_mut(usize::from(wall.hour()))) {
            *hour += row.int("n")?;
        }
    }
    Ok(days)
}

struct Needs {
    first: Vec<Need>,
    total: i64,
}

/// Unfilled soon, late, or without a voucher: each is found by its status and its time.
async fn needs(tx: &mut ReadTx, spans: &Spans) -> Result<Needs, Refusal> {
    let unfilled = format!("status in {OPEN} and starts_at >= $1 and starts_at < $2");
    let late = "status = 'assigned' and starts_at < $1 and ends_at > $1 and starts_at >= $3";
    let missing = "status = 'incomplete' and ends_at < $1 and starts_at >= $3";
    let which =
        format!("(({unfilled}) or ({late}) or ({missing})) and starts_at >= $3 and starts_at < $2");
    let mut args: Vec<Val> = [
        spans.now,
        spans.midnight(DAYS_AHEAD),
        spans.midnight(-DAYS_BACK),
    ]
    .map(micros)
    .to_vec();
    let count = format!("select count(*) as n from appointment where {which}");
    let total = tx.rows(&count, args.clone()).await?;
    let total = total.first().map_or(Ok(0), |row| row.int("n"))?;
    args.push(Val::Int(SHOWN));
    // What runs late is first, then what starts soonest; vouchers can wait.
    let sql = format!(
        "select {LINE} from appointment where {which}
         order by case status when 'assigned' then 0 when 'incomplete' then 2 else 1 end, starts_at, id limit $4"
    );
    let rows = tx.rows(&sql, args).await?;
    let first = lines(tx, rows).await?.into_iter().map(|job| Need {
        why: match job.status {
            Status::Assigned => Why::Late,
            Status::Incomplete => Why::NoVoucher,
            _ => Why::Unfilled,
        },
        job,
    });
    Ok(Needs {
        first: first.collect(),
        total,
    })
}

async fn coming(tx: &mut ReadTx, spans: &Spans) -> Result<Vec<Coming>, Refusal> {
    let sql = format!(
        "select {LINE} from appointment where starts_at >= $1 and starts_at < $2 and status not in {CALLED_OFF}
         order by starts_at, id limit $3"
    );
    let args = vec![
        micros(spans.now),
        micros(spans.midnight(DAYS_AHEAD)),
        Val::Int(SHOWN),
    ];
    let rows = tx.rows(&sql, args).await?;
    lines(tx, rows).await
}
