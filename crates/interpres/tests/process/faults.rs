//! The system fails once, at one call of many: nothing that was acknowledged may be lost, nothing
//! may be taken for what it is not, and the log verifies (the method of Tessera's tests).
use crate::kit::{BINARY, Server, booking, folder, key_of, run};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// A server of which one system call fails; nothing when it does not get as far as listening.
fn start(data: &Path, call: &str, effect: &str, when: u32) -> (Child, Option<String>) {
    let inject = format!("inject={call}:{effect}:when={when}");
    let trace = format!("trace={call}");
    let mut command = Command::new("strace");
    command
        .args([
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            &trace,
            "-e",
            &inject,
            BINARY,
            "demo",
            "--bare",
            "--listen",
            "127.0.0.1:0",
            "--data",
        ])
        .arg(data);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Debian's package strace");
    let out = BufReader::new(child.stdout.take().unwrap());
    let address = out.lines().map_while(Result::ok).find_map(|line| {
        Some(
            line.strip_prefix("Interpres is at http://")?
                .split(' ')
                .next()?
                .to_owned(),
        )
    });
    (child, address)
}

/// Takes the traced server away; its tracer ends with it.
fn end(mut tracer: Child) {
    let children = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", tracer.id()))
        .unwrap_or_default();
    for pid in children.split_whitespace() {
        Command::new("kill")
            .args(["-9", pid])
            .stderr(Stdio::null())
            .status()
            .unwrap();
    }
    tracer.wait().unwrap();
}

#[test]
fn whichever_call_of_the_system_fails_once_nothing_acknowledged_is_lost_and_the_log_verifies() {
    let data = folder("faults");
    Server::start(&data).stop();
    let (dora, mut acknowledged, mut refused) = (key_of(&data, "Dora"), Vec::new(), 0);
    let faults = [
        ("fdatasync", "error=EIO"),
        ("fdatasync", "signal=KILL"),
        ("pwrite64", "error=ENOSPC"),
        ("pwrite64", "error=EIO"),
        ("pwrite64", "signal=KILL"),
        ("openat", "error=EIO"),
    ];
    for (call, effect) in faults {
        for when in if call == "openat" {
            [40, 60, 75]
        } else {
            [6, 17, 40]
        } {
            let (tracer, address) = start(&data, call, effect, when);
            for n in 0..12 {
                let Some(address) = &address else { break };
                let reference = format!("F-{call}-{}-{when}-{n}", effect.replace('=', "-"));
                match Server::ask(
                    address,
                    &dora,
                    "POST",
                    "/api/v1/appointments",
                    &booking(&reference),
                ) {
                    Some((201, _)) => acknowledged.push(reference),
                    Some((status @ (500 | 503), _)) => refused += usize::from(status > 0),
                    Some((status, problem)) => {
                        panic!("{call} {effect} {when}: {status}: {problem}")
                    }
                    None => refused += 1,
                }
            }
            end(tracer);
            let report = run(&["audit", "verify"], &data, "");
            assert!(
                report.status.success(),
                "{call} {effect} {when}: {}{}",
                String::from_utf8_lossy(&report.stdout),
                String::from_utf8_lossy(&report.stderr)
            );
        }
    }
    assert!(
        acknowledged.len() > 60 && refused > 3,
        "{} acknowledged, {refused} not",
        acknowledged.len()
    );
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
    assert!(run(&["audit", "sweep"], &data, "").status.success());
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn a_process_that_crashes_leaves_no_core_file_behind() {
    use std::os::unix::process::ExitStatusExt;
    let data = folder("core");
    Server::start(&data).stop();
    let crash = |program: &str| {
        let script = format!(
            "cd {} && ulimit -c unlimited && exec {program}",
            data.display()
        );
        let mut child = Command::new("sh")
            .args(["-c", &script])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        while out.read_line(&mut line).unwrap() > 0
            && !line.contains("Interpres is at")
            && !line.contains("ready")
        {
            line.clear();
        }
        Command::new("kill")
            .args(["-ABRT", &child.id().to_string()])
            .status()
            .unwrap();
        child.wait().unwrap()
    };
    let other = crash("sh -c 'echo ready; exec sleep 100'");
    assert_eq!(other.signal(), Some(6));
    let ours = crash(&format!(
        "{BINARY} demo --bare --listen 127.0.0.1:0 --data {}",
        data.display()
    ));
    assert_eq!(
        (ours.signal(), ours.core_dumped()),
        (Some(6), false),
        "memory with open keys must not reach a disk"
    );
    std::fs::remove_dir_all(data).unwrap();
}
