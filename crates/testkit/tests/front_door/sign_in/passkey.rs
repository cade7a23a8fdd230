//! Passkeys by a key made of software: right answers open, bent ones do not.
use crate::{
    browser::{Browser, Page, plain},
    sign_in::soft_key::{SoftKey, Unsigned},
};
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

type Bend = (&'static str, fn(&mut Unsigned));
type After = (&'static str, fn(&mut Value));

const CREATING: [Bend; 19] = [
    ("an answer to another question", |a| {
        a.client["type"] = "webauthn.get".into()
    }),
    ("another challenge", |a| {
        a.client["challenge"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into()
    }),
    ("no challenge", |a| a.client["challenge"] = "".into()),
    ("another site", |a| {
        a.client["origin"] = "https://localhost.evil.example".into()
    }),
    ("another port", |a| {
        a.client["origin"] = "http://localhost:9999".into()
    }),
    ("another scheme", |a| {
        a.client["origin"] = "https://localhost:8080".into()
    }),
    ("no origin", |a| a.client["origin"] = Value::Null),
    ("another site's name hashed", |a| {
        a.rp = "evil.example".into()
    }),
    ("nobody present", |a| a.flags &= !0x01),
    ("nobody verified", |a| a.flags &= !0x04),
    ("backed up and not to be", |a| a.flags |= 0x10),
    ("no key in it", |a| a.flags &= !0x40),
    ("a point off the curve", |a| a.point[40] ^= 1),
    ("an algorithm that was not asked for", |a| a.alg = -257),
    ("an attestation of no known kind", |a| a.format = "made-up"),
    ("an attestation that must say more", |a| a.format = "packed"),
    ("cut off", |a| a.cut = 10),
    ("client data that are none", |a| {
        a.client_text = Some("{".into())
    }),
    ("an id of nothing", |a| a.id = Vec::new()),
];

const PROVING: [Bend; 20] = [
    ("an answer to another question", |a| {
        a.client["type"] = "webauthn.create".into()
    }),
    ("another challenge", |a| {
        a.client["challenge"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into()
    }),
    ("no challenge", |a| a.client["challenge"] = "".into()),
    ("a number for a challenge", |a| {
        a.client["challenge"] = 7.into()
    }),
    ("another site", |a| {
        a.client["origin"] = "https://evil.example".into()
    }),
    ("another port", |a| {
        a.client["origin"] = "http://localhost:80".into()
    }),
    ("a name below ours", |a| {
        a.client["origin"] = "http://sub.localhost:8080".into()
    }),
    ("no origin", |a| a.client["origin"] = Value::Null),
    ("another site's name hashed", |a| {
        a.rp = "example.com".into()
    }),
    ("nobody present", |a| a.flags &= !0x01),
    ("nobody verified", |a| a.flags &= !0x04),
    ("neither", |a| a.flags = 0),
    ("backed up and not to be", |a| a.flags |= 0x10),
    ("a count that went back", |a| a.counter = 1),
    ("a count that stood still", |a| a.counter = 5),
    ("signed by another key", |a| a.foreign_signature = true),
    ("another key's name", |a| a.id[0] ^= 1),
    ("cut off", |a| a.cut = 5),
    ("client data that are none", |a| {
        a.client_text = Some("nothing".into())
    }),
    ("nothing signed", |a| a.cut = 100),
];

/// Bends an answer after it was signed.
const AFTERWARDS: [After; 14] = [
    ("no signature", |a| a["response"]["signature"] = "".into()),
    ("a signature cut off", |a| {
        a["response"]["signature"] = a["response"]["signature"].as_str().unwrap()[..40].into()
    }),
    ("a signature that is no text", |a| {
        a["response"]["signature"] = 7.into()
    }),
    ("no authenticator data", |a| {
        a["response"]["authenticatorData"] = "".into()
    }),
    ("authenticator data changed", |a| {
        a["response"]["authenticatorData"] = format!(
            "B{}",
            &a["response"]["authenticatorData"].as_str().unwrap()[1..]
        )
        .into()
    }),
    ("client data changed", |a| {
        a["response"]["clientDataJSON"] = "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0".into()
    }),
    ("another type of credential", |a| {
        a["type"] = "password".into()
    }),
    ("no raw id", |a| a["rawId"] = "".into()),
    ("ids that differ", |a| a["rawId"] = "AAAA".into()),
    ("nobody's", |a| a["response"]["userHandle"] = Value::Null),
    ("somebody else's", |a| {
        a["response"]["userHandle"] = "AYkAAAAAcACAAAAAAAAAAA".into()
    }),
    ("a user of no form", |a| {
        a["response"]["userHandle"] = "eA".into()
    }),
    ("no response", |a| a["response"] = Value::Null),
    ("nothing", |a| *a = json!([])),
];

fn asked(page: &Page) -> Value {
    serde_json::from_str(&plain(
        page.text
            .split("data-make-passkey=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap(),
    ))
    .unwrap()
}

/// Sets a key up for somebody who is signed in.
async fn add(browser: &mut Browser, key: &mut SoftKey, bend: impl Fn(&mut Unsigned)) -> Page {
    let begun = browser.act("/account/factors/passkey", &[]).await;
    let answer = key.create(&asked(&begun), bend);
    browser
        .act(
            "/account/factors/passkey/answer",
            &[
                ("ticket", &begun.field("ticket")),
                ("answer", &answer),
                ("name", "Key"),
            ],
        )
        .await
}

/// Asks for any key; gives the ticket and what is asked.
async fn find(house: &House) -> (Browser, String, Value) {
    // A server of its own: the count by network address is another wall.
    let mut browser = Browser::of(house);
    let begun: Value =
        serde_json::from_str(&browser.post("/sign-in/passkey", &[]).await.text).unwrap();
    (
        browser,
        begun["ticket"].as_str().unwrap().to_owned(),
        begun["options"].clone(),
    )
}

#[apply(story)]
async fn a_passkey_opens_alone_and_beside_a_password_and_belongs_to_one_person(house: &House) {
    let mut browser = Browser::of(house).sign_in(house, "Dora").await;
    let mut key = SoftKey::fresh();
    assert!(
        add(&mut browser, &mut key, |_| {})
            .await
            .says("You’re all set")
    );
    assert_eq!(
        add(&mut browser, &mut key, |_| {}).await.status,
        422,
        "twice"
    );
    let mut tess = browser.fresh().sign_in(house, "Tess").await;
    let mut same = SoftKey::fresh();
    std::mem::swap(&mut same, &mut key);
    assert_eq!(
        add(&mut tess, &mut same, |_| {}).await.status,
        409,
        "one key, one person"
    );
    std::mem::swap(&mut same, &mut key);
    // The key remembers whom it was asked for last; it was Dora who kept it.
    add(&mut browser, &mut key, |_| {}).await;
    let (mut alone, ticket, options) = find(house).await;
    let answer = key.prove(&options, |_| {}).to_string();
    let open = alone
        .post(
            "/sign-in/passkey/answer",
            &[
                ("ticket", &ticket),
                ("answer", &answer),
                ("next", "/customers"),
            ],
        )
        .await;
    assert_eq!(
        (open.status, open.location.as_str()),
        (303, "/customers"),
        "{}",
        open.text
    );
    assert!(
        alone
            .get("/appointments?from=2027-03-01")
            .await
            .says("Rosa Kanarya")
    );
    let replayed = alone
        .fresh()
        .post(
            "/sign-in/passkey/answer",
            &[("ticket", &ticket), ("answer", &answer)],
        )
        .await;
    assert_eq!(replayed.status, 401, "once");
    let (mut late, ticket, options) = find(house).await;
    let answer = key.prove(&options, |_| {}).to_string();
    house.wait_seconds(300);
    assert_eq!(
        late.post(
            "/sign-in/passkey/answer",
            &[("ticket", &ticket), ("answer", &answer)]
        )
        .await
        .status,
        401,
        "five minutes later"
    );
    let mut beside = Browser::of(house);
    let page = beside.password(house, "Dora").await;
    let options: Value = serde_json::from_str(&page.field("options")).unwrap();
    let answer = key.prove(&options, |_| {}).to_string();
    assert_eq!(
        beside
            .post(
                "/sign-in/proof",
                &[("ticket", &page.field("ticket")), ("answer", &answer)]
            )
            .await
            .status,
        303
    );
}

#[apply(story)]
async fn bent_answers_open_nothing(house: &House) {
    let mut inside = Browser::of(house).sign_in(house, "Dora").await;
    for (how, bend) in CREATING {
        let page = add(&mut inside, &mut SoftKey::fresh(), bend).await;
        assert!((400..500).contains(&page.status), "{how}: {}", page.status);
    }
    let mut key = SoftKey::fresh();
    key.counter = 5;
    assert!(
        add(&mut inside, &mut key, |_| {})
            .await
            .says("You’re all set")
    );
    for (how, bend) in PROVING {
        let (mut browser, ticket, options) = find(house).await;
        let answer = key.prove(&options, bend).to_string();
        let page = browser
            .post(
                "/sign-in/passkey/answer",
                &[("ticket", &ticket), ("answer", &answer)],
            )
            .await;
        assert!(
            (400..500).contains(&page.status) && browser.cookie("session").is_none(),
            "{how}: {}",
            page.status
        );
    }
    for (how, bend) in AFTERWARDS {
        let (mut browser, ticket, options) = find(house).await;
        let mut answer = key.prove(&options, |_| {});
        bend(&mut answer);
        let page = browser
            .post(
                "/sign-in/passkey/answer",
                &[("ticket", &ticket), ("answer", &answer.to_string())],
            )
            .await;
        assert!(
            (400..500).contains(&page.status) && browser.cookie("session").is_none(),
            "{how}: {}",
            page.status
        );
    }
    let (mut browser, ticket, options) = find(house).await;
    let answer = key.prove(&options, |_| {}).to_string();
    assert_eq!(
        browser
            .post(
                "/sign-in/passkey/answer",
                &[("ticket", &ticket), ("answer", &answer)]
            )
            .await
            .status,
        303,
        "and a straight one does"
    );
}
