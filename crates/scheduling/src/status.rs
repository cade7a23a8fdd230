use interpres_gate::{Conflict, Refusal, words};

words! {
    /// Where an appointment stands (SC4).
    Status, "must be a status, like requested or assigned" {
        /// Booked, nobody asked yet.
        Requested = "requested", "Requested";
        /// Offered.
        Pending = "pending", "Pending";
        /// Declined by all, or its interpreter was removed.
        Unassigned = "unassigned", "Unassigned";
        /// It waits for something, and nobody is asked meanwhile.
        OnHold = "on-hold", "On hold";
        /// An interpreter covers it.
        Assigned = "assigned", "Assigned";
        /// The interpreter is in the video or phone session's lobby.
        CheckedIn = "checked-in", "Checked in";
        /// The interpreter is on site.
        Arrived = "arrived", "Arrived";
        /// Under way.
        InProgress = "in-progress", "In progress";
        /// Over, and its voucher missing.
        Incomplete = "incomplete", "Incomplete";
        /// Over, voucher submitted.
        Completed = "completed", "Completed";
        /// Canceled in time.
        Canceled = "canceled", "Canceled";
        /// Canceled too late to be free of charge.
        LateCancel = "late-cancel", "Late cancel";
        /// Somebody did not come.
        Missed = "missed", "Missed";
        /// The agency turned it down.
        Declined = "declined", "Declined";
    }
}

words! {
    /// What can happen to an appointment.
    Move, "must be a move" {
        /// An offer goes out.
        Offer = "offer", "Offer";
        /// It waits for something.
        PutOnHold = "put-on-hold", "Put on hold";
        /// It waits no longer.
        TakeOffHold = "take-off-hold", "Take off hold";
        /// An interpreter is assigned, or accepts.
        Assign = "assign", "Assign";
        /// Nobody is left, or the interpreter is removed.
        Release = "release", "Remove interpreter";
        /// The interpreter checks in (video, phone).
        CheckIn = "check-in", "Check in";
        /// The interpreter arrives (in person).
        Arrive = "arrive", "Mark arrived";
        /// The session starts.
        Start = "start", "Start";
        /// The session ends.
        End = "end", "End";
        /// The voucher is submitted.
        Submit = "submit-voucher", "Submit voucher";
        /// It is canceled, in time or late.
        Cancel = "cancel", "Cancel";
        /// Somebody did not come.
        Miss = "miss", "Mark missed";
        /// The agency turns it down.
        Decline = "decline", "Decline";
        /// A final status is taken back.
        Restore = "restore", "Restore";
    }
}

/// The state machine: which moves are allowed from here.
#[must_use]
pub const fn moves_from(status: Status) -> &'static [Move] {
    use Move as M;
    match status {
        Status::Requested | Status::Unassigned => {
            &[M::Offer, M::Assign, M::PutOnHold, M::Cancel, M::Decline]
        }
        Status::Pending => &[
            M::Offer,
            M::Assign,
            M::PutOnHold,
            M::Release,
            M::Cancel,
            M::Decline,
        ],
        Status::OnHold => &[M::TakeOffHold, M::Cancel, M::Decline],
        Status::Assigned => &[
            M::CheckIn,
            M::Arrive,
            M::Release,
            M::Cancel,
            M::Miss,
            M::Submit,
        ],
        Status::CheckedIn | Status::Arrived => {
            &[M::Start, M::End, M::Release, M::Cancel, M::Miss, M::Submit]
        }
        Status::InProgress => &[M::End, M::Miss, M::Submit],
        Status::Incomplete => &[M::Submit, M::Miss],
        Status::Completed => &[],
        Status::Canceled | Status::LateCancel | Status::Missed | Status::Declined => &[M::Restore],
    }
}

impl Status {
    /// Refuses a move that is not allowed from here, and says which are.
    ///
    /// # Errors
    /// [`Refusal::Conflict`].
    pub fn allow(self, wanted: Move) -> Result<(), Refusal> {
        let allowed = moves_from(self);
        if allowed.contains(&wanted) {
            return Ok(());
        }
        let words: Vec<String> = allowed.iter().map(|m| m.word().to_owned()).collect();
        let message = format!(
            "This can’t be done while the appointment’s status is “{}”.",
            self.label()
        );
        Err(Refusal::Conflict(Conflict {
            message,
            allowed: words,
            ..Conflict::default()
        }))
    }
    /// Whether an interpreter's time is taken by an appointment in this status.
    #[must_use]
    pub const fn holds(self) -> bool {
        matches!(
            self,
            Self::Assigned
                | Self::CheckedIn
                | Self::Arrived
                | Self::InProgress
                | Self::Incomplete
                | Self::Completed
        )
    }
    /// Whether it is over, one way or another.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Completed | Self::Canceled | Self::LateCancel | Self::Missed | Self::Declined
        )
    }
    /// Whether it still needs an interpreter.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Requested | Self::Pending | Self::Unassigned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_move_says_what_is_allowed() {
        let Err(Refusal::Conflict(conflict)) = Status::Canceled.allow(Move::CheckIn) else {
            panic!("must be refused")
        };
        assert_eq!(conflict.allowed, ["restore"]);
        assert!(Status::Completed.allow(Move::Cancel).is_err());
    }

    #[test]
    fn every_status_but_completed_can_be_left() {
        for status in Status::ALL {
            assert_eq!(
                moves_from(*status).is_empty(),
                *status == Status::Completed,
                "{status}"
            );
        }
    }
}
