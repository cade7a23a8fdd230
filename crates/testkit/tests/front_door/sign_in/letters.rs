//! Letters as a mail server takes them: over a socket, by a server that keeps what it is sent.
use interpres::mail::Post;
use interpres_accounts::forget_password;
use interpres_gate::Origin;
use interpres_testkit::{House, apply, story};
use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

/// Takes every letter (RFC 5321) and keeps its lines.
#[derive(Clone, Default)]
struct MailServer(Arc<Mutex<Vec<Vec<String>>>>);

impl MailServer {
    /// Listens; gives the address.
    async fn open(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("smtp://{}", listener.local_addr().unwrap());
        let kept = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(kept.clone().talk(BufReader::new(stream)));
            }
        });
        address
    }
    async fn talk(self, mut wire: BufReader<tokio::net::TcpStream>) {
        wire.write_all(b"220 here\r\n").await.unwrap();
        let (mut line, mut letter) = (String::new(), None::<Vec<String>>);
        while wire.read_line(&mut line).await.unwrap() > 0 {
            let said = std::mem::take(&mut line);
            let said = said.strip_suffix("\r\n").unwrap();
            let answer: &[u8] = match (&mut letter, said) {
                (Some(_), ".") => {
                    self.0.lock().unwrap().extend(letter.take());
                    b"250 taken\r\n"
                }
                (Some(lines), text) => {
                    lines.push(text.to_owned());
                    continue;
                }
                (None, "DATA") => {
                    letter = Some(Vec::new());
                    b"354 go on\r\n"
                }
                (None, _) => b"250 well\r\n",
            };
            wire.write_all(answer).await.unwrap();
        }
    }
}

/// The lines of a letter's head, unfolded.
fn head(lines: &[String]) -> Vec<String> {
    let mut head: Vec<String> = Vec::new();
    for line in lines.iter().take_while(|line| !line.is_empty()) {
        match head.last_mut().filter(|_| line.starts_with([' ', '\t'])) {
            Some(last) => last.push_str(line),
            None => head.push(line.clone()),
        }
    }
    head
}

#[apply(story)]
async fn a_sender_of_any_name_is_one_sender_and_every_letter_has_what_mail_servers_ask_for(
    house: &House,
) {
    let long = "Ł".repeat(200);
    let names = [
        (
            "Front Range <post@agency.example>",
            "\"Front Range\" <post@agency.example>",
        ),
        ("post@agency.example", "post@agency.example"),
        (
            "Smith, Jones & Co. \"Lingua\" <post@agency.example>",
            "=?utf-8?b?",
        ),
        ("\"Smith, Jones\" <post@agency.example>", "=?utf-8?b?"),
        ("Añoranza – Łódź 通訳 <post@agency.example>", "=?utf-8?b?"),
        (&format!("{long} <post@agency.example>"), "=?utf-8?b?"),
        ("Smith, Jones <post@agency.example>", "=?utf-8?b?"),
    ];
    for (n, (from, written)) in names.into_iter().enumerate() {
        let server = MailServer::default();
        let post = Post::server(&server.open().await, from, None).unwrap();
        house.wait_minutes(20);
        forget_password(&house.gate, "dora@frontrange.example", Origin::default())
            .await
            .unwrap();
        assert!(
            post.send_due(&house.gate, "http://localhost:8080")
                .await
                .unwrap()
                > 0,
            "{from}"
        );
        let letters = server.0.lock().unwrap().clone();
        let head = head(&letters[0]);
        let of = |name: &str| {
            head.iter()
                .filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            (of("From").len(), of("Date").len(), of("MIME-Version")),
            (1, 1, vec!["1.0"]),
            "{head:?}"
        );
        assert!(
            of("From")[0].starts_with(written)
                && of("From")[0].ends_with("post@agency.example>") | (n == 1),
            "{:?}",
            of("From")
        );
        let id = of("Message-ID");
        assert!(
            id.len() == 1 && id[0].starts_with('<') && id[0].ends_with("@agency.example>"),
            "{id:?}"
        );
        assert!(
            of("Content-Type")[0].starts_with("text/plain; charset=utf-8"),
            "{head:?}"
        );
        assert!(
            letters[0]
                .iter()
                .all(|line| line.len() < 998 && line.is_ascii()),
            "{:?}",
            letters[0]
        );
    }
}

#[apply(story)]
async fn a_sender_that_is_none_or_several_is_refused_in_words(_house: &House) {
    for bad in [
        "",
        "Front Range",
        "A <a@b.example>, B <c@d.example>",
        "A <a@b.example> <c@d.example>",
        "A <a@b.example>\r\nBcc: <c@d.example>",
        "c@d.example <a@b.example>",
        "A <not an address>",
    ] {
        let refused = Post::server("smtp://127.0.0.1:9", bad, None)
            .err()
            .unwrap_or_else(|| panic!("{bad} was taken"));
        assert!(
            refused.contains("--mail-from")
                && refused.contains("Front Range <interpres@example.org>"),
            "{refused}"
        );
    }
}
