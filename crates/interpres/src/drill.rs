//! Restoring a copy for practice, and what it shows.
use crate::{
    Databases, MasterAt, OpenMaster,
    file_key::file_key,
    open::open_with,
    restore::{Wanted, restore},
    server_copy,
};
use interpres_gate::{Drill, Gate, Refusal};
use interpres_store::check_pages;
use interpres_types::INSTALLATION;
use std::{fs, path::Path, sync::Arc, time::Instant as Stopwatch};

/// Restores the latest copy into a scratch folder, checks it in every way there is, and notes the
/// result in the installation's log.
///
/// # Errors
/// When the drill could not be held; what it found stands in its result.
pub async fn drill(
    gate: &Gate,
    at: &Databases,
    master: &OpenMaster,
    from: &Path,
) -> Result<Drill, String> {
    let name = format!("drill_{}", gate.now().micros());
    let scratch = Databases {
        folder: at.folder.join(&name),
        data: at.data.as_ref().map(|server| server.beside(&name)),
        keys: at
            .keys
            .as_ref()
            .map(|server| server.beside(&format!("{name}_keys"))),
        master: MasterAt::File,
    };
    let held = match make_databases(at, &scratch, "create").await {
        Ok(()) => hold_drill(gate, &scratch, master, from).await,
        Err(problem) => Err(problem),
    };
    let _ = fs::remove_dir_all(&scratch.folder);
    let _ = make_databases(at, &scratch, "drop").await;
    let mut drill = held.unwrap_or_else(|problem| Drill {
        findings: vec![format!("NOT restored: {problem}")],
        ..Drill::default()
    });
    drill.at = gate.now();
    drill.good = drill.findings.iter().all(|f| !f.starts_with("NOT"));
    gate.perform(
        &gate.operator(INSTALLATION),
        interpres_gate::RecordDrill(drill.clone()),
    )
    .await
    .map_err(|refusal| refusal.to_string())?;
    Ok(drill)
}

/// Makes or drops the scratch databases of a drill, where the originals stand on a server.
async fn make_databases(
    at: &Databases,
    scratch: &Databases,
    what: &'static str,
) -> Result<(), String> {
    for (original, copy) in [(&at.data, &scratch.data), (&at.keys, &scratch.keys)] {
        let (Some(original), Some(copy)) = (original.clone(), copy) else {
            continue;
        };
        let name = copy.database();
        let sql = if what == "drop" {
            format!("drop database if exists \"{name}\" with (force)")
        } else {
            format!("create database \"{name}\"")
        };
        let done = tokio::task::spawn_blocking(move || server_copy::asks(&original, &sql))
            .await
            .map_err(|e| e.to_string())?;
        done.map_err(|e| format!("{e} (a drill needs a role that may create databases)"))?;
    }
    Ok(())
}

async fn hold_drill(
    gate: &Gate,
    scratch: &Databases,
    master: &OpenMaster,
    from: &Path,
) -> Result<Drill, String> {
    let began = Stopwatch::now();
    let wanted = Wanted {
        until: None,
        now: gate.now(),
        old_keys: false,
    };
    let restored = restore(from, wanted, scratch, master).await?;
    let key = file_key(&scratch.folder, &*master.shared())
        .await
        .map_err(|e| e.to_string())?;
    let mut findings = Vec::new();
    for (file, purpose) in [("interpres.db", "data file"), ("keys.db", "key file")]
        .into_iter()
        .filter(|(file, _)| scratch.folder.join(file).exists())
    {
        let wrong = check_pages(&scratch.folder.join(file), &key.derive(purpose).hex())
            .await
            .map_err(|e| e.to_string())?;
        findings.push(told(
            wrong.is_empty(),
            format!(
                "{file}: every page is as it was written ({} problems)",
                wrong.len()
            ),
        ));
    }
    let clock = gate.now();
    let copy = open_with(scratch, master, Arc::new(move || clock), false)
        .await
        .map_err(|e| e.to_string())?;
    let seconds = began.elapsed().as_secs();
    let checked = look_at(gate, &copy, &mut findings).await;
    copy.close().await;
    checked.map_err(|refusal| refusal.logged("a drill").to_string())?;
    let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(Drill {
        as_of: restored.as_of,
        seconds: whole(seconds),
        size: whole(restored.size),
        findings,
        ..Drill::default()
    })
}

fn told(good: bool, words: String) -> String {
    if good { words } else { format!("NOT {words}") }
}

async fn look_at(live: &Gate, copy: &Gate, findings: &mut Vec<String>) -> Result<(), Refusal> {
    for ((kind, there), (_, here)) in live.census().await?.into_iter().zip(copy.census().await?) {
        findings.push(told(
            here > 0 || there == 0,
            format!("{kind}: {here} restored, {there} in the original"),
        ));
    }
    for workspace in copy.all_with_logs().await? {
        let report = copy.verify_log(workspace).await?;
        let problems = [report.problems, report.beside].concat();
        findings.push(told(
            problems.is_empty(),
            format!(
                "log of {workspace}: {} entries, verified {}",
                report.entries,
                problems.join("; ")
            ),
        ));
        if let Some(head) = copy.log_head(workspace).await? {
            findings.push(told(
                live.continues(workspace, &head).await?,
                format!("log of {workspace}: the original's log continues it"),
            ));
        }
        let changed = copy.sweep(workspace).await?;
        findings.push(told(
            changed == 0,
            format!("records of {workspace}: {changed} without their checksum"),
        ));
    }
    let (tried, shut) = copy.try_keys(1_000).await?;
    findings.push(told(
        shut == 0,
        format!("{tried} protected values tried, {shut} did not open"),
    ));
    Ok(())
}
