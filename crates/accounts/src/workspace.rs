use crate::Holidays;
use interpres_gate::{Json, Office, SecurityRules, Settings, record};
use interpres_types::{Currency, Email, Instant, Line, Note, Phone, WorkspaceId, Zone};
use std::ops::RangeInclusive;

record! {
    /// One tenant. Its record's id is the workspace's own.
    pub struct Workspace from NewWorkspace in "workspace" by WorkspaceId {
        /// Its name.
        name: Line<120>,
        /// The zone its office is in.
        zone: Zone,
        /// The currency it bills in.
        currency: Currency,
        /// Since when it is under HIPAA mode, if it is.
        hipaa_mode_since: Option<Instant>,
        /// When HIPAA mode was switched off, if it was on and is not any more.
        hipaa_mode_ended_at: Option<Instant>,
        /// Its settings; each room has its part.
        settings: Json<Settings>,
    }
}

interpres_gate::setting!(Holidays);

interpres_gate::settings! {
    /// What a workspace puts on invoices, and its payment terms (AC12).
    pub struct BusinessSettings {
        /// Its name in law, where it is another.
        legal_name: Option<Line<160>> = None;
        /// Its address, a line each.
        address: Option<Note<400>> = None;
        /// Its telephone number.
        phone: Option<Phone> = None;
        /// Its address for mail.
        email: Option<Email> = None;
        /// The days on which its office is closed.
        holidays: Holidays = Holidays::default();
        /// Days from an invoice's date until it is due.
        payment_days: i64 = 30, in BusinessSettings::PAYMENT_DAYS;
    }
}

impl BusinessSettings {
    /// Range of [`BusinessSettings::payment_days`].
    pub const PAYMENT_DAYS: RangeInclusive<i64> = 1..=180;
}

impl Workspace {
    /// The settings that any page may need.
    #[must_use]
    pub fn office(&self) -> Office {
        self.settings.of()
    }
    /// Invoice and payment settings.
    #[must_use]
    pub fn business(&self) -> BusinessSettings {
        self.settings.of()
    }
    /// Session, second-factor and password settings.
    #[must_use]
    pub fn security(&self) -> SecurityRules {
        SecurityRules::of(&self.settings, self.hipaa_mode_since.is_some())
    }
    /// The letterhead: legal name (or display name), address and contact details, one per line.
    #[must_use]
    pub fn letterhead(&self) -> Vec<String> {
        let BusinessSettings {
            legal_name,
            address,
            phone,
            email,
            ..
        } = self.business();
        let name = legal_name.map_or_else(|| self.name.to_string(), String::from);
        let address = address.map(String::from).unwrap_or_default();
        let reached = [
            phone.map(|phone| phone.to_string()),
            email.map(|email| email.to_string()),
        ];
        std::iter::once(name)
            .chain(address.lines().map(str::to_owned))
            .chain(reached.into_iter().flatten())
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect()
    }
}
