//! Codes by text message: good once, for minutes, and only where every workspace of a person takes
//! them.
use crate::{Browser, Door, browser::Page};
use interpres_accounts::Doors;
use interpres_testkit::{House, apply, story};
use interpres_web::{Options, Texts, router};
use serde_json::json;
use std::sync::Arc;

const NUMBER: &str = "+13035550199";

/// A server whose text messages go into a folder, and the latest code in it.
fn with_texts(house: &House) -> Browser {
    let texts = Some(Texts::Folder(house.folder().join("texts")));
    Browser::at(router(
        house.gate.clone(),
        Options {
            texts,
            doors: Arc::new(Doors::default()),
            ..Options::default()
        },
    ))
}

fn code(house: &House) -> String {
    std::fs::read_to_string(house.folder().join("texts").join(format!("{NUMBER}.txt"))).unwrap()
        [..6]
        .to_owned()
}

/// Signs Tess in and sets her telephone up; her app goes.
async fn telephone(house: &House) -> Browser {
    let mut tess = with_texts(house).sign_in(house, "Tess").await;
    let begun = tess
        .act("/account/factors/text", &[("phone", "303 555 0199")])
        .await;
    assert!(
        begun.status == 200 && begun.says("ends in …99"),
        "{}",
        begun.text
    );
    let fields = [
        ("ticket", begun.field("ticket")),
        ("number", begun.field("number")),
        ("code", code(house)),
        ("name", "Mobile".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert_eq!(
        tess.act("/account/factors/text/code", &fields).await.status,
        200
    );
    house.wait_minutes(1);
    let page = tess.get("/account").await;
    assert!(
        page.says("Text message") && page.says("…99") && !page.says(NUMBER),
        "{}",
        page.text
    );
    let app = page
        .text
        .split("/account/factors/")
        .find(|part| part.contains("Remove Pixel 9"))
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(
        tess.act(&format!("/account/factors/{app}/end"), &[])
            .await
            .status,
        303
    );
    tess
}

/// Sends what the page holds on with these fields.
async fn on(browser: &mut Browser, page: &Page, path: &str, fields: &[(&str, &str)]) -> Page {
    let ticket = page.field("ticket");
    let all: Vec<(&str, &str)> = fields
        .iter()
        .copied()
        .chain([
            ("ticket", ticket.as_str()),
            ("text", "yes"),
            ("codes", "yes"),
        ])
        .collect();
    browser.post(path, &all).await
}

#[apply(story)]
async fn a_code_by_text_message_opens_once_and_within_five_minutes(house: &House) {
    let tess = telephone(house).await;
    let mut guest = tess.fresh();
    let asked = guest.password(house, "Tess").await;
    assert!(asked.says("Send a code by text message"), "{}", asked.text);
    let sent = on(&mut guest, &asked, "/sign-in/text", &[]).await;
    assert!(
        sent.status == 200 && sent.says("ends in …99"),
        "{}",
        sent.text
    );
    let first = code(house);
    assert_eq!(
        on(&mut guest, &sent, "/sign-in/proof", &[("code", "000000")])
            .await
            .status,
        401
    );
    let open = on(&mut guest, &sent, "/sign-in/proof", &[("code", &first)]).await;
    assert_eq!(open.status, 303, "{}", open.text);
    let mut again = tess.fresh();
    let asked = again.password(house, "Tess").await;
    assert_eq!(
        on(&mut again, &asked, "/sign-in/proof", &[("code", &first)])
            .await
            .status,
        401,
        "good once"
    );
    house.wait_minutes(1);
    let sent = on(&mut again, &asked, "/sign-in/text", &[]).await;
    let second = code(house);
    assert_ne!(first, second);
    house.wait_seconds(300);
    assert_eq!(
        on(&mut again, &sent, "/sign-in/proof", &[("code", &second)])
            .await
            .status,
        401,
        "the sign-in is over"
    );
    let asked = again.password(house, "Tess").await;
    let late = on(&mut again, &asked, "/sign-in/proof", &[("code", &second)]).await;
    assert_eq!(late.status, 401, "five minutes later");
    // Whoever proves once more gets one as well.
    house.wait_minutes(30);
    let mut third = tess.fresh();
    let asked = third.password(house, "Tess").await;
    let sent = on(&mut third, &asked, "/sign-in/text", &[]).await;
    assert_eq!(
        on(
            &mut third,
            &sent,
            "/sign-in/proof",
            &[("code", &code(house))]
        )
        .await
        .status,
        303
    );
    house.wait_minutes(11);
    let asked = third
        .act("/account/keys", &[("name", "x"), ("days", "1")])
        .await;
    assert!(
        asked.says("Confirm it’s you") && asked.says("Send a code by text message"),
        "{}",
        asked.text
    );
    let sent = third
        .act(
            "/proof/text",
            &[
                ("ticket", &asked.field("ticket")),
                ("again", &asked.field("again")),
            ],
        )
        .await;
    assert_eq!(
        sent.field("again"),
        asked.field("again"),
        "what was typed goes along"
    );
    let proved = third
        .act(
            "/proof",
            &[("ticket", &sent.field("ticket")), ("code", &code(house))],
        )
        .await;
    assert_eq!(proved.status, 303, "{}", proved.text);
    let (_, log) = Door::of(house)
        .get(&house.person("Peter").api_key, "/api/v1/audit/entries")
        .await;
    assert!(!log.to_string().contains(NUMBER) && !log.to_string().contains(&second));
}

#[apply(story)]
async fn text_messages_are_slowed_and_a_workspace_that_takes_none_has_its_way(house: &House) {
    let tess = telephone(house).await;
    let mut guest = tess.fresh();
    let asked = guest.password(house, "Tess").await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(on(&mut guest, &asked, "/sign-in/text", &[]).await.status);
        house.wait_seconds(1);
    }
    assert_eq!(statuses[..4], [200, 200, 200, 200]);
    let mut other = tess.fresh();
    let asked = other.password(house, "Tess").await;
    let (mut waited, mut sixth) = (0, on(&mut other, &asked, "/sign-in/text", &[]).await);
    while sixth.status == 429 {
        house.wait_seconds(1);
        waited += 1;
        let asked = other.password(house, "Tess").await;
        sixth = on(&mut other, &asked, "/sign-in/text", &[]).await;
    }
    assert!(waited >= 1, "others wait longer and longer");
    // The workspace takes none any more: nobody is asked for one, and Tess stands without a factor.
    let door = Door::of(house);
    let peter = house.person("Peter").api_key.clone();
    let (_, rules, response) = door.ask(&peter, "GET", "/api/v1/security", &[], "").await;
    assert_eq!(rules["text_messages"], true);
    let set = async |texts: &str, tag: &str| {
        let body = json!({ "idle_minutes": "30", "session_hours": "24", "text_messages": texts })
            .to_string();
        door.ask(
            &peter,
            "PUT",
            "/api/v1/security",
            &[("if-match", tag)],
            &body,
        )
        .await
        .0
    };
    assert_eq!(
        set("no", response.headers()["etag"].to_str().unwrap()).await,
        200
    );
    let (_, people) = door.get(&peter, "/api/v1/people").await;
    let enrolled = people["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["email"] == house.person("Tess").email.as_str())
        .unwrap()["enrolled"]
        .clone();
    assert_eq!(enrolled, false);
    house.wait_minutes(20);
    let mut third = tess.fresh();
    let open = third.password(house, "Tess").await;
    assert_eq!(open.status, 303, "nothing more is asked for: {}", open.text);
    let refused = third
        .act("/account/factors/text", &[("phone", "303 555 0100")])
        .await;
    assert!(
        refused.status == 409 && refused.says("takes no codes by text message"),
        "{}",
        refused.text
    );
    assert_eq!(
        third
            .act("/account/factors/text", &[("phone", "call me")])
            .await
            .status,
        422
    );
}

#[apply(story)]
async fn under_hipaa_mode_only_an_owner_allows_text_messages(house: &House) {
    let mut dora = with_texts(house).sign_in(house, "Dora").await;
    let refused = dora
        .act("/account/factors/text", &[("phone", "303 555 0199")])
        .await;
    assert!(
        refused.status == 409 && refused.says("takes no codes by text message"),
        "{}",
        refused.text
    );
    let door = Door::of(house);
    let set = async |by: &str, texts: &str| {
        let key = &house.person(by).api_key;
        let (_, _, response) = door.ask(key, "GET", "/api/v1/security", &[], "").await;
        let body = json!({ "idle_minutes": "15", "session_hours": "12", "text_messages": texts })
            .to_string();
        door.ask(
            key,
            "PUT",
            "/api/v1/security",
            &[("if-match", response.headers()["etag"].to_str().unwrap())],
            &body,
        )
        .await
    };
    let (status, problem, _) = set("Adam", "yes").await;
    assert!(
        status == 422 && problem["errors"][0]["field"] == "text_messages",
        "{problem}"
    );
    assert_eq!(set("Adam", "").await.0, 200, "an admin leaves it as it is");
    assert_eq!(set("Olivia", "yes").await.0, 200);
    assert_eq!(
        dora.act("/account/factors/text", &[("phone", "303 555 0199")])
            .await
            .status,
        200
    );
    assert_eq!(set("Adam", "no").await.0, 200, "and can say no");
    assert_eq!(
        dora.act("/account/factors/text", &[("phone", "303 555 0199")])
            .await
            .status,
        409
    );
    let mut none = Browser::of(house).sign_in(house, "Tess").await;
    assert!(
        !none.get("/account/factors").await.says("Send a code"),
        "nothing is offered where the operator has no service"
    );
    assert_eq!(
        none.act("/account/factors/text", &[("phone", "303 555 0199")])
            .await
            .status,
        404
    );
}

#[apply(story)]
async fn a_service_gets_number_and_code_and_when_it_fails_that_is_told(house: &House) {
    let (heard, mut told) = tokio::sync::mpsc::unbounded_channel();
    let service = axum::Router::new().route(
        "/messages",
        axum::routing::post(
            move |headers: axum::http::HeaderMap, body: String| async move {
                let _ = heard.send((
                    headers["authorization"].to_str().unwrap().to_owned(),
                    body.clone(),
                ));
                if body.contains("0188") {
                    axum::http::StatusCode::BAD_REQUEST
                } else {
                    axum::http::StatusCode::CREATED
                }
            },
        ),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/messages", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move { axum::serve(listener, service).await });
    let texts = Texts::service(&url, "AC1", "hush", "+17205550100").unwrap();
    assert!(
        !format!("{texts:?}").contains("hush"),
        "its secret is not printed"
    );
    let mut tess = Browser::at(router(
        house.gate.clone(),
        Options {
            texts: Some(texts),
            ..Options::default()
        },
    ))
    .sign_in(house, "Tess")
    .await;
    let begun = tess
        .act("/account/factors/text", &[("phone", NUMBER)])
        .await;
    assert_eq!(begun.status, 200, "{}", begun.text);
    let (secret, body) = told.recv().await.unwrap();
    let fields: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect();
    assert_eq!(
        (secret.as_str(), &fields[0], &fields[1]),
        (
            "Basic QUMxOmh1c2g=",
            &("To".to_owned(), NUMBER.to_owned()),
            &("From".to_owned(), "+17205550100".to_owned())
        )
    );
    assert!(
        fields[2].0 == "Body"
            && fields[2].1[..6].bytes().all(|b| b.is_ascii_digit())
            && fields[2].1[6..].starts_with(" is your code"),
        "{body}"
    );
    let refused = tess
        .act("/account/factors/text", &[("phone", "303 555 0188")])
        .await;
    assert!(
        refused.status == 422 && refused.says("We couldn’t send the text message"),
        "{}",
        refused.text
    );
    serving.abort();
    let gone = tess
        .act("/account/factors/text", &[("phone", NUMBER)])
        .await;
    assert!(
        gone.status == 422 && gone.says("We couldn’t send the text message"),
        "{}",
        gone.text
    );
    for url in ["http://texts.example.com/", "ftp://localhost/", "nonsense"] {
        assert!(Texts::service(url, "a", "b", "c").is_err(), "{url}");
    }
}
