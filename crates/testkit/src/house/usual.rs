//! What most stories do on the way to what they are about: book, ask, assign, change, cancel.
use super::House;
use interpres_dispatch::{AssignInterpreter, MakeOffers, OffersInput, OffersMade};
use interpres_gate::{ListEntries, LogEntry, Refusal, Released};
use interpres_scheduling::{
    AppointmentInput, BookAppointment, CancelAppointment, CancelInput, EditAppointment,
    ShowAppointment, Status,
};
use interpres_types::{AppointmentId, WorkspaceId};

/// A signature as it is drawn on a page: the smallest picture there is.
pub const DRAWN: &str = concat!(
    "data:image/png;base64,",
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
);

/// An hour of Spanish by phone, nine days after stories begin, for no client; a story says what is
/// otherwise.
#[must_use]
pub fn booking(reference: &str) -> AppointmentInput {
    AppointmentInput {
        reference: reference.into(),
        date: "2027-03-10".into(),
        start: "09:00".into(),
        minutes: "60".into(),
        language: "Spanish".into(),
        service_type: "phone".into(),
        team: "Denver Metro".into(),
        customer: "St. Brigid Hospital".into(),
        ..AppointmentInput::default()
    }
}

impl House {
    /// The workspace of most people: Front Range Interpreters.
    #[must_use]
    pub fn ours(&self) -> WorkspaceId {
        self.world.workspaces["Front Range Interpreters"]
    }
    /// Somebody books.
    ///
    /// # Errors
    /// What the gate refuses.
    pub async fn book(&self, who: &str, input: AppointmentInput) -> Result<AppointmentId, Refusal> {
        let actor = self.enters(who).await;
        let booked = self.gate.perform(&actor, BookAppointment { input }).await;
        booked.map(|booked| booked.id)
    }
    /// Somebody changes an appointment, whatever its version.
    ///
    /// # Errors
    /// What the gate refuses.
    pub async fn edit(
        &self,
        who: &str,
        id: AppointmentId,
        input: AppointmentInput,
    ) -> Result<(), Refusal> {
        let edit = EditAppointment {
            id,
            version: None,
            input,
        };
        let actor = self.enters(who).await;
        self.gate.perform(&actor, edit).await.map(drop)
    }
    /// Somebody cancels for a reason, with a note that names the client.
    ///
    /// # Errors
    /// What the gate refuses.
    pub async fn cancel(
        &self,
        who: &str,
        id: AppointmentId,
        reason: &str,
    ) -> Result<Status, Refusal> {
        let cancel = CancelAppointment {
            id,
            version: None,
            input: CancelInput {
                reason: reason.into(),
                note: "Rosa Kanarya is ill".into(),
            },
        };
        let canceled = self.gate.perform(&self.enters(who).await, cancel).await;
        canceled.map(|canceled| canceled.status)
    }
    /// Dora assigns an interpreter to an appointment.
    ///
    /// # Panics
    /// When the gate refuses.
    pub async fn assign(&self, appointment: AppointmentId, who: &str) {
        let assign = AssignInterpreter {
            appointment,
            interpreter: self.world.interpreters[who],
        };
        let assigned = self.gate.perform(&self.enters("Dora").await, assign).await;
        assigned.expect("Dora assigns");
    }
    /// An appointment of the named world, which Dora assigned to an interpreter.
    pub async fn assigned(&self, reference: &str, who: &str) -> AppointmentId {
        let appointment = self.world.appointments[reference];
        self.assign(appointment, who).await;
        appointment
    }
    /// Dora asks interpreters, in a round of a kind, whether they take an appointment of the named
    /// world.
    ///
    /// # Errors What the gate refuses.
    pub async fn ask(
        &self,
        kind: &str,
        reference: &str,
        to: &[&str],
    ) -> Result<OffersMade, Refusal> {
        let interpreters = to
            .iter()
            .map(|who| self.world.interpreters[*who].to_string().into())
            .collect();
        let make = MakeOffers {
            appointment: self.world.appointments[reference],
            input: OffersInput {
                kind: kind.into(),
                interpreters,
                ..OffersInput::default()
            },
        };
        let made = self.gate.perform(&self.enters("Dora").await, make).await;
        made.map(Released::into_inner)
    }
    /// An appointment's status, as Dora sees it.
    ///
    /// # Panics
    /// When the gate refuses.
    pub async fn status(&self, id: AppointmentId) -> Status {
        let view = self
            .gate
            .view(&self.enters("Dora").await, ShowAppointment(id))
            .await;
        view.expect("Dora sees it").status
    }
    /// The log's entries of an act, the latest first, as Carl reads them.
    ///
    /// # Panics
    /// When the gate refuses.
    pub async fn entries(&self, action: &str) -> Vec<LogEntry> {
        let asked = ListEntries {
            action: action.into(),
            ..ListEntries::default()
        };
        let page = self.gate.view(&self.enters("Carl").await, asked).await;
        page.expect("Carl reads the log").into_inner().items
    }
    /// How many entries of an act stand in any workspace's log, and in that of the installation.
    pub async fn logged(&self, action: &str) -> i64 {
        let sql = format!("select count(*) as n from audit_entry where action = '{action}'");
        self.raw(&sql).await[0].int("n").expect("a number")
    }
}
