//! The binary as a process: started, killed, started again, and started wrongly.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a story that goes wrong should stop"
)]
mod backup;
mod faults;
mod front;
mod full_disk;
mod kit;
mod live;
mod place;
#[path = "../../../testkit/src/postgres.rs"]
#[expect(
    dead_code,
    unreachable_pub,
    reason = "stories ask more of it, by the harness"
)]
mod postgres;
mod tls;

use kit::{Server, booking, download, folder, key_of, policy_of, run};
use serde_json::Value;
use std::{
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

#[test]
fn killed_under_load_it_loses_nothing_that_was_acknowledged() {
    let data = folder("kill");
    Server::start(&data).stop();
    let dora = key_of(&data, "Dora");
    let (tell, told) = mpsc::channel();
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let server = Server::start(&data);
        let done = Arc::new(AtomicBool::new(false));
        let clients: Vec<_> = (0..16)
            .map(|client| {
                let (address, key, done, tell) = (
                    server.address.clone(),
                    dora.clone(),
                    done.clone(),
                    tell.clone(),
                );
                thread::spawn(move || {
                    for n in 0.. {
                        if done.load(Ordering::Relaxed) {
                            return;
                        }
                        let reference = format!("L-{round}-{client}-{n}");
                        match Server::ask(
                            &address,
                            &key,
                            "POST",
                            "/api/v1/appointments",
                            &booking(&reference),
                        ) {
                            Some((201, _)) => tell.send(reference).unwrap(),
                            Some((status, problem)) => panic!("{status}: {problem}"),
                            None => return,
                        }
                    }
                })
            })
            .collect();
        // All are at work when it is killed, however slow the machine is.
        for _ in 0..16 {
            acknowledged.push(
                told.recv_timeout(Duration::from_secs(120))
                    .expect("the server acknowledges"),
            );
        }
        server.kill();
        done.store(true, Ordering::Relaxed);
        clients.into_iter().for_each(|c| c.join().unwrap());
    }
    acknowledged.extend(told.try_iter());
    let server = Server::start(&data);
    for reference in &acknowledged {
        let (_, list) = Server::ask(
            &server.address,
            &dora,
            "GET",
            &format!("/api/v1/appointments?q={reference}&limit=1"),
            "",
        )
        .unwrap();
        assert_eq!(
            list["items"][0]["lep_client"], "Rosa Kanarya",
            "{reference} is lost"
        );
    }
    server.stop();
    let report = run(&["audit", "verify"], &data, "");
    let text = String::from_utf8_lossy(&report.stdout).into_owned();
    assert!(
        report.status.success() && text.contains("good") && !text.contains("BROKEN"),
        "{text}"
    );
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn started_again_all_is_there_and_without_its_master_key_it_refuses() {
    let data = folder("master");
    let server = Server::start(&data);
    let dora = key_of(&data, "Dora");
    assert_eq!(
        Server::ask(
            &server.address,
            &dora,
            "POST",
            "/api/v1/appointments",
            &booking("KEPT-1")
        )
        .unwrap()
        .0,
        201
    );
    let second = run(&["serve", "--listen", "127.0.0.1:0"], &data, "");
    assert!(
        String::from_utf8_lossy(&second.stderr).contains("another Interpres is running"),
        "{second:?}"
    );
    server.stop();
    let server = Server::start(&data);
    let (_, list) = Server::ask(
        &server.address,
        &dora,
        "GET",
        "/api/v1/appointments?q=KEPT-1",
        "",
    )
    .unwrap();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    server.stop();
    std::fs::rename(data.join("master.key"), data.join("elsewhere")).unwrap();
    let refused = run(&["serve", "--listen", "127.0.0.1:0"], &data, "");
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && words.contains("master key") && words.contains("is missing"),
        "{words}"
    );
    assert!(!data.join("master.key").exists(), "no new key was made");
    std::fs::write(data.join("master.key"), "00".repeat(32)).unwrap();
    std::fs::set_permissions(
        data.join("master.key"),
        std::os::unix::fs::PermissionsExt::from_mode(0o600),
    )
    .unwrap();
    let wrong = run(&["serve", "--listen", "127.0.0.1:0"], &data, "");
    assert!(
        String::from_utf8_lossy(&wrong.stderr).contains("does not open with this master key"),
        "{wrong:?}"
    );
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn setup_makes_the_first_owner_and_says_what_is_wrong_with_a_password() {
    let data = folder("setup");
    let args = [
        "setup",
        "--workspace",
        "Test Agency",
        "--zone",
        "America/Denver",
        "--owner",
        "Ada Quill",
        "--email",
        "ada@agency.example",
    ];
    let short = run(&args, &data, "short\n");
    assert!(
        !short.status.success()
            && String::from_utf8_lossy(&short.stderr).contains("15 to 128 characters"),
        "{short:?}"
    );
    let done = run(&args, &data, "violet kettle harbor nineteen\n");
    assert!(
        done.status.success() && String::from_utf8_lossy(&done.stdout).contains("Test Agency"),
        "{done:?}"
    );
    let twice = run(&args, &data, "violet kettle harbor nineteen\n");
    assert!(
        !twice.status.success() && String::from_utf8_lossy(&twice.stderr).contains("email"),
        "{twice:?}"
    );
    let zone = run(
        &[
            "setup",
            "--workspace",
            "X",
            "--zone",
            "Nowhere",
            "--owner",
            "A B",
            "--email",
            "b@agency.example",
        ],
        &data,
        "violet kettle harbor nineteen\n",
    );
    assert!(
        String::from_utf8_lossy(&zone.stderr).contains("must be a time zone"),
        "{zone:?}"
    );
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn an_export_from_the_running_server_satisfies_the_script_for_auditors() {
    let data = folder("export");
    Server::start(&data).stop();
    let (server, carl) = (Server::start(&data), key_of(&data, "Carl"));
    let whole = download(&server.address, &carl, "/api/v1/audit/export");
    let part = download(
        &server.address,
        &carl,
        "/api/v1/audit/export?action=appointment.book",
    );
    let (_, problem) = Server::ask(
        &server.address,
        &key_of(&data, "Dora"),
        "GET",
        "/api/v1/audit/export",
        "",
    )
    .unwrap();
    assert_eq!(problem["status"], 403);
    server.stop();
    let workspace =
        serde_json::from_str::<Value>(whole.lines().next().unwrap()).unwrap()["workspace"]
            .as_str()
            .unwrap()
            .to_owned();
    std::fs::write(data.join("policy"), policy_of(&data, &workspace)).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/verify_audit_log.py");
    for (text, good) in [
        (whole.clone(), true),
        (part, true),
        (
            whole.replacen("appointment.book", "appointment.boot", 1),
            false,
        ),
    ] {
        std::fs::write(data.join("export"), text).unwrap();
        let said = Command::new("python3")
            .arg(&script)
            .arg(data.join("policy"))
            .arg(data.join("export"))
            .output()
            .unwrap();
        assert_eq!(
            said.status.success(),
            good,
            "{}",
            String::from_utf8_lossy(&said.stdout)
        );
    }
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn the_operator_changes_keys_beside_the_running_server_and_a_rotation_that_was_stopped_is_finished()
{
    let data = folder("rotate");
    Server::start(&data).stop();
    let (server, dora) = (Server::start(&data), key_of(&data, "Dora"));
    let (status, booked) = Server::ask(
        &server.address,
        &dora,
        "POST",
        "/api/v1/appointments",
        &booking("R-1"),
    )
    .unwrap();
    assert_eq!(status, 201);
    let id = booked["id"].as_str().unwrap().to_owned();
    let before = std::fs::read(data.join("master.key")).unwrap();
    for act in ["rotate-master", "rotate-workspaces", "hand-over-logs"] {
        let told = run(&["keys", act], &data, "");
        assert!(
            told.status.success(),
            "{act}: {}{}",
            String::from_utf8_lossy(&told.stdout),
            String::from_utf8_lossy(&told.stderr)
        );
    }
    assert!(run(&["audit", "sweep"], &data, "").status.success());
    assert_ne!(std::fs::read(data.join("master.key")).unwrap(), before);
    let path = format!("/api/v1/appointments/{id}");
    assert_eq!(
        Server::ask(&server.address, &dora, "GET", &path, "")
            .unwrap()
            .1["lep_client"],
        "Rosa Kanarya"
    );
    server.kill();
    // As a machine leaves it that lost its power right after the next key was written.
    std::fs::write(
        data.join("master.key.new"),
        format!("{}\n", "5e".repeat(32)),
    )
    .unwrap();
    std::fs::set_permissions(
        data.join("master.key.new"),
        std::os::unix::fs::PermissionsExt::from_mode(0o600),
    )
    .unwrap();
    let server = Server::start(&data);
    assert_eq!(
        Server::ask(&server.address, &dora, "GET", &path, "")
            .unwrap()
            .1["lep_client"],
        "Rosa Kanarya"
    );
    server.stop();
    assert!(!data.join("master.key.new").exists());
    assert_eq!(
        std::fs::read_to_string(data.join("master.key"))
            .unwrap()
            .trim(),
        "5e".repeat(32)
    );
    let verified = run(&["audit", "verify"], &data, "");
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stdout)
    );
    assert!(
        run(&["keys", "rotate-workspaces"], &data, "")
            .status
            .success(),
        "without a server it is done here"
    );
    std::fs::remove_dir_all(data).unwrap();
}
