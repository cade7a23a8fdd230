//! Two processes on one server: what is done at one is told at the other.
use crate::{
    kit::{Server, booking, folder, key_of},
    postgres,
};
use interpres_accounts::code_at;
use interpres_types::Instant;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    time::{Duration, SystemTime},
};

const PUBLIC: &str = "http://localhost:8099";

/// Somebody with a session, at whichever process.
struct Visitor(BTreeMap<String, String>);

impl Visitor {
    fn sign_in(address: &str, data: &Path, name: &str) -> Self {
        let file: Value =
            serde_json::from_slice(&fs::read(data.join("demo.json")).unwrap()).unwrap();
        let people = file["people"].as_array().unwrap();
        let is_meant = |p: &&Value| p["name"].as_str().unwrap().starts_with(name);
        let person = people.iter().find(is_meant).unwrap();
        let text = |key: &str| person[key].as_str().unwrap();
        let mut this = Self(BTreeMap::new());
        let form = [("email", text("email")), ("password", text("password"))];
        let page = this.send(address, "POST", "/sign-in", &form);
        let (_, rest) = page.split_once("name=\"ticket\" value=\"").unwrap();
        let ticket = rest.split_once('"').unwrap().0.to_owned();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let now = Instant::from_micros(i64::try_from(now.unwrap().as_micros()).unwrap());
        let code = code_at(text("totp_secret"), now).unwrap();
        let form = [("ticket", ticket.as_str()), ("code", code.as_str())];
        let answer = this.send(address, "POST", "/sign-in/proof", &form);
        assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
        this
    }

    fn asks(&self, address: &str, method: &str, path: &str, body: &str, close: bool) -> TcpStream {
        let mut stream = TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let cookies: Vec<String> = self.0.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let connection = if close { "Connection: close\r\n" } else { "" };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {}\r\n{connection}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            cookies.join("; "),
            body.len()
        )
        .unwrap();
        stream
    }

    fn send(&mut self, address: &str, method: &str, path: &str, form: &[(&str, &str)]) -> String {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let mut text = String::new();
        let mut stream = self.asks(address, method, path, &body, true);
        stream.read_to_string(&mut text).unwrap();
        for line in text.lines().take_while(|line| !line.is_empty()) {
            if let Some(cookie) = line.strip_prefix("set-cookie: ") {
                let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
        text
    }

    fn listens(&self, address: &str, after: &str) -> Stream {
        let path = format!("/live?after={after}");
        let stream = self.asks(address, "GET", &path, "", false);
        let mut stream = Stream {
            lines: BufReader::new(stream),
            last_id: String::new(),
        };
        assert!(stream.hears("notice "), "it is told how many notices wait");
        stream
    }
}

struct Stream {
    lines: BufReader<TcpStream>,
    last_id: String,
}

impl Stream {
    /// Whether this is told before the stream ends.
    fn hears(&mut self, what: &str) -> bool {
        let mut line = String::new();
        loop {
            line.clear();
            if !matches!(self.lines.read_line(&mut line), Ok(1..)) {
                return false;
            }
            if let Some(id) = line.strip_prefix("id: ") {
                id.trim_end().clone_into(&mut self.last_id);
            }
            let told = line.strip_prefix("data: ");
            if told.is_some_and(|told| told.starts_with(what) || told.starts_with("refresh")) {
                return told.is_some_and(|told| told.starts_with(what));
            }
        }
    }
}

fn books(address: &str, key: &str, reference: &str) -> String {
    let path = "/api/v1/appointments";
    let (status, booked) = Server::ask(address, key, "POST", path, &booking(reference)).unwrap();
    assert_eq!(status, 201, "{booked}");
    format!("appointment {}", booked["id"].as_str().unwrap())
}

fn seen(visitor: &mut Visitor, address: &str) -> String {
    let page = visitor.send(address, "GET", "/notices", &[]);
    let (_, rest) = page.split_once("data-seen=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[test]
fn what_is_done_at_one_process_is_told_at_the_other_and_killing_one_loses_nothing() {
    let (first, second) = (folder("live-first"), folder("live-second"));
    let (data, keys) = (
        postgres::address("live_data", None),
        postgres::address("live_keys", None),
    );
    let place = ["--database", &data, "--keys", &keys, "--public-url", PUBLIC];
    let one = Server::start_as(&[&["demo", "--bare"], place.as_slice()].concat(), &first);
    fs::create_dir_all(&second).unwrap();
    fs::copy(first.join("master.key"), second.join("master.key")).unwrap();
    let two = Server::start_as(&[&["serve"], place.as_slice()].concat(), &second);
    let dora = key_of(&first, "Dora");
    let mut maya = Visitor::sign_in(&one.address, &first, "Maya");
    let after = seen(&mut maya, &one.address);
    let mut here = maya.listens(&one.address, &after);
    let mut there = maya.listens(&two.address, &after);
    for address in [&one.address, &two.address] {
        let told = books(address, &dora, "");
        assert!(here.hears(&told) && there.hears(&told), "{told}");
    }
    // Killed with the answer still on its way to whoever listens.
    let last = books(&one.address, &dora, "");
    one.kill();
    assert!(there.hears(&last), "{last}: it was committed");
    while here.hears("nothing of the kind") {}
    let missed = books(&two.address, &dora, "");
    assert!(there.hears(&missed), "{missed}");
    let mut back = maya.listens(&two.address, &here.last_id);
    assert!(back.hears(&missed), "who comes back is told: {missed}");
    let page = maya.send(&two.address, "GET", "/session/resumed", &[]);
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
    let csrf = rest.split_once('"').unwrap().0.to_owned();
    maya.send(&two.address, "POST", "/session/end", &[("csrf", &csrf)]);
    assert!(there.hears("over session") && back.hears("over session"));
    let mut adam = Visitor::sign_in(&two.address, &first, "Adam");
    let after = seen(&mut adam, &two.address);
    let mut stream = adam.listens(&two.address, &after);
    // A server that waited for its streams would be given up by whoever stops it.
    two.stop();
    assert!(!stream.hears("over"), "it ends, and comes back by itself");
    for data in [first, second] {
        fs::remove_dir_all(data).unwrap();
    }
}
