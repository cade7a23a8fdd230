//! The place an installation stands in: its folder, its disk, its keys.
use crate::kit::{BINARY, STILL_RUNNING, Server, booking, folder, key_of, run};
use std::{
    fs::{self, Permissions},
    os::unix::fs::{FileTypeExt, PermissionsExt},
    path::Path,
    process::{Command, Stdio},
};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

pub(crate) fn said(output: &std::process::Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|o| o.stdout.trim_ascii() == b"0")
}

/// Started wrongly: gives what it says, and asserts that it fails.
pub(crate) fn refused(args: &[&str], data: &Path) -> String {
    let output = run(args, data, "");
    assert_ne!(
        output.status.code(),
        Some(STILL_RUNNING),
        "it serves: {}",
        said(&output)
    );
    assert!(
        !output.status.success() && output.status.code().is_some(),
        "{}",
        said(&output)
    );
    said(&output)
}

pub(crate) const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

#[test]
fn whatever_mask_and_mode_it_begins_with_folder_files_and_control_socket_are_the_owners_alone() {
    let data = folder("mask");
    fs::create_dir_all(&data).unwrap();
    fs::set_permissions(&data, Permissions::from_mode(0o777)).unwrap();
    fs::write(data.join("demo.json"), "{}").unwrap();
    fs::set_permissions(data.join("demo.json"), Permissions::from_mode(0o666)).unwrap();
    let script = data.with_extension("sh");
    fs::write(&script, format!("umask 000; exec {BINARY} \"$@\"")).unwrap();
    let mut command = Command::new("sh");
    command.args([script.to_str().unwrap(), "demo", "--bare"]);
    let server = Server::start_by(command, &data);
    assert_eq!(mode(&data), 0o700);
    for entry in fs::read_dir(&data).unwrap().flatten() {
        // What is written beside and moved into place may be gone again.
        let Ok(found) = entry.metadata() else {
            continue;
        };
        assert_eq!(
            found.permissions().mode() & 0o777,
            if found.is_dir() { 0o700 } else { 0o600 },
            "{}",
            entry.path().display()
        );
    }
    assert!(
        fs::metadata(data.join("control.sock"))
            .unwrap()
            .file_type()
            .is_socket()
    );
    if is_root() {
        // Even where somebody opens folder and socket to all, only the server's user and root are
        // answered.
        fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(data.join("control.sock"), Permissions::from_mode(0o777)).unwrap();
        let ask = format!(
            "import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect('{}'); \
            sys.stdout.write('connected:'); sys.stdout.flush(); s.sendall(b'\"sweep\"\\n'); \
            sys.stdout.write(s.recv(9999).decode())",
            data.join("control.sock").display()
        );
        // By the system's own Python: one that stands in somebody's home can't be started by a
        // stranger.
        let mut as_nobody = Command::new("setpriv");
        as_nobody
            .args([
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "python3",
                "-c",
                &ask,
            ])
            .env("PATH", "/usr/local/bin:/usr/bin:/bin");
        let as_nobody = as_nobody.output().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&as_nobody.stdout),
            "connected:",
            "a stranger comes to the socket and is not answered: {}",
            said(&as_nobody)
        );
        let as_root = Command::new("python3").args(["-c", &ask]).output().unwrap();
        assert!(
            String::from_utf8_lossy(&as_root.stdout).contains("good"),
            "{}",
            said(&as_root)
        );
    }
    server.stop();
    fs::remove_dir_all(data).unwrap();
}

#[test]
fn a_folder_of_another_user_or_that_cannot_be_written_is_told_with_path_user_and_command() {
    if !is_root() {
        return;
    }
    let data = folder("foreign");
    fs::create_dir_all(&data).unwrap();
    let as_nobody = |to: &Path| {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=65534", "--regid=65534", "--clear-groups", BINARY])
            .args(SERVE)
            .arg("--data")
            .arg(to)
            .stdin(Stdio::null());
        command.output().unwrap()
    };
    let path = data.to_str().unwrap();
    fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
    for (to, command) in [
        (data.clone(), format!("sudo chown -R 65534 {path}")),
        (
            data.join("new"),
            format!("sudo install -d -m 700 -o 65534 {path}/new"),
        ),
    ] {
        let output = as_nobody(&to);
        let words = said(&output);
        assert_eq!(output.status.code(), Some(1), "{words}");
        assert!(
            words.contains(path) && words.contains("uid 65534") && words.contains(&command),
            "{words}"
        );
    }
    fs::remove_dir_all(data).unwrap();
}

#[test]
fn a_folder_with_a_long_path_is_served_and_the_operator_heard() {
    let data = folder("long")
        .join("a-folder-far-down-in-the-tree".repeat(4))
        .join("and-one-more");
    assert!(data.as_os_str().len() > 120);
    let server = Server::start(&data);
    let swept = run(&["audit", "sweep"], &data, "");
    assert!(
        swept.status.success() && said(&swept).contains("good"),
        "the running server is asked: {}",
        said(&swept)
    );
    server.stop();
    fs::remove_dir_all(folder("long")).unwrap_or_default();
}

#[test]
fn a_public_address_with_a_path_is_refused_in_words() {
    let data = folder("sub-path");
    for address in [
        "https://agency.example/interpres",
        "https://agency.example/?x=1",
        "agency.example",
        "ftp://agency.example",
    ] {
        let words = refused(
            &[SERVE.as_slice(), &["--public-url", address]].concat(),
            &data,
        );
        assert!(
            words.contains("--public-url")
                && words.contains(address)
                && words.contains("https://interpres."),
            "{words}"
        );
    }
    assert!(!data.exists(), "nothing was made");
}

#[test]
fn wrong_key_files_are_refused_with_a_code_and_in_words_and_the_right_ones_find_all_as_it_was() {
    let (data, other) = (folder("pair"), folder("pair-other"));
    Server::start(&data).stop();
    Server::start(&other).stop();
    let dora = key_of(&data, "Dora");
    let server = Server::start(&data);
    assert_eq!(
        Server::ask(
            &server.address,
            &dora,
            "POST",
            "/api/v1/appointments",
            &booking("PAIR-1")
        )
        .unwrap()
        .0,
        201
    );
    server.stop();
    let early = fs::read(data.join("keys.db")).unwrap();
    let server = Server::start(&data);
    assert_eq!(
        Server::ask(
            &server.address,
            &dora,
            "POST",
            "/api/v1/appointments",
            &booking("PAIR-2")
        )
        .unwrap()
        .0,
        201
    );
    server.stop();
    let names = ["master.key", "file.key", "keys.db", "interpres.db"];
    let right: Vec<_> = names
        .iter()
        .map(|name| fs::read(data.join(name)).unwrap())
        .collect();
    let put_back = || {
        names
            .iter()
            .zip(&right)
            .for_each(|(name, bytes)| fs::write(data.join(name), bytes).unwrap())
    };
    for (name, words) in [
        ("keys.db", "its key store is not at"),
        ("interpres.db", "its data are not at"),
        ("file.key", "file.key is missing"),
        (
            "master.key",
            "is missing; without it nothing here can be opened",
        ),
    ] {
        fs::remove_file(data.join(name)).unwrap();
        let told = refused(&SERVE, &data);
        assert!(
            told.contains(words) && told.contains(data.to_str().unwrap()),
            "{name}: {told}"
        );
        assert!(!data.join(name).exists(), "{name} was not made anew");
        fs::copy(other.join(name), data.join(name)).unwrap();
        fs::set_permissions(data.join(name), Permissions::from_mode(0o600)).unwrap();
        let told = refused(&SERVE, &data);
        assert!(
            told.contains("does not open with"),
            "another's {name}: {told}"
        );
        put_back();
    }
    fs::write(data.join("keys.db"), early).unwrap();
    let told = refused(&SERVE, &data);
    assert!(
        told.contains("is of an earlier moment") && told.contains("interpres rejoin"),
        "{told}"
    );
    put_back();
    let server = Server::start(&data);
    for reference in ["PAIR-1", "PAIR-2"] {
        let (_, list) = Server::ask(
            &server.address,
            &dora,
            "GET",
            &format!("/api/v1/appointments?q={reference}"),
            "",
        )
        .unwrap();
        assert_eq!(
            list["items"][0]["lep_client"], "Rosa Kanarya",
            "{reference}"
        );
    }
    server.stop();
    for checked in [
        run(&["audit", "verify"], &data, ""),
        run(&["audit", "sweep"], &data, ""),
    ] {
        assert!(checked.status.success(), "{}", said(&checked));
    }
    fs::remove_dir_all(data).unwrap();
    fs::remove_dir_all(other).unwrap();
}

#[test]
fn a_write_ahead_log_that_was_cut_is_named_at_the_next_start() {
    let data = folder("cut");
    Server::start(&data).stop();
    // What is noted from here on is all that the file holds now, and more.
    let _ = fs::remove_file(data.join("seen"));
    let seen = || {
        fs::read_to_string(data.join("seen"))
            .ok()
            .and_then(|text| text.split(' ').next()?.parse::<u64>().ok())
            .unwrap_or(0)
    };
    let (server, dora) = (Server::start(&data), key_of(&data, "Dora"));
    while seen() == 0 {
        std::thread::yield_now();
    }
    let before = seen();
    for n in 0..20 {
        assert_eq!(
            Server::ask(
                &server.address,
                &dora,
                "POST",
                "/api/v1/appointments",
                &booking(&format!("CUT-{n}"))
            )
            .unwrap()
            .0,
            201
        );
    }
    while seen() < before + 20 {
        std::thread::yield_now();
    }
    server.kill();
    let wal = fs::OpenOptions::new()
        .write(true)
        .open(data.join("interpres.db-wal"))
        .unwrap();
    wal.set_len(0).unwrap();
    let told = refused(&SERVE, &data);
    assert!(
        told.contains("went back") && told.contains("interpres rejoin") && told.contains("seen"),
        "{told}"
    );
    assert!(run(&["rejoin"], &data, "").status.success());
    Server::start_as(&["serve"], &data).stop();
    fs::remove_dir_all(data).unwrap();
}
