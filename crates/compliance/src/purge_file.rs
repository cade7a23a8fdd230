//! Taking away what will be purged, before it is.
use crate::{Purge, erase_client::sealed_records};
use interpres_gate::{
    Action, Command, Granted, Query, ReadTx, Refusal, WorkspacePlan, WriteTx, async_trait,
    fresh_receipt,
};
use interpres_scheduling::Appointment;
use interpres_types::{Field, Line, Problems, TypedReference};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const MOST_IN_A_FILE: i64 = 500;

/// Assigns queued appointments that are in no file yet to the next one; at most 500.
#[derive(Debug)]
pub struct PrepareFile;

#[async_trait]
impl Command for PrepareFile {
    const ACTION: Action = Action::RetentionFile;
    type Outcome = usize;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<usize, Refusal> {
        let receipt: Line<40> = Line::kept(fresh_receipt(tx.random()));
        let waiting: Vec<Purge> = tx
            .list(
                "where purged_at is null and filed_at is null order by id limit $1",
                vec![MOST_IN_A_FILE.into()],
            )
            .await?;
        if waiting.is_empty() {
            return Err(Refusal::conflict(
                "Nothing waits that stands in no file yet.",
            ));
        }
        let count = waiting.len();
        for mut purge in waiting {
            purge.file_receipt = Some(receipt.clone());
            tx.save(&purge).await?;
        }
        Ok(count)
    }
}

/// The file that was prepared last: every record of these appointments with all its versions.
#[derive(Debug)]
pub struct ExportWaiting;

#[async_trait]
impl Query for ExportWaiting {
    const ACTION: Action = Action::RetentionExport;
    type View = WorkspacePlan;
    async fn answer(self, tx: &mut ReadTx) -> Result<WorkspacePlan, Refusal> {
        let sql = "where purged_at is null and filed_at is null and file_receipt is not null order by id limit $1";
        let waiting: Vec<Purge> = tx.list(sql, vec![MOST_IN_A_FILE.into()]).await?;
        let receipt = waiting
            .first()
            .and_then(|p| p.file_receipt.clone())
            .ok_or(Refusal::NotFound)?;
        let mut records: Vec<(&str, String)> = Vec::new();
        for purge in waiting
            .into_iter()
            .filter(|p| p.file_receipt.as_ref() == Some(&receipt))
        {
            let client = tx
                .may_find::<Appointment>(purge.appointment_id)
                .await?
                .and_then(|a| a.client_id);
            let client = client.map(|id| ("client", id.to_string()));
            records.extend(client.filter(|client| !records.contains(client)));
            records.extend(sealed_records(tx, purge.appointment_id).await?);
        }
        tx.plan_export(Some(records), receipt.into()).await
    }
}

/// Confirmation of a file.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfirmInput {
    /// The receipt in the file's last line; required.
    pub receipt: Field,
}

/// Confirms that a file is complete and can be decrypted: its receipt is readable only at its end.
#[derive(Debug)]
pub struct ConfirmFile {
    /// The receipt.
    pub input: ConfirmInput,
}

/// The confirmed file.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Confirmed {
    /// Number of appointments in it.
    pub appointments: usize,
}

#[async_trait]
impl Command for ConfirmFile {
    const ACTION: Action = Action::RetentionFile;
    type Outcome = Confirmed;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Confirmed, Refusal> {
        let mut p = Problems::none();
        let Some(receipt) = p
            .need::<TypedReference>("receipt", &self.input.receipt)
            .map(|receipt| receipt.0)
        else {
            return Err(p.into());
        };
        let sql = "where file_receipt = $1 and purged_at is null and filed_at is null order by id limit $2";
        let found: Vec<Purge> = tx
            .list(sql, vec![receipt.as_str().into(), MOST_IN_A_FILE.into()])
            .await?;
        if found.is_empty() {
            return Err(Refusal::invalid(
                "receipt",
                "is not what the latest file says in its last line",
            ));
        }
        let appointments = found.len();
        for mut purge in found {
            purge.filed_at = Some(tx.now());
            tx.save(&purge).await?;
        }
        Ok(Confirmed { appointments })
    }
}
