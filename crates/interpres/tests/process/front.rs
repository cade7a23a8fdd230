//! The front of the binary: a crowd before it, and what comes in clear.
use crate::kit::{Server, folder, key_of, run};
use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};
use tokio::net::TcpSocket;

/// Connections of one address of this machine's loopback.
struct Caller {
    from: Ipv4Addr,
    to: SocketAddr,
}

impl Caller {
    fn new(last: u8, server: &Server) -> Self {
        let port = server.address.rsplit(':').next().unwrap().parse().unwrap();
        Self {
            from: Ipv4Addr::new(127, 0, 0, last),
            to: SocketAddr::from(([127, 0, 0, 1], port)),
        }
    }
    async fn connect(&self) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((self.from, 0))).unwrap();
        let stream = socket.connect(self.to).await.unwrap().into_std().unwrap();
        stream.set_nonblocking(false).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        stream
    }
    /// A request on a connection that is then kept open; nothing where the server does not answer.
    async fn ask(&self, head: &str) -> Option<(TcpStream, String)> {
        let mut stream = self.connect().await;
        stream
            .write_all(format!("{head}\r\nHost: localhost\r\n\r\n").as_bytes())
            .ok()?;
        let (mut some, mut text) = ([0; 4096], String::new());
        while !text.contains("\r\n\r\n") {
            match stream.read(&mut some) {
                Ok(count @ 1..) => text.push_str(&String::from_utf8_lossy(&some[..count])),
                _ => return None,
            }
        }
        Some((stream, text))
    }
    async fn is_served(&self) -> bool {
        self.ask("GET /healthz HTTP/1.1")
            .await
            .is_some_and(|(_, text)| text.starts_with("HTTP/1.1 200"))
    }
}

#[tokio::test]
async fn a_crowd_from_one_address_shuts_nobody_out_not_even_itself() {
    let data = folder("crowd");
    let server = Server::start_with_files(400, &data);
    let (crowd, other, operator) = (
        Caller::new(2, &server),
        Caller::new(3, &server),
        Caller::new(1, &server),
    );
    let mut held = Vec::new();
    for n in 0..450 {
        // Half of them are asked something first, as a browser's are; the others say nothing at
        // all.
        if n % 2 == 0 {
            held.push(
                crowd
                    .ask("GET /healthz HTTP/1.1")
                    .await
                    .unwrap_or_else(|| panic!("connection {n} is not served"))
                    .0,
            );
        } else {
            held.push(crowd.connect().await);
        }
    }
    assert!(other.is_served().await && operator.is_served().await && crowd.is_served().await);
    let key = key_of(&data, "Dora");
    assert_eq!(
        Server::ask(&server.address, &key, "GET", "/api/v1/teams", "")
            .unwrap()
            .0,
        200,
        "the database is reached too"
    );
    assert!(
        run(&["audit", "sweep"], &data, "").status.success(),
        "and the operator's socket"
    );
    assert_eq!(
        held[0].read(&mut [0; 16]).unwrap(),
        0,
        "the connection that was silent for longest made room"
    );
    drop(held);
    assert!(other.is_served().await && crowd.is_served().await);
    server.stop();
    std::fs::remove_dir_all(data).unwrap();
}

#[tokio::test]
async fn nothing_is_served_in_clear_off_this_machine() {
    let data = folder("clear");
    for (options, words) in [
        (&["--https"][..], "say --https and --trusted-proxy"),
        (
            &["--trusted-proxy", "10.0.0.5"],
            "say --https and --trusted-proxy",
        ),
        (&["--https", "--trusted-proxy", "0.0.0.0/0"], "too wide"),
        (&["--https", "--trusted-proxy", "::/0"], "too wide"),
    ] {
        let refused = run(
            &[&["serve", "--listen", "0.0.0.0:0"], options].concat(),
            &data,
            "",
        );
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(
            !refused.status.success() && said.contains(words),
            "{options:?}: {said}"
        );
    }
    let server = Server::start_with(
        &data,
        &[
            "--https",
            "--trusted-proxy",
            "127.0.0.2",
            "--public-url",
            "https://agency.example",
        ],
    );
    let (dora, ask) = (key_of(&data, "Dora"), |key: &str| {
        format!("GET /api/v1/teams HTTP/1.1\r\nAuthorization: Bearer {key}")
    });
    let (proxy, stranger) = (Caller::new(2, &server), Caller::new(3, &server));
    assert!(
        proxy
            .ask(&ask(&dora))
            .await
            .unwrap()
            .1
            .starts_with("HTTP/1.1 200")
    );
    assert!(
        stranger
            .ask(&ask(&dora))
            .await
            .unwrap()
            .1
            .starts_with("HTTP/1.1 403")
    );
    assert!(
        proxy
            .ask(&ask(&dora))
            .await
            .unwrap()
            .1
            .starts_with("HTTP/1.1 401"),
        "the key was seen in clear"
    );
    let sent_on = stranger.ask("GET /sign-in HTTP/1.1").await.unwrap().1;
    assert!(
        sent_on.starts_with("HTTP/1.1 308")
            && sent_on.contains("location: https://agency.example/sign-in\r\n"),
        "{sent_on}"
    );
    assert!(stranger.is_served().await, "whether it lives is no secret");
    server.stop();
    std::fs::remove_dir_all(data).unwrap();
}
