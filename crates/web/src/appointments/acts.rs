//! What an interpreter can do next with an appointment of theirs.
use interpres_directory::ServiceType;
use interpres_scheduling::{AppointmentView, CHECK_IN_OPENS, Move};
use interpres_types::Instant;

/// The steps of the day that are open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Acts {
    /// Whether they are to check in or to arrive, now or later.
    pub(crate) expected: bool,
    pub(crate) check_in: bool,
    pub(crate) start: bool,
    pub(crate) end: bool,
}

impl Acts {
    pub(crate) fn of(a: &AppointmentView, now: Instant) -> Self {
        let can = |step: Move| a.moves.contains(&step);
        let expected = can(Move::CheckIn) || can(Move::Arrive);
        Self {
            expected,
            check_in: expected && a.starts_at <= now.plus_minutes(CHECK_IN_OPENS),
            start: can(Move::Start),
            end: can(Move::End) && a.started_at.unwrap_or(a.starts_at) < now,
        }
    }
    /// The one that comes next.
    pub(crate) fn next(self, a: &AppointmentView, now: Instant) -> Option<Act> {
        let act = |path, words, sign| Some(Act { path, words, sign });
        match self {
            Self { check_in: true, .. } => act("check-in", check_in_words(a), "pin"),
            Self { start: true, .. } => act("start", start_words(a, now), "play"),
            Self { end: true, .. } => act("end", say::end_session(), "stop"),
            _ => None,
        }
    }
}

/// A step as a button.
pub(crate) struct Act {
    /// The end of the address that it is sent to.
    pub(crate) path: &'static str,
    pub(crate) words: &'static str,
    pub(crate) sign: &'static str,
}

pub(super) fn check_in_words(a: &AppointmentView) -> &'static str {
    if a.service_type == ServiceType::InPerson {
        say::mark_arrived()
    } else {
        say::check_in()
    }
}

pub(super) fn start_words(a: &AppointmentView, now: Instant) -> &'static str {
    if a.starts_at <= now {
        say::start_session()
    } else {
        say::start_early()
    }
}
