//! Who may take files away under HIPAA mode.
use interpres_accounts::{Member, Workspace};
use interpres_gate::{Action, Command, Granted, Refusal, WriteTx, async_trait};
use interpres_types::MemberId;

interpres_gate::settings! {
    /// A workspace's settings for exports.
    pub(crate) struct ExportSettings {
        /// Whether someone has reviewed the list of exporters.
        exporters_named: bool = false;
    }
}

/// Names who may export under HIPAA mode, in addition to the owners.
#[derive(Debug)]
pub struct NameExporters {
    /// The members.
    pub members: Vec<MemberId>,
}

#[async_trait]
impl Command for NameExporters {
    const ACTION: Action = Action::HipaaExporters;
    type Outcome = usize;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<usize, Refusal> {
        tx.alone("exporters").await?;
        let id = tx.actor().workspace();
        let may_ever = "ended_at is null and (may_export = true or role in ('owner', 'admin', 'compliance', 'billing', 'manager'))";
        let members: Vec<Member> = tx.every(may_ever, vec![]).await?;
        if self
            .members
            .iter()
            .any(|id| !members.iter().any(|m| m.id == *id))
        {
            return Err(Refusal::invalid(
                "members",
                "must be admins, managers, billing or compliance officers of this workspace",
            ));
        }
        for mut member in members {
            let may = self.members.contains(&member.id);
            if member.may_export.unwrap_or(false) != may {
                member.may_export = Some(may);
                tx.save(&member).await?;
            }
        }
        let mut workspace: Workspace = tx.find(id).await?;
        workspace.settings.0.put(&ExportSettings {
            exporters_named: true,
        });
        tx.save(&workspace).await?;
        Ok(self.members.len())
    }
}
