//! Somebody guesses: strangers are slowed down and locked out, and the browser that is known is
//! not.
use crate::{
    Door,
    browser::Browser,
    mailbox::{letters, link},
};
use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn guessing_passwords_is_slowed_down_and_an_unknown_address_gets_the_same_answer(
    house: &House,
) {
    let door = Door::of(house);
    let text = async |email: &str| {
        let form = format!("email={email}&password=wrong");
        let answer = door
            .send(
                Request::builder()
                    .method("POST")
                    .uri("/sign-in")
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(Body::from(form))
                    .unwrap(),
            )
            .await;
        (
            answer.status().as_u16(),
            String::from_utf8(
                to_bytes(answer.into_body(), 1 << 20)
                    .await
                    .unwrap()
                    .to_vec(),
            )
            .unwrap()
            .replace(email, ""),
        )
    };
    assert_eq!(
        text("dora@frontrange.example").await,
        text("nobody@frontrange.example").await
    );
    for _ in 0..4 {
        text("dora@frontrange.example").await;
    }
    let (status, page) = text("dora@frontrange.example").await;
    assert_eq!(status, 429);
    assert!(page.contains("Try again in"), "{page}");
    let olivia = &house.person("Olivia").api_key;
    let mut reads = Browser::of(house).sign_in(house, "Olivia").await;
    let page = reads.get("/audit?action=session.open").await;
    let told = crate::browser::plain(&page.text);
    assert!(
        told.contains("Someone, as Dora Lindqvist,"),
        "a guess is nobody's own act: {told}"
    );
    let (_, log) = door
        .get(olivia, "/api/v1/audit/entries?action=session.open")
        .await;
    let refused = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e["outcome"] == "refused")
        .count();
    assert!(refused >= 1, "the agency's log knows of wrong passwords");
}

#[apply(story)]
async fn what_strangers_guess_locks_strangers_out_and_not_the_browser_that_is_known(house: &House) {
    let mut known = Browser::of(house).sign_in(house, "Dora").await;
    let dora = &house.person("Dora").email;
    let mut stranger = known.fresh();
    let mut wrong = async |email: &str| {
        stranger
            .post("/sign-in", &[("email", email), ("password", "guess")])
            .await
    };
    for _ in 0..5 {
        assert_eq!(
            (
                wrong(dora).await.status,
                wrong("nobody@frontrange.example").await.status
            ),
            (401, 401)
        );
    }
    let (locked, unknown) = (wrong(dora).await, wrong("nobody@frontrange.example").await);
    assert_eq!(
        (locked.status, unknown.status),
        (429, 429),
        "an address that nobody has waits like one that somebody has"
    );
    assert_eq!(
        locked.text.replace(dora.as_str(), ""),
        unknown.text.replace("nobody@frontrange.example", "")
    );
    known.forget("session");
    assert_eq!(
        known.password(house, "Dora").await.status,
        200,
        "the browser that is known gets in"
    );
    let mut right = known.fresh();
    assert_eq!(
        right.password(house, "Dora").await.status,
        429,
        "a stranger with the right password waits too"
    );
    let mut looked = known.sign_in_later(house, "Dora").await;
    assert!(
        looked.get("/account").await.says("failed tries before it"),
        "the owner learns of it"
    );
    assert_eq!(
        right.password(house, "Dora").await.status,
        200,
        "a minute later"
    );
}

#[apply(story)]
async fn after_a_hundred_guesses_only_a_new_password_or_a_known_browser_opens(house: &House) {
    let mut stranger = Browser::of(house);
    let dora = house.person("Dora").email.clone();
    let mut closed = 0;
    for n in 0..105 {
        if n % 20 == 0 {
            // A server of its own: the count by network address is another wall.
            stranger = Browser::of(house);
        }
        let page = stranger
            .post("/sign-in", &[("email", &dora), ("password", "guess")])
            .await;
        closed += usize::from(page.says("Reset your password with"));
        house.wait_minutes(16);
    }
    assert!(closed >= 4, "{closed}");
    house.wait_minutes(60 * 24 * 7);
    assert_eq!(stranger.password(house, "Dora").await.status, 429);
    let warned = letters(house, &dora).await;
    assert_eq!(
        warned
            .iter()
            .filter(|l| l.contains("Somebody tries to sign in as you"))
            .count(),
        2,
        "{warned:?}"
    );
    stranger
        .post("/password/forgotten", &[("email", &dora)])
        .await;
    let path = link(letters(house, &dora).await.last().unwrap());
    let token = path.strip_prefix("/password/").unwrap();
    assert_eq!(
        stranger
            .post(
                "/password",
                &[("link", token), ("new", "orchid lantern seventeen gravel")]
            )
            .await
            .status,
        200
    );
    assert_eq!(
        stranger
            .post(
                "/sign-in",
                &[
                    ("email", &dora),
                    ("password", "orchid lantern seventeen gravel")
                ]
            )
            .await
            .status,
        200
    );
}
