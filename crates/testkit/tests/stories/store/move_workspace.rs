//! A workspace is taken away as a file and brought into another installation.
use super::WORDS;
use interpres::{Databases, MasterAt, open, workspace_file};
use interpres_accounts::{SignIn, Visitor, sign_in};
use interpres_compliance::{
    ConfirmFile, ConfirmInput, EraseClient, EraseInput, ExportWaiting, PrepareFile, RetentionInput,
    SetRetention, ShowRetention,
};
use interpres_gate::{
    Clock, ExportWorkspace, Gate, ListEntries, Origin, Refusal, Released, WorkspacePlan,
};
use interpres_scheduling::ShowAppointment;
use interpres_testkit::{House, apply, story};
use interpres_types::Instant;
use interpres_vault::{SealFile, Secret};
use serde_json::Value;
use std::{path::Path, sync::Arc};

pub(super) async fn write(gate: &Gate, plan: Released<WorkspacePlan>, path: &Path) {
    let gate = gate.clone();
    let mut export = tokio::task::spawn_blocking(move || gate.begin_workspace_export(plan, WORDS))
        .await
        .unwrap()
        .unwrap();
    let mut out = Vec::new();
    while let Some(piece) = export.next_piece().await.unwrap() {
        out.extend(piece);
    }
    std::fs::write(path, out).unwrap();
}

fn read(path: &Path) -> Vec<String> {
    let mut out = Vec::new();
    workspace_file::open_file(path, WORDS, workspace_file::FileSelection::All, &mut out).unwrap();
    String::from_utf8(out)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

/// A file of these lines.
fn sealed(lines: &[String]) -> Vec<u8> {
    let (mut file, mut out) = SealFile::begin(&Secret::Passphrase(WORDS)).unwrap();
    out.extend(
        file.add(format!("{}\n", lines.join("\n")).as_bytes())
            .unwrap(),
    );
    out.extend(file.end().unwrap());
    out
}

/// An empty installation beside the house.
pub(super) async fn elsewhere(house: &House) -> (Gate, std::path::PathBuf) {
    let folder = house.folder().with_extension("elsewhere");
    let now = house.gate.now();
    let clock: Clock = Arc::new(move || Instant::from_micros(now.micros()));
    let at = Databases {
        folder: folder.clone(),
        data: None,
        keys: None,
        master: MasterAt::default(),
    };
    (open(&at, clock, false).await.unwrap().0, folder)
}

async fn purged(house: &House) -> i64 {
    let rows = house
        .raw("select count(*) as n from purge_row where purged_at is not null")
        .await;
    rows[0].int("n").unwrap()
}

#[apply(story)]
async fn a_workspace_moved_to_another_installation_holds_every_version_it_held(house: &House) {
    let (olivia, id, gone) = (
        house.enters("Olivia").await,
        house.world.appointments["FR-1001"],
        house.world.appointments["FR-1002"],
    );
    for canceled in [id, gone] {
        house.cancel("Dora", canceled, "other").await.unwrap();
    }
    house
        .gate
        .perform(
            &olivia,
            EraseClient {
                id: gone,
                input: EraseInput {
                    reason: "Request 2027-14".into(),
                },
            },
        )
        .await
        .unwrap();
    while house.gate.destroy_keys().await.unwrap() > 0 {}
    house.number_entries().await;
    house.wait_minutes(1);
    let (there, folder) = elsewhere(house).await;
    let (first, second) = (folder.join("first"), folder.join("second"));
    write(
        &house.gate,
        house.gate.view(&olivia, ExportWorkspace).await.unwrap(),
        &first,
    )
    .await;
    let bytes = std::fs::read(&first).unwrap();
    assert!(
        !bytes.windows(7).any(|w| w == b"Kanarya"),
        "the file is sealed"
    );
    let lines = read(&first);
    assert!(
        lines.iter().any(|l| l.contains("Rosa Kanarya"))
            && lines.iter().any(|l| l.contains("\"erased\":true"))
    );
    assert!(
        !lines.iter().any(|l| l.contains("Mateo Kanarya")),
        "who was erased is not in it"
    );
    assert!(
        workspace_file::import(
            &there,
            &first,
            "another passphrase altogether",
            "olivia@frontrange.example",
            WORDS
        )
        .await
        .unwrap_err()
        .contains("does not open")
    );
    std::fs::write(&second, &bytes[..bytes.len() - 20]).unwrap();
    assert!(
        workspace_file::import(&there, &second, WORDS, "olivia@frontrange.example", WORDS)
            .await
            .is_err(),
        "a file that was cut off"
    );
    assert_eq!(
        there.workspaces().await.unwrap().len(),
        0,
        "nothing came in"
    );
    assert!(
        workspace_file::import(&there, &first, WORDS, "nobody@frontrange.example", WORDS)
            .await
            .unwrap_err()
            .contains("nobody in the file")
    );
    let is = |line: &str, version: i64| {
        serde_json::from_str::<Value>(line)
            .is_ok_and(|l| l["id"] == id.to_string() && l["version"] == version)
    };
    let of = |version: i64| lines.iter().position(|line| is(line, version)).unwrap();
    let mut lacking = lines.clone();
    lacking[of(1)].clone_from(&lines[of(2)]);
    std::fs::write(&second, sealed(&lacking)).unwrap();
    let gap = workspace_file::import(&there, &second, WORDS, "olivia@frontrange.example", WORDS)
        .await
        .unwrap_err();
    assert!(gap.contains("a version of a record is missing"), "{gap}");
    workspace_file::import(&there, &first, WORDS, "olivia@frontrange.example", WORDS)
        .await
        .unwrap();
    assert!(
        workspace_file::import(&there, &first, WORDS, "olivia@frontrange.example", WORDS)
            .await
            .unwrap_err()
            .contains("here already")
    );

    let (doors, visitor) = (Arc::default(), Visitor::default());
    let Ok(SignIn::Open(opened)) =
        sign_in(&there, &doors, "olivia@frontrange.example", WORDS, &visitor).await
    else {
        panic!("the owner is let in")
    };
    let olivia_there = there
        .admit_session(&opened.token, Origin::default())
        .await
        .unwrap()
        .unwrap();
    assert!(
        there
            .view(&olivia_there, ShowAppointment(id))
            .await
            .unwrap()
            .into_inner()
            .lep_client
            .unwrap()
            .is_masked(),
        "second factors stay behind"
    );
    let (olivia_there, _) = interpres::enrol(&there, &olivia_there).await.unwrap();
    let seen = there
        .view(&olivia_there, ShowAppointment(id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(seen.lep_client.unwrap().shown(), "Rosa Kanarya");
    assert!(
        there
            .view(&olivia_there, ShowAppointment(gone))
            .await
            .unwrap()
            .into_inner()
            .lep_client
            .unwrap()
            .is_erased()
    );
    assert!(
        sign_in(
            &there,
            &doors,
            "dora@frontrange.example",
            &house.person("Dora").password,
            &visitor
        )
        .await
        .is_err(),
        "passwords stay behind"
    );
    while there.number_entries().await.unwrap() > 0 {}
    let came = ListEntries {
        action: "workspace.import".into(),
        ..ListEntries::default()
    };
    let came = there.view(&olivia_there, came).await.unwrap();
    assert!(!came.items.is_empty(), "the log tells how it came here");
    let ours = house.ours();
    assert_eq!(
        there.sweep(ours).await.unwrap(),
        0,
        "every record is as it was saved"
    );
    write(
        &there,
        there.view(&olivia_there, ExportWorkspace).await.unwrap(),
        &second,
    )
    .await;
    let content = |lines: &[String]| {
        lines
            .iter()
            .filter(|l| {
                l.contains("\"kind\":") && !l.starts_with("{\"log\"") || l.contains("\"account\":")
            })
            .cloned()
            .collect::<Vec<_>>()
    };
    // What signing in there left is not of the file.
    let (before, after) = (content(&read(&first)), content(&read(&second)));
    let kept = house
        .raw(&format!(
            "select record_id from record_version where workspace_id = '{ours}' and at <= {}",
            house.gate.now().micros() - 10_000_000
        ))
        .await;
    assert_eq!(
        before.iter().filter(|l| l.contains("\"kind\":")).count(),
        kept.len(),
        "every version is in the file"
    );
    assert_eq!(before, after);
    there.close().await;
    let _ = std::fs::remove_dir_all(folder);
}

#[apply(story)]
async fn the_log_in_a_workspaces_file_is_checked_like_any_other(house: &House) {
    house.number_entries().await;
    let (olivia, path) = (
        house.enters("Olivia").await,
        house.folder().join("file.sealed"),
    );
    write(
        &house.gate,
        house.gate.view(&olivia, ExportWorkspace).await.unwrap(),
        &path,
    )
    .await;
    let mut log = Vec::new();
    workspace_file::open_file(&path, WORDS, workspace_file::FileSelection::Log, &mut log).unwrap();
    let head = house
        .gate
        .log_head(house.world.workspaces["Front Range Interpreters"])
        .await
        .unwrap()
        .unwrap();
    let policy =
        interpres_gate::audit_log::Policy::parse(&format!("log {}\n", head.first_key)).unwrap();
    assert_eq!(
        interpres_verifier::check(&log[..], policy, None)
            .unwrap()
            .problems,
        Vec::<String>::new()
    );
}

#[apply(story)]
async fn what_waits_to_be_purged_goes_only_when_its_file_was_opened_to_the_end(house: &House) {
    house
        .from_before_seals("update api_key set ends_at = 9000000000000000")
        .await;
    house
        .cancel("Dora", house.world.appointments["FR-1001"], "other")
        .await
        .unwrap();
    let olivia = house.enters("Olivia").await;
    let input = RetentionInput {
        years: "7".into(),
        file_first: "yes".into(),
        ..RetentionInput::default()
    };
    house
        .gate
        .perform(&olivia, SetRetention { input })
        .await
        .unwrap();
    assert!(
        matches!(
            house.gate.perform(&olivia, PrepareFile).await,
            Err(Refusal::Conflict(_))
        ),
        "nothing waits"
    );
    house.gate.work_off().await.unwrap();
    house.wait_minutes(8 * 366 * 24 * 60);
    house.gate.work_off().await.unwrap();
    house.wait_minutes(15 * 24 * 60);
    house.gate.work_off().await.unwrap();
    assert_eq!(purged(house).await, 0, "it waits for the file");
    house.gate.perform(&olivia, PrepareFile).await.unwrap();
    let path = house.folder().join("file.sealed");
    write(
        &house.gate,
        house.gate.view(&olivia, ExportWaiting).await.unwrap(),
        &path,
    )
    .await;
    let confirm = |receipt: &str| ConfirmFile {
        input: ConfirmInput {
            receipt: receipt.into(),
        },
    };
    assert!(matches!(
        house
            .gate
            .perform(&olivia, confirm("file-ffffffffffffffff"))
            .await,
        Err(Refusal::Invalid(_))
    ));
    let lines = read(&path);
    assert!(lines.iter().any(|l| l.contains("Rosa Kanarya")));
    let end: Value = serde_json::from_str(lines.last().unwrap()).unwrap();
    assert_eq!(
        house
            .gate
            .perform(&olivia, confirm(end["end"]["receipt"].as_str().unwrap()))
            .await
            .unwrap()
            .appointments,
        1
    );
    house.wait_minutes(25 * 60);
    house.gate.work_off().await.unwrap();
    assert_eq!(purged(house).await, 1);
    assert_eq!(
        house
            .gate
            .view(&olivia, ShowRetention::default())
            .await
            .unwrap()
            .waiting_count,
        0
    );
}
