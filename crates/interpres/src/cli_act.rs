//! What is done through a running server, or without one where none runs.
use crate::at_place::{hold, look_into, open_desk, something_is_there};
use crate::cli::DataArgs;
use interpres::control::{self, Act};
use interpres_gate::{RestoreInput, RestoreOwnRecord};
use interpres_types::INSTALLATION;
use std::process::ExitCode;

pub(crate) async fn waiting(place: &DataArgs) -> Result<ExitCode, String> {
    let gate = look_into(place).await?;
    for leaf in gate
        .unnumbered()
        .await
        .map_err(|refusal| refusal.to_string())?
    {
        println!("{leaf}");
    }
    gate.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Asks the running server, or does it here when none is running.
pub(crate) async fn act(place: &DataArgs, act: Act) -> Result<ExitCode, String> {
    let told = match control::ask(&place.data, &act)
        .await
        .map_err(|e| format!("the running server went away: {e}"))?
    {
        Some(told) => told,
        None => {
            let _held = hold(&place.data)?;
            something_is_there(place)?;
            let desk = open_desk(place).await?;
            let told = desk.act(act).await;
            desk.gate.close().await;
            told
        }
    };
    println!("{}", told.words);
    Ok(if told.good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

pub(crate) async fn restore(
    place: &DataArgs,
    workspace: Option<String>,
    kind: String,
    record: String,
) -> Result<ExitCode, String> {
    let _held = hold(&place.data)?;
    let gate = look_into(place).await?;
    let of = match workspace {
        None => INSTALLATION,
        Some(name) => {
            let known = gate
                .workspace_named(&name)
                .await
                .map_err(|refusal| refusal.to_string())?;
            known.ok_or_else(|| format!("there is no workspace {name}"))?
        }
    };
    let input = RestoreInput {
        kind: kind.into(),
        record: record.into(),
    };
    let done = gate
        .perform(&gate.operator(of), RestoreOwnRecord { input })
        .await
        .map(|restored| restored.version);
    gate.close().await;
    println!(
        "it is version {} again",
        done.map_err(|refusal| refusal.to_string())?
    );
    Ok(ExitCode::SUCCESS)
}
