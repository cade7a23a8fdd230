//! How an appointment ends without having taken place: who it lay with, and why.
use interpres_gate::words;

words! {
    /// With whom it lay that an appointment did not take place.
    Party, "must be client, customer, interpreter or agency" {
        /// The person with limited English proficiency.
        Client = "client", "Client";
        /// Who had booked.
        Customer = "customer", "Customer";
        /// Who was assigned.
        Interpreter = "interpreter", "Interpreter";
        /// The agency itself.
        Agency = "agency", "Agency";
    }
}

words! {
    /// Why an appointment was canceled.
    EndReason, "must be a reason, like client-canceled" {
        /// The client canceled.
        ClientCanceled = "client-canceled", "Client canceled";
        /// The client did not come.
        ClientNoShow = "client-no-show", "Client did not come";
        /// The customer canceled or moved it.
        CustomerCanceled = "customer-canceled", "Customer canceled";
        /// Nobody could be found.
        NoInterpreter = "no-interpreter", "No interpreter found";
        /// The interpreter did not come.
        InterpreterNoShow = "interpreter-no-show", "Interpreter did not come";
        /// It was entered twice.
        Duplicate = "duplicate", "Entered twice";
        /// Weather and the like.
        Weather = "weather", "Weather";
        /// Anything else; say it in the note.
        Other = "other", "Other";
    }
}

impl EndReason {
    /// With whom it lay, where the reason says so.
    #[must_use]
    pub const fn party(self) -> Option<Party> {
        match self {
            Self::ClientCanceled | Self::ClientNoShow => Some(Party::Client),
            Self::CustomerCanceled => Some(Party::Customer),
            Self::InterpreterNoShow => Some(Party::Interpreter),
            Self::NoInterpreter | Self::Duplicate => Some(Party::Agency),
            Self::Weather | Self::Other => None,
        }
    }
    /// Whether somebody simply did not come, which can be known only once it should have begun.
    #[must_use]
    pub const fn is_no_show(self) -> bool {
        matches!(self, Self::ClientNoShow | Self::InterpreterNoShow)
    }
}
