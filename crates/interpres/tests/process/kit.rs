//! Starting the binary, asking it, and taking it away.
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_interpres");

pub(crate) fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("interpres-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    path
}

/// The longest that something which ends by itself may take. A server that starts where it should
/// refuse does not end.
const LONGEST_SECONDS: &str = "120";
/// By which timeout(1) tells that it ended it.
pub(crate) const STILL_RUNNING: i32 = 124;

pub(crate) fn run(args: &[&str], data: &Path, input: &str) -> Output {
    let mut command = Command::new("timeout");
    command
        .args([LONGEST_SECONDS, BINARY])
        .args(args)
        .arg("--data")
        .arg(data);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) address: String,
}

impl Server {
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }
    pub(crate) fn start_with(data: &Path, more: &[&str]) -> Self {
        Self::start_as(&[&["demo", "--bare"], more].concat(), data)
    }
    pub(crate) fn start_as(what: &[&str], data: &Path) -> Self {
        let mut command = Command::new(BINARY);
        command.args(what);
        Self::start_by(command, data)
    }
    /// With so many files at most that it may have open.
    pub(crate) fn start_with_files(files: u32, data: &Path) -> Self {
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "ulimit -n \"$0\" && exec \"$@\"",
            &files.to_string(),
            BINARY,
            "demo",
            "--bare",
        ]);
        Self::start_by(command, data)
    }
    pub(crate) fn start_by(mut command: Command, data: &Path) -> Self {
        command
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let address = out.lines().map_while(Result::ok).find_map(|line| {
            Some(
                line.strip_prefix("Interpres is at ")?
                    .split_once("://")?
                    .1
                    .split(' ')
                    .next()?
                    .to_owned(),
            )
        });
        Self {
            child,
            address: address.expect("the server says where it is"),
        }
    }
    /// One request on a connection of its own; nothing when the server is gone.
    pub(crate) fn ask(
        address: &str,
        key: &str,
        method: &str,
        path: &str,
        body: &str,
    ) -> Option<(u16, Value)> {
        let mut stream = TcpStream::connect(address).ok()?;
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .ok()?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\n\
            Authorization: Bearer {key}\r\nConnection: close\r\n\
            Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok()?;
        let status = text.split(' ').nth(1)?.parse().ok()?;
        let json = text
            .find('{')
            .map(|at| &text[at..=text.rfind('}').unwrap_or(at)])
            .and_then(|j| serde_json::from_str(j).ok());
        Some((status, json.unwrap_or(Value::Null)))
    }
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
    pub(crate) fn stop(mut self) {
        Command::new("kill")
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(self.child.wait().unwrap().success(), "a clean stop");
    }
}

pub(crate) fn key_of(data: &Path, name: &str) -> String {
    let file: Value =
        serde_json::from_slice(&std::fs::read(data.join("demo.json")).unwrap()).unwrap();
    let person = file["people"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["name"].as_str().unwrap().starts_with(name))
        .unwrap()
        .clone();
    person["api_key"].as_str().unwrap().to_owned()
}

pub(crate) fn booking(reference: &str) -> String {
    json!({
        "reference": reference, "date": "2027-03-10", "start": "09:00", "minutes": 60,
        "language": "Spanish", "service_type": "phone", "team": "Denver Metro",
        "customer": "St. Brigid Hospital", "lep_client": "Rosa Kanarya"
    })
    .to_string()
}

/// The body of an answer, asked for as HTTP/1.0 so that it comes in one piece.
pub(crate) fn download(address: &str, key: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.0\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n\r\n"
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.0 200"), "{head}");
    body.to_owned()
}

pub(crate) fn policy_of(data: &Path, workspace: &str) -> String {
    let heads = String::from_utf8(run(&["audit", "head"], data, "").stdout).unwrap();
    heads
        .lines()
        .find(|l| l.starts_with(&format!("log interpres/{workspace}+")))
        .unwrap()
        .to_owned()
}
