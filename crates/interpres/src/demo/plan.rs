//! Which appointments the demo has, and what people are to do about each.
use super::{
    customers::{CLIENTS, LANGUAGES},
    days::Agency,
};
use crate::{KANARYA, cast::said};
use interpres_gate::Refusal;
use interpres_types::{AppointmentId, Instant, LocalDate, Moment, VoucherId, WallTime, Zone};

/// Days from today of the first appointment and of the last.
const FIRST: i64 = -21;
const LAST: i64 = 13;

/// What becomes of an appointment, if its day comes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Worked,
    Forgotten,
    Canceled,
    CanceledLate,
    Missed,
}

/// One appointment of the demo.
pub(super) struct Job {
    pub(super) starts: Instant,
    pub(super) date: LocalDate,
    pub(super) clock: String,
    pub(super) minutes: i64,
    pub(super) language: &'static str,
    pub(super) service_type: &'static str,
    pub(super) customer: usize,
    pub(super) client: String,

    pub(super) booked: Option<AppointmentId>,
    pub(super) interpreter: Option<usize>,
    pub(super) voucher: Option<VoucherId>,
}

/// What somebody does about an appointment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Act {
    Book,
    Fill,
    Accept,
    CheckIn,
    Start,
    End,
    File,
    Review,
    Cancel,
    Miss,
    Invoice,
}

/// The same numbers each time, so that every demo is alike.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
    pub(super) fn of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        let n = u64::try_from(all.len()).ok().filter(|n| *n > 0)?;
        usize::try_from(self.below(n))
            .ok()
            .and_then(|at| all.get(at))
            .copied()
    }
    pub(super) fn minutes(&mut self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.below(u64::try_from(to - from).unwrap_or(1))).unwrap_or(0)
    }
}

impl Agency<'_> {
    pub(super) fn then(&mut self, at: Instant, act: Act, job: usize) {
        self.thought_of += 1;
        self.coming.insert((at, self.thought_of, act, job));
    }

    /// The same at some time within so many minutes of another.
    fn then_within(&mut self, of: Instant, minutes: (i64, i64), act: Act, job: usize) {
        let at = of.plus_minutes(self.chance.minutes(minutes.0, minutes.1));
        self.then(at, act, job);
    }

    /// Which appointments there are, and what comes of each.
    pub(super) fn plan(&mut self, now: Instant) -> Result<(), Refusal> {
        let zone: Zone = said("America/Denver")?;
        let today = zone.wall_time(now).date;
        for day in FIRST..=LAST {
            let date = today.plus_days(day);
            let many = match date.weekday() {
                "Saturday" => 2,
                "Sunday" => 3,
                _ => self.chance.minutes(7, 10),
            };
            for _ in 0..many {
                self.plan_one(&zone, date, now)?;
            }
            if date.weekday() == "Monday" {
                let Moment::Once(nine) =
                    zone.moment(WallTime::parse(date, "09:00").map_err(Refusal::fault)?)
                else {
                    continue;
                };
                for customer in [0, 3, 14] {
                    self.then(nine, Act::Invoice, customer);
                }
            }
        }
        Ok(())
    }

    fn plan_one(&mut self, zone: &Zone, date: LocalDate, now: Instant) -> Result<(), Refusal> {
        let clock = format!(
            "{:02}:{}",
            self.chance.minutes(7, 17),
            self.chance.of(&["00", "15", "30", "45"]).unwrap_or("00")
        );
        let wall = WallTime::parse(date, &clock).map_err(Refusal::fault)?;
        let (Moment::Once(starts) | Moment::Twice { first: starts, .. }) = zone.moment(wall) else {
            return Ok(());
        };
        let minutes = self.chance.of(&[30, 45, 60, 60, 60, 90, 120]).unwrap_or(60);
        let fate = match self.chance.below(24) {
            0 => Fate::Canceled,
            1 | 2 => Fate::CanceledLate,
            3 => Fate::Missed,
            4 => Fate::Forgotten,
            _ => Fate::Worked,
        };
        let job = self.jobs.len();
        let customer = self.chance.minutes(0, 18);
        let client = self.chance.of(&CLIENTS).unwrap_or("Rosa");
        self.jobs.push(Job {
            starts,
            date,
            clock,
            minutes,
            language: self.chance.of(&LANGUAGES).unwrap_or("Spanish"),
            service_type: self
                .chance
                .of(&["in-person", "in-person", "in-person", "video", "phone"])
                .unwrap_or("phone"),
            customer: usize::try_from(customer).unwrap_or_default(),
            client: format!("{client} {KANARYA}"),
            booked: None,
            interpreter: None,
            voucher: None,
        });
        let lead = self.chance.minutes(2 * 24 * 60, 8 * 24 * 60);
        let booked = starts
            .plus_minutes(-lead)
            .min(now.plus_minutes(-self.chance.minutes(5, 600)));
        self.then(booked, Act::Book, job);
        // One in eight of those to come has nobody yet.
        if starts < now || self.chance.below(8) > 0 {
            self.then_within(booked, (4, 180), Act::Fill, job);
        }
        let ends = starts.plus_minutes(minutes);
        match fate {
            Fate::Canceled => self.then(starts.plus_minutes(-30 * 60), Act::Cancel, job),
            Fate::CanceledLate => self.then(starts.plus_minutes(-4 * 60), Act::Cancel, job),
            Fate::Missed => self.then(starts.plus_minutes(20), Act::Miss, job),
            Fate::Worked | Fate::Forgotten => {
                self.then_within(starts, (-14, -4), Act::CheckIn, job);
                self.then_within(starts, (0, 4), Act::Start, job);
                self.then_within(ends, (0, 12), Act::End, job);
                if fate == Fate::Worked {
                    self.then_within(ends, (15, 90), Act::File, job);
                    self.then_within(ends, (20 * 60, 50 * 60), Act::Review, job);
                }
            }
        }
        Ok(())
    }
}
