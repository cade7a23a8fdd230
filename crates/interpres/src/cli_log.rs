//! The log looked at from the command line, without a server.
use crate::at_place::look_into;
use crate::cli::DataArgs;
use std::process::ExitCode;

pub(crate) async fn heads(place: &DataArgs) -> Result<ExitCode, String> {
    let gate = look_into(place).await?;
    for workspace in gate
        .all_with_logs()
        .await
        .map_err(|refusal| refusal.to_string())?
    {
        if let Some(head) = gate
            .log_head(workspace)
            .await
            .map_err(|refusal| refusal.to_string())?
        {
            println!("log {}\n\n{}", head.first_key, head.checkpoint);
        }
    }
    gate.close().await;
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn verify(place: &DataArgs) -> Result<ExitCode, String> {
    let gate = look_into(place).await?;
    let mut good = true;
    for workspace in gate
        .all_with_logs()
        .await
        .map_err(|refusal| refusal.to_string())?
    {
        let report = gate
            .verify_log(workspace)
            .await
            .map_err(|refusal| refusal.to_string())?;
        let well = report.problems.is_empty() && report.beside.is_empty();
        let word = if well { "good" } else { "BROKEN" };
        println!(
            "{workspace}: {word}, {} entries, {} waiting for their number",
            report.entries, report.pending
        );
        for problem in report.problems.iter().chain(&report.beside) {
            println!("  {problem}");
        }
        good &= well;
    }
    gate.close().await;
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
