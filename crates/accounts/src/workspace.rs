use crate::Holidays;
use interpres_gate::{Json, Office, record};
use interpres_types::{Currency, Instant, Line, WorkspaceId, Zone};

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
        /// Settings by name.
        settings: Json<std::collections::BTreeMap<String, String>>,
    }
}

/// Days from an invoice's date until it is due, unless a workspace says otherwise; and the most that it can say.
pub const PAYMENT_DAYS: (i64, i64) = (30, 180);

impl Workspace {
    fn said(&self, name: &str) -> &str {
        self.settings
            .0
            .get(name)
            .map(String::as_str)
            .unwrap_or_default()
    }
    /// What it says of itself that any page may need.
    #[must_use]
    pub fn office(&self) -> Office {
        Office::of(&self.settings.0)
    }
    /// Days from an invoice's date until it is due.
    #[must_use]
    pub fn payment_days(&self) -> i64 {
        self.said("payment_days")
            .parse()
            .unwrap_or(PAYMENT_DAYS.0)
            .clamp(1, PAYMENT_DAYS.1)
    }
    /// The days on which its office is closed.
    #[must_use]
    pub fn holidays(&self) -> Holidays {
        self.said("holidays").parse().unwrap_or_default()
    }
    /// What stands at the head of what it sends: its legal name, or the name it has, its address, and how it
    /// is reached, a line each.
    #[must_use]
    pub fn letterhead(&self) -> Vec<String> {
        let legal = Some(self.said("legal_name"))
            .filter(|name| !name.is_empty())
            .unwrap_or(self.name.as_str());
        let lines = self
            .said("address")
            .lines()
            .chain([self.said("phone"), self.said("email")]);
        std::iter::once(legal)
            .chain(lines)
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    }
}
