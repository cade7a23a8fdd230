use interpres_gate::{Json, record, words};
use interpres_types::{
    CustomerId, Email, Instant, InterpreterId, InvitationId, Line, RoleId, TeamId, UserId,
};

record! {
    /// An invitation to this workspace (AC6).
    pub struct Invitation from NewInvitation in "invitation" by InvitationId {
        /// The recipient's email.
        email: Email,
        /// Their name, where the inviter knows it.
        name: Option<Line<120>>,
        /// The role's name, as in the matrix.
        role: Line<40>,
        /// The role of the workspace's own.
        role_id: Option<RoleId>,
        /// The teams.
        team_ids: Json<Vec<TeamId>>,
        /// The person's own interpreter record.
        interpreter_id: Option<InterpreterId>,
        /// The customer a requester files for.
        customer_id: Option<CustomerId>,
        /// Who invited them.
        invited_by: UserId,
        /// When it was sent first.
        invited_at: Instant,
        /// Until when it can be accepted.
        ends_at: Instant,
        /// Number of emails sent.
        sent: i64,
        /// When it was accepted.
        accepted_at: Option<Instant>,
        /// When it was revoked.
        revoked_at: Option<Instant>,
    }
}

words! {
    /// The state of an invitation.
    InvitationState, "must be an invitation's state" {
        /// The email was sent.
        Pending = "pending", "Pending";
        /// The person has joined.
        Accepted = "accepted", "Accepted";
        /// It was revoked.
        Revoked = "revoked", "Revoked";
        /// It expired.
        Expired = "expired", "Expired";
    }
}

impl Invitation {
    /// The payload of its link: only the latest email's link is valid.
    pub(crate) fn link(&self) -> String {
        format!("{}/{}", self.id, self.sent)
    }
    /// Its state at an instant.
    #[must_use]
    pub fn state(&self, now: Instant) -> InvitationState {
        match (self.accepted_at, self.revoked_at) {
            (Some(_), _) => InvitationState::Accepted,
            (None, Some(_)) => InvitationState::Revoked,
            (None, None) if now >= self.ends_at => InvitationState::Expired,
            (None, None) => InvitationState::Pending,
        }
    }
}

/// Names before the @ of mailboxes that several people read (AC1).
const SHARED: [&str; 36] = [
    "admin",
    "administrator",
    "appointments",
    "billing",
    "booking",
    "bookings",
    "clinic",
    "contact",
    "desk",
    "dispatch",
    "dispatcher",
    "finance",
    "frontdesk",
    "front-desk",
    "hello",
    "help",
    "helpdesk",
    "hr",
    "info",
    "interpreter",
    "interpreters",
    "interpreting",
    "invoices",
    "language",
    "languageservices",
    "mail",
    "noreply",
    "office",
    "reception",
    "requests",
    "schedule",
    "scheduler",
    "schedulers",
    "scheduling",
    "support",
    "team",
];

/// Whether an address looks like a shared mailbox.
#[must_use]
pub fn is_shared(email: &Email) -> bool {
    let local = email.as_str().split('@').next().unwrap_or_default();
    let plain: String = local
        .split('+')
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !matches!(c, '.' | '_') && !c.is_ascii_digit())
        .collect();
    SHARED.contains(&plain.as_str()) || SHARED.contains(&local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_of_several_people_are_told_from_those_of_one() {
        for shared in [
            "scheduler@a.example",
            "Info@a.example",
            "front.desk@a.example",
            "scheduling2@a.example",
            "billing+x@a.example",
        ] {
            assert!(is_shared(&shared.parse().unwrap()), "{shared}");
        }
        for own in [
            "dora@a.example",
            "i.schedulerova@a.example",
            "info.maria@a.example",
            "admini@a.example",
        ] {
            assert!(!is_shared(&own.parse().unwrap()), "{own}");
        }
    }
}
