//! What was worked beside what was booked, as a picture: coordinates for SVG.
use crate::shared::time;
use interpres_billing::VoucherView;
use interpres_types::Instant;

const LEFT: f64 = 40.0;
const RIGHT: f64 = 600.0;

/// The two bars, the hours under them, and when the interpreter was there.
pub(super) struct Plot {
    pub(super) booked: Bar,
    pub(super) worked: Bar,
    /// What of the work lies after the booked end.
    pub(super) over: Option<Bar>,
    /// Whether the words of the work fit into its bar.
    pub(super) roomy: bool,
    pub(super) arrived: Option<Mark>,
    pub(super) grid: Vec<Mark>,
    /// The same for who does not see it.
    pub(super) told: String,
}

pub(super) struct Bar {
    pub(super) x: f64,
    pub(super) width: f64,
    pub(super) label: String,
}

pub(super) struct Mark {
    pub(super) x: f64,
    pub(super) label: String,
}

impl Plot {
    /// Nothing for a voucher whose appointment is gone.
    pub(super) fn of(v: &VoucherView) -> Option<Self> {
        let booked = v.booked?;
        let arrived = v
            .checked_in_at
            .filter(|at| at.minutes_since(booked.starts_at).abs() <= 180);
        let ends = [booked.starts_at, v.starts_at, booked.ends_at, v.ends_at];
        let all = || ends.into_iter().chain(arrived);
        let first = half_hour(all().min()?.plus_minutes(-15));
        let last = half_hour(all().max()?.plus_minutes(44));
        let whole = last.minutes_since(first).max(30);
        let x = |at: Instant| place(at.minutes_since(first), whole);
        let bar = |from: Instant, to: Instant, label: String| Bar {
            x: x(from),
            width: round(x(to) - x(from)),
            label,
        };
        let step = [30, 60, 120, 240, 480]
            .into_iter()
            .find(|step| whole / step <= 9)
            .unwrap_or(720);
        let zone = v.zone.as_str();
        let (as_booked, as_worked) = (
            time::range(booked.starts_at, booked.ends_at, zone),
            time::range(v.starts_at, v.ends_at, zone),
        );
        let over = v.ends_at.minutes_since(booked.ends_at);
        let late = v.starts_at.max(booked.ends_at);
        let over = (over > 0 && over < 1_440)
            .then(|| bar(late, v.ends_at, say::voucher_over(time::long(over))));
        let worked = bar(
            v.starts_at,
            v.ends_at,
            say::voucher_worked_from(as_worked.as_str()),
        );
        let covered = over.as_ref().map_or(0.0, |over| over.width);
        Some(Self {
            roomy: worked.width - covered > 165.0,
            told: say::voucher_scheduled_worked(as_booked, as_worked),
            booked: bar(
                booked.starts_at,
                booked.ends_at,
                say::voucher_scheduled().to_owned(),
            ),
            worked,
            over,
            arrived: arrived.map(|at| Mark {
                x: x(at),
                label: time::clock(at, zone),
            }),
            grid: (0..=whole / step)
                .map(|n| first.plus_minutes(n * step))
                .map(|at| Mark {
                    x: x(at),
                    label: time::clock(at, zone),
                })
                .collect(),
        })
    }
}

/// The half hour that a time is in.
fn half_hour(at: Instant) -> Instant {
    let minutes = at.minutes_since(Instant::default());
    at.plus_minutes(-minutes.rem_euclid(30))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "minutes of a day fit a double exactly"
)]
fn place(minutes: i64, whole: i64) -> f64 {
    round(LEFT + (RIGHT - LEFT) * (minutes as f64 / whole as f64))
}

fn round(at: f64) -> f64 {
    (at * 10.0).round() / 10.0
}
