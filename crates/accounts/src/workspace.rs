use interpres_gate::{Json, record};
use interpres_types::{Currency, Instant, Line, WorkspaceId, Zone};

record! {
    /// One tenant. Its record's id is the workspace's own.
    pub struct Workspace in "workspace" by WorkspaceId {
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
