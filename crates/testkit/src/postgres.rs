//! A private PostgreSQL server from the machine's own `initdb`: socket only, without syncs, gone
//! when the tests are.
use interpres_store::ServerAddress;
use std::{
    fs::Permissions,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

struct Server {
    folder: PathBuf,
}

/// The address of a database on this process's private server. With a template, the database is
/// made as a copy of it.
pub(crate) fn database(name: &str, template: Option<&str>) -> ServerAddress {
    address(name, template).parse().expect("an address")
}

/// The same, as it is written.
pub(crate) fn address(name: &str, template: Option<&str>) -> String {
    static SERVER: OnceLock<Server> = OnceLock::new();
    let server = SERVER.get_or_init(|| {
        start(
            "pg",
            "-c listen_addresses='' -c max_connections=400",
            |_| {},
        )
    });
    let copy = template
        .map(|t| format!(" template {t}"))
        .unwrap_or_default();
    let socket = server.folder.display().to_string();
    let made = as_postgres(&binary("psql"))
        .args([
            "-X",
            "-q",
            "-h",
            &socket,
            "-d",
            "postgres",
            "-c",
            &format!("create database {name}{copy}"),
        ])
        .output()
        .expect("psql runs");
    assert!(
        made.status.success(),
        "create database: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    format!("postgres://postgres@localhost/{name}?host={socket}")
}

/// Where Debian keeps the server's programs.
fn binary(name: &str) -> PathBuf {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path().join("bin").join(name))
        .filter(|p| p.exists())
        .collect();
    versions.sort();
    versions.pop().unwrap_or_else(|| PathBuf::from(name))
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|o| o.stdout.trim_ascii() == b"0")
}

/// The server refuses to run as root, so then it runs as the user postgres.
fn as_postgres(program: &Path) -> Command {
    if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn run(command: &mut Command) {
    let out = command
        .stdin(Stdio::null())
        .output()
        .expect("PostgreSQL is installed (Debian package postgresql)");
    assert!(
        out.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&out.stderr)
    );
}

/// The address of a database on a second server, which is reached by TLS at the loopback and in no
/// other way.
///
/// # Panics When the machine's PostgreSQL does not start.
#[must_use]
pub fn by_tls(chain: &Path, key: &Path) -> String {
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|free| free.local_addr())
        .expect("a free port")
        .port();
    start(
        "pg-tls",
        &format!("-c listen_addresses=localhost -c port={port} -c ssl=on"),
        |data| {
            for (name, from) in [("server.crt", chain), ("server.key", key)] {
                std::fs::copy(from, data.join(name)).expect("a copy");
                std::fs::set_permissions(data.join(name), Permissions::from_mode(0o600))
                    .expect("for its owner only");
                if is_root() {
                    run(Command::new("chown").arg("postgres").arg(data.join(name)));
                }
            }
            std::fs::write(
                data.join("pg_hba.conf"),
                "hostssl all all 127.0.0.1/32 trust\nhostssl all all ::1/128 trust\n",
            )
            .expect("who may come in");
        },
    );
    format!("postgres://postgres@localhost:{port}/postgres")
}

fn start(name: &str, options: &str, prepare: impl FnOnce(&Path)) -> Server {
    let folder = std::env::temp_dir().join(format!("interpres-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    if is_root() {
        run(Command::new("chown").arg("postgres").arg(&folder));
    }
    let data = folder.join("data");
    run(as_postgres(&binary("initdb"))
        .args([
            "--no-sync",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-D",
        ])
        .arg(&data));
    prepare(&data);
    let options = format!(
        "{options} -c unix_socket_directories='{}' -c fsync=off -c shared_buffers=64MB",
        folder.display()
    );
    run(as_postgres(&binary("pg_ctl"))
        .args(["-w", "-o", &options, "-l"])
        .arg(folder.join("log"))
        .arg("-D")
        .arg(&data)
        .arg("start")
        .stdout(Stdio::null()));
    stop_when_this_process_ends(&folder, &data);
    Server { folder }
}

fn stop_when_this_process_ends(folder: &Path, data: &Path) {
    let pg_ctl = binary("pg_ctl");
    let user = if is_root() {
        "runuser -u postgres -- "
    } else {
        ""
    };
    let script = format!(
        "while kill -0 {} 2>/dev/null; do sleep 0.5; done; {user}{} -D {} -m immediate stop; rm \
        -rf {}",
        std::process::id(),
        pg_ctl.display(),
        data.display(),
        folder.display()
    );
    let detached = Command::new("setsid")
        .args(["--fork", "sh", "-c", &script])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(detached.is_ok_and(|s| s.success()), "a watcher");
}
