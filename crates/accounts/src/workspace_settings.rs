//! What a workspace is called, where it is, and from when its interpreters see a client's name (AC5, AC12).
use crate::{Workspace, security::number};
use interpres_gate::{Action, Command, Permission, Query, REVEAL_HOURS, ReadTx, Refusal, WriteTx, reveal_hours};
use interpres_types::{Field, Line, Problems, Zone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The workspace's settings.
#[derive(Clone, Debug)]
pub struct ShowWorkspace;

/// The settings as they stand.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WorkspaceView {
    /// The version of the workspace's record.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// The zone its office is in (IANA).
    pub zone: String,
    /// The currency it bills in.
    pub currency: String,
    /// Hours before the start from which an assigned interpreter sees the client's name.
    pub reveal_hours: i64,
}

impl Query for ShowWorkspace {
    const ACTION: Action = Action::WorkspaceShow;
    const PERMISSION: Permission = Permission::SetWorkspace;
    type View = WorkspaceView;
    async fn answer(self, tx: &mut ReadTx) -> Result<WorkspaceView, Refusal> {
        let workspace: Workspace = tx.find(tx.actor().workspace()).await?;
        Ok(WorkspaceView {
            version: workspace.version,
            reveal_hours: reveal_hours(&workspace.settings.0),
            name: workspace.name.into(),
            zone: workspace.zone.to_string(),
            currency: workspace.currency.to_string(),
        })
    }
}

/// What they shall be.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WorkspaceInput {
    /// Its name; required.
    pub name: Field,
    /// The zone its office is in (IANA), such as America/Denver; required. Appointments keep their own.
    pub zone: Field,
    /// Hours before the start from which an assigned interpreter sees the client's name, 1 to 72; required.
    pub reveal_hours: Field,
}

/// Sets them; they hold from the next request on.
#[derive(Debug)]
pub struct SetWorkspace {
    /// The version that was seen.
    pub version: Option<i64>,
    /// What they shall be.
    pub input: WorkspaceInput,
}

/// The version of the workspace's record now.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedWorkspace {
    /// The version.
    pub version: i64,
}

impl Command for SetWorkspace {
    const ACTION: Action = Action::WorkspaceSet;
    const PERMISSION: Permission = Permission::SetWorkspace;
    type Outcome = SavedWorkspace;
    async fn run(self, tx: &mut WriteTx) -> Result<SavedWorkspace, Refusal> {
        let mut p = Problems::none();
        let (name, zone) = (p.need::<Line<120>>("name", &self.input.name), p.need::<Zone>("zone", &self.input.zone));
        let hours = number(&mut p, "reveal_hours", &self.input.reveal_hours, REVEAL_HOURS.1);
        let (Some(name), Some(zone), true) = (name, zone, p.is_empty()) else { return Err(p.into()) };
        let id = tx.actor().workspace();
        let mut workspace: Workspace = tx.find(id).await?;
        workspace.version = self.version.unwrap_or(workspace.version);
        (workspace.name, workspace.zone) = (name, zone);
        workspace.settings.0.insert("reveal_hours".to_owned(), hours.to_string());
        Ok(SavedWorkspace { version: tx.save(&workspace).await?.version })
    }
}
