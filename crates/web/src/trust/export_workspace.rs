//! A workspace's file as a download, for page and API alike.
use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use interpres_accounts::{Password, PasswordRules};
use interpres_compliance::{ExportWaiting, PrepareFile};
use interpres_gate::{
    Actor, ExportWorkspace, Gate, Refusal, Released, WorkspaceExport, WorkspacePlan,
};
use interpres_types::Field;
use schemars::JsonSchema;
use serde::Deserialize;

/// What a file is sealed by.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PassphraseInput {
    /// 15 to 128 characters that are not easy to guess; required. It is kept nowhere.
    pub(crate) passphrase: Field,
}

impl PassphraseInput {
    fn good(&self, actor: &Actor) -> Result<String, Refusal> {
        let raw = self.passphrase.raw();
        let rule = |rule| Refusal::invalid("passphrase", rule);
        Password::choose(
            raw,
            &[actor.name(), actor.workspace_name()],
            &PasswordRules::for_somebody(false),
        )
        .map(|_| raw.to_owned())
        .map_err(rule)
    }
}

/// Everything of the workspace.
pub(crate) async fn send(
    gate: &Gate,
    actor: &Actor,
    input: &PassphraseInput,
) -> Result<Response, Refusal> {
    let passphrase = input.good(actor)?;
    stream(gate, gate.view(actor, ExportWorkspace).await?, passphrase).await
}

/// What waits to be purged.
pub(crate) async fn send_waiting(
    gate: &Gate,
    actor: &Actor,
    input: &PassphraseInput,
) -> Result<Response, Refusal> {
    let passphrase = input.good(actor)?;
    gate.perform(actor, PrepareFile).await?;
    stream(gate, gate.view(actor, ExportWaiting).await?, passphrase).await
}

async fn stream(
    gate: &Gate,
    plan: Released<WorkspacePlan>,
    passphrase: String,
) -> Result<Response, Refusal> {
    let gate = gate.clone();
    let begun = tokio::task::spawn_blocking(move || gate.begin_workspace_export(plan, &passphrase))
        .await
        .map_err(Refusal::fault)??;
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", begun.file_name()))
        .map_err(Refusal::fault)?;
    let body = Body::from_stream(futures_util::stream::try_unfold(begun, next));
    Ok((
        [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/octet-stream"),
            ),
            (header::CONTENT_DISPOSITION, name),
        ],
        body,
    )
        .into_response())
}

/// A failure half-way cuts the file off, and then it does not open to its end.
async fn next(
    mut export: WorkspaceExport,
) -> Result<Option<(Vec<u8>, WorkspaceExport)>, std::io::Error> {
    match export.next_piece().await {
        Ok(piece) => Ok(piece.map(|bytes| (bytes, export))),
        Err(refusal) => Err(std::io::Error::other(
            refusal.logged("sending a workspace's file").word(),
        )),
    }
}
