//! What happens when the disk is full.
use crate::{
    kit::{Server, booking, folder, key_of, run},
    place::{SERVE, refused, said},
};
use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

/// A small disk of its own; nothing where this process may not mount one.
struct Disk(PathBuf);

impl Disk {
    fn mount(name: &str) -> Option<Self> {
        let path = folder(name);
        fs::create_dir_all(&path).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64m", "none"])
            .arg(&path)
            .stderr(Stdio::null())
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then_some(Self(path))
    }
    /// Takes every byte that is left.
    fn fill(&self) {
        Command::new("dd")
            .args(["if=/dev/zero", "bs=64k"])
            .arg(format!("of={}/filler", self.0.display()))
            .stderr(Stdio::null())
            .status()
            .unwrap();
    }
    fn make_room(&self) {
        fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
        let _ = fs::remove_dir(&self.0);
    }
}

fn status(address: &str, path: &str) -> u16 {
    Server::ask(address, "", "GET", path, "").unwrap().0
}

#[test]
fn with_a_full_disk_writes_are_refused_in_words_reads_go_on_and_room_is_all_it_takes() {
    let Some(disk) = Disk::mount("full") else {
        return;
    };
    let data = disk.0.join("data");
    Server::start(&data).stop();
    let (server, dora) = (Server::start(&data), key_of(&data, "Dora"));
    let book = |reference: &str| {
        Server::ask(
            &server.address,
            &dora,
            "POST",
            "/api/v1/appointments",
            &booking(reference),
        )
        .unwrap()
    };
    let look = || {
        Server::ask(
            &server.address,
            &dora,
            "GET",
            "/api/v1/appointments?q=ROOM",
            "",
        )
        .unwrap()
    };
    assert_eq!(
        (book("ROOM-1").0, status(&server.address, "/readyz")),
        (201, 200)
    );
    disk.fill();
    let (code, problem) = book("ROOM-2");
    assert_eq!(
        (code, problem["title"].as_str()),
        (503, Some("The disk is full")),
        "{problem}"
    );
    assert!(
        problem["detail"].as_str().unwrap().contains("disk is full"),
        "{problem}"
    );
    assert_eq!(status(&server.address, "/readyz"), 503);
    for _ in 0..300 {
        let (code, list) = look();
        assert_eq!(
            (code, list["items"].as_array().map(Vec::len)),
            (200, Some(1)),
            "reads go on: {list}"
        );
    }
    disk.make_room();
    assert_eq!(
        (book("ROOM-3").0, status(&server.address, "/readyz")),
        (201, 200)
    );
    assert_eq!(look().1["items"].as_array().unwrap().len(), 2);
    server.stop();
    assert!(run(&["audit", "verify"], &data, "").status.success());
    fs::remove_file(data.join("reserve")).unwrap();
    disk.fill();
    let told = refused(&SERVE, &data);
    assert!(
        told.contains("no room on the disk")
            && told.contains("MiB must be free")
            && told.contains("Make room"),
        "{told}"
    );
    disk.make_room();
    let server = Server::start(&data);
    assert_eq!(status(&server.address, "/readyz"), 200);
    server.stop();
}

#[test]
fn a_copy_onto_a_full_disk_says_so_and_leaves_the_one_from_before() {
    let Some(disk) = Disk::mount("full-copies") else {
        return;
    };
    let data = folder("copied");
    Server::start(&data).stop();
    let to = disk.0.join("copies");
    let copy = || run(&["backup", "--to", to.to_str().unwrap()], &data, "");
    let made = copy();
    assert!(
        made.status.success()
            && said(&made).contains("Delete ")
            && said(&made).contains("erased from now on"),
        "{}",
        said(&made)
    );
    let held = |kind: &str| fs::read_dir(to.join(kind)).unwrap().flatten().count();
    disk.fill();
    let failed = copy();
    assert!(
        !failed.status.success() && said(&failed).contains("full, and no copy was made"),
        "{}",
        said(&failed)
    );
    assert_eq!(
        (held("data"), held("keys")),
        (1, 1),
        "half a copy does not stay"
    );
    disk.make_room();
    let elsewhere = folder("from-the-full");
    let key = data.join("master.key");
    let restored = run(
        &[
            "restore",
            "--from",
            to.to_str().unwrap(),
            "--master-key",
            key.to_str().unwrap(),
        ],
        &elsewhere,
        "",
    );
    assert!(restored.status.success(), "{}", said(&restored));
    for path in [data, elsewhere] {
        fs::remove_dir_all(path).unwrap();
    }
}
