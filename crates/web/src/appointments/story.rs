//! How far an appointment has come, and what happened to it, in sentences.
use crate::shared::story::{Deed, Teller, changed, short};
use interpres_billing::VoucherView;
use interpres_dispatch::AppointmentOffer;
use interpres_gate::{Change, RecordVersion};
use interpres_scheduling::{AppointmentView, Status};
use interpres_types::Instant;

/// A step on an appointment's way.
pub(super) struct WayStep {
    pub(super) name: &'static str,
    /// When it was taken, or is due.
    pub(super) when: String,
    pub(super) past: bool,
    /// Whether it is the next one.
    pub(super) here: bool,
}

/// The way of an appointment from offer to voucher; nothing where it was called off.
pub(super) fn way(
    a: &AppointmentView,
    offers: &[AppointmentOffer],
    voucher: Option<&VoucherView>,
) -> Vec<WayStep> {
    if a.status.is_final() && a.status != Status::Completed {
        return Vec::new();
    }
    let at = |at: Instant| short(at, &a.zone);
    let offered = offers.iter().map(|offer| offer.offered_at).min();
    let accepted = offers
        .iter()
        .filter(|offer| offer.state == interpres_dispatch::OfferState::Accepted)
        .find_map(|offer| offer.answered_at);
    let covered = a.interpreter.is_some();
    let over = matches!(a.status, Status::Incomplete | Status::Completed);
    let there = a.checked_in_at.is_some() || a.started_at.is_some() || over;
    let step = |name, past, when: Option<Instant>, due: String| WayStep {
        name,
        past,
        here: false,
        when: when.map_or(due, at),
    };
    let not_said = String::new;
    let mut steps = vec![
        step(
            say::way_offered(),
            offered.is_some() || covered,
            offered,
            not_said(),
        ),
        step(say::way_assigned(), covered, accepted, not_said()),
        step(
            say::way_checked_in(),
            there,
            a.checked_in_at,
            say::way_before_start().to_owned(),
        ),
        step(
            say::way_started(),
            a.started_at.is_some() || over,
            a.started_at,
            at(a.starts_at),
        ),
        step(say::way_ended(), over, a.ended_at, at(a.ends_at)),
        step(
            say::voucher(),
            voucher.is_some(),
            voucher.map(|v| v.submitted_at),
            not_said(),
        ),
    ];
    if let Some(next) = steps.iter_mut().find(|step| !step.past) {
        next.here = true;
    }
    steps
}

pub(super) const APPOINTMENT: Teller = Teller {
    kind: "appointment",
    most: "8",
    deed,
};

fn deed(version: &RecordVersion) -> Deed {
    if version.version == 1 {
        return Deed {
            sign: "plus",
            what: say::story_booked().to_owned(),
        };
    }
    let Some(moved) = version.changes.iter().find(|c| c.field == "status") else {
        return changed(version, &fields(), say::story_it());
    };
    let (before, after) = (
        status(moved.before.as_deref()),
        status(moved.after.as_deref()),
    );
    Deed {
        sign: sign_of(after),
        what: moved_on(version, before, after),
    }
}

fn status(word: Option<&str>) -> Option<Status> {
    word?.parse().ok()
}

const fn sign_of(status: Option<Status>) -> &'static str {
    match status {
        Some(Status::Requested) => "st-requested",
        Some(Status::Pending) => "send",
        Some(Status::Unassigned) => "st-unassigned",
        Some(Status::Assigned) => "st-assigned",
        Some(Status::CheckedIn) => "st-checked-in",
        Some(Status::Arrived) => "st-arrived",
        Some(Status::InProgress) => "play",
        Some(Status::Incomplete) => "st-incomplete",
        Some(Status::Completed) => "st-completed",
        Some(Status::Canceled) => "st-canceled",
        Some(Status::LateCancel) => "st-late-cancel",
        Some(Status::Missed) => "st-missed",
        Some(Status::OnHold) => "st-on-hold",
        Some(Status::Declined) => "st-declined",
        None => "edit",
    }
}

fn moved_on(version: &RecordVersion, before: Option<Status>, after: Option<Status>) -> String {
    let interpreter = version
        .changes
        .iter()
        .find(|c| c.field == "interpreter_id")
        .and_then(name_after);
    let way = match (before, after) {
        (Some(before), Some(after)) => format!(
            " {} → {}",
            say::overheard(before.label()),
            say::overheard(after.label())
        ),
        _ => String::new(),
    };
    let what = match (after, interpreter) {
        (Some(Status::Pending), _) => say::story_sent_offers(),
        (Some(Status::Assigned), Some(name)) if version.actor_name.as_ref() == Some(&name) => {
            say::story_accepted()
        }
        (Some(Status::Assigned), Some(name)) => {
            return format!("{}{way}", say::story_assigned(name));
        }
        (Some(Status::Unassigned), _) => say::story_unassigned(),
        (Some(Status::CheckedIn | Status::Arrived), _) => say::story_checked_in(),
        (Some(Status::InProgress), _) => say::story_started(),
        (Some(Status::Incomplete), _) => say::story_ended(),
        (Some(Status::Completed), _) => say::story_submitted(),
        (Some(Status::Canceled | Status::LateCancel), _) => say::story_canceled(),
        (Some(Status::Missed), _) => say::story_missed(),
        (Some(Status::OnHold), _) => say::story_on_hold(),
        (Some(Status::Requested), _) if before == Some(Status::OnHold) => say::story_off_hold(),
        (Some(Status::Declined), _) => say::story_declined(),
        _ => say::story_status(),
    };
    format!("{what}{way}")
}

fn name_after(change: &Change) -> Option<String> {
    change.after_name.clone()
}

/// Fields as people call them.
fn fields() -> [(&'static str, &'static str); 21] {
    [
        ("reference", say::story_the_reference()),
        ("team_id", say::story_the_team()),
        ("customer_id", say::story_the_customer()),
        ("language", say::story_the_language()),
        ("service_type", say::story_the_service()),
        ("mode", say::story_the_mode()),
        ("wall_start", say::story_the_time()),
        ("zone", say::story_the_zone()),
        ("minutes", say::story_the_length()),
        ("address", say::story_the_place()),
        ("city", say::story_the_place()),
        ("state", say::story_the_place()),
        ("zip", say::story_the_place()),
        ("meeting", say::story_the_link()),
        ("gender", say::story_the_gender()),
        ("client_name", say::story_the_client()),
        ("client_label", say::story_the_client()),
        ("notes", say::story_the_note()),
        ("internal_notes", say::story_the_staff_note()),
        ("bill_rate", say::story_the_rates()),
        ("pay_rate", say::story_the_rates()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::story::samples::version;

    #[test]
    fn what_happened_is_told_in_sentences() {
        let of = |v: RecordVersion| deed(&v).what;
        assert_eq!(of(version(1, &[])), "booked it");
        assert_eq!(
            of(version(2, &[("status", "requested", "pending")])),
            "sent offers. Requested → Pending"
        );
        assert_eq!(
            of(version(3, &[("zip", "80204", "80205"), ("city", "a", "b")])),
            "changed the place"
        );
    }
}
