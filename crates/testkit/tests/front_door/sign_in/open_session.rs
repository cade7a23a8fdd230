//! Somebody signs in by a password and a code, an app's or a recovery code; each is good once.
use crate::browser::Browser;
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn a_password_and_a_code_open_a_session_and_the_code_is_good_once(house: &House) {
    let mut browser = Browser::of(house);
    let asked = browser.password(house, "Dora").await;
    assert!(
        asked.status == 200 && browser.cookie("session").is_none(),
        "a password alone opens nothing"
    );
    let code = Browser::code(house, "Dora");
    for wrong in ["000000", "abcdef", "", "00000a"] {
        assert_eq!(
            browser
                .post(
                    "/sign-in/proof",
                    &[("ticket", &asked.field("ticket")), ("code", wrong)]
                )
                .await
                .status,
            401
        );
    }
    let open = browser
        .post(
            "/sign-in/proof",
            &[
                ("ticket", &asked.field("ticket")),
                ("code", &code),
                ("next", "/customers?q=x"),
            ],
        )
        .await;
    assert_eq!(
        (open.status, open.location.as_str()),
        (303, "/customers?q=x")
    );
    let cookie = open
        .set
        .iter()
        .find(|c| c.starts_with("session-8080="))
        .unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    assert_eq!(browser.get("/appointments").await.status, 200);
    let mut again = browser.fresh();
    let asked = again.password(house, "Dora").await;
    assert_eq!(
        again
            .post(
                "/sign-in/proof",
                &[("ticket", &asked.field("ticket")), ("code", &code)]
            )
            .await
            .status,
        401,
        "a code twice"
    );
    let elsewhere = again
        .post(
            "/sign-in/proof",
            &[
                ("ticket", &asked.field("ticket")),
                ("code", ""),
                ("next", "https://evil.example/"),
            ],
        )
        .await;
    assert!(!elsewhere.says("evil.example"));
}

#[apply(story)]
async fn a_session_that_ended_or_got_another_token_stays_so_although_its_row_is_put_back(
    house: &House,
) {
    let mut browser = Browser::of(house).sign_in(house, "Dora").await;
    let sign_out =
        async |browser: &Browser| browser.clone().act("/account/sessions/end", &[]).await;
    let kept = async |browser: &Browser| {
        house.tamper("drop table if exists kept").await.unwrap();
        house
            .tamper("create table kept as select * from session")
            .await
            .unwrap();
        browser.clone()
    };
    let put_back = async || {
        house
            .tamper(
                "insert into session select * from kept k where not exists (select 1 \
                from session s where s.token_hash = k.token_hash)",
            )
            .await
            .unwrap()
    };
    let before = kept(&browser).await;
    house.wait_minutes(1);
    browser.prove(house, "Dora").await;
    assert_eq!(put_back().await, 1, "the session has another token by now");
    assert_eq!(
        before.clone().get("/appointments").await.status,
        303,
        "the one before is good for nothing"
    );
    assert_eq!(browser.get("/appointments").await.status, 200);
    let before = kept(&browser).await;
    assert_eq!(sign_out(&browser).await.status, 303);
    assert!(put_back().await > 0);
    assert_eq!(before.clone().get("/appointments").await.status, 303);
    house.tamper("drop table kept").await.unwrap();
}

#[apply(story)]
async fn one_code_tried_by_a_thousand_at_once_opens_one_session(house: &House) {
    let browser = Browser::of(house);
    let code = Browser::code(house, "Dora");
    let mut tickets = Vec::new();
    for _ in 0..20 {
        tickets.push(
            browser
                .fresh()
                .password(house, "Dora")
                .await
                .field("ticket"),
        );
    }
    let tries = (0..1000).map(|n| {
        let (mut browser, ticket, code) = (
            browser.fresh(),
            tickets[n % tickets.len()].clone(),
            code.clone(),
        );
        async move {
            browser
                .post("/sign-in/proof", &[("ticket", &ticket), ("code", &code)])
                .await
                .status
        }
    });
    let opened = futures_util::future::join_all(tries)
        .await
        .into_iter()
        .filter(|status| *status == 303)
        .count();
    assert_eq!(opened, 1);
}

#[apply(story)]
async fn five_wrong_codes_use_a_sign_in_up_and_five_minutes_too(house: &House) {
    let mut browser = Browser::of(house);
    let ticket = browser.password(house, "Dora").await.field("ticket");
    for _ in 0..5 {
        browser
            .post("/sign-in/proof", &[("ticket", &ticket), ("code", "000000")])
            .await;
    }
    let gone = browser
        .post(
            "/sign-in/proof",
            &[("ticket", &ticket), ("code", &Browser::code(house, "Dora"))],
        )
        .await;
    assert!(
        gone.status == 401 && gone.says("Sign in again"),
        "{}",
        gone.text
    );
    house.wait_minutes(20);
    let ticket = browser.password(house, "Dora").await.field("ticket");
    house.wait_minutes(5);
    let late = browser
        .post(
            "/sign-in/proof",
            &[("ticket", &ticket), ("code", &Browser::code(house, "Dora"))],
        )
        .await;
    assert!(late.status == 401 && late.says("Sign in again"));
    assert!(browser.cookie("session").is_none());
}

#[apply(story)]
async fn a_recovery_code_opens_once_and_new_ones_replace_the_old(house: &House) {
    let mut inside = Browser::of(house).sign_in(house, "Dora").await;
    let page = inside.act("/account/factors/codes", &[]).await;
    let codes: Vec<String> = page
        .text
        .split("<code>")
        .skip(1)
        .map(|part| part.split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 10);
    let mut browser = inside.fresh();
    for expected in [303, 401] {
        let ticket = browser.password(house, "Dora").await.field("ticket");
        assert_eq!(
            browser
                .post(
                    "/sign-in/proof",
                    &[("ticket", &ticket), ("code", &codes[4])]
                )
                .await
                .status,
            expected
        );
        browser.forget("session");
    }
    inside.act("/account/factors/codes", &[]).await;
    let ticket = browser.password(house, "Dora").await.field("ticket");
    assert_eq!(
        browser
            .post(
                "/sign-in/proof",
                &[("ticket", &ticket), ("code", &codes[5])]
            )
            .await
            .status,
        401,
        "those of before are good for nothing"
    );
}

#[apply(story)]
async fn signing_in_leaves_entries_without_secrets_and_a_fixed_session_is_no_use(house: &House) {
    let mut browser = Browser::of(house);
    let planted = "planted-by-somebody-else";
    let asked = browser.password(house, "Dora").await;
    let mut victim = browser.fresh();
    victim
        .post(
            "/sign-in/proof",
            &[
                ("ticket", &asked.field("ticket")),
                ("code", &Browser::code(house, "Dora")),
            ],
        )
        .await;
    assert_ne!(victim.cookie("session").unwrap(), planted);
    house.number_entries().await;
    assert!(!house.entries("session.open").await.is_empty());
    for action in ["account.sign-in", "proof.check"] {
        assert!(house.logged(action).await > 0, "{action}");
    }
    let secrets = [
        house.person("Dora").password.clone(),
        victim.cookie("session").unwrap().to_owned(),
        asked.field("ticket"),
        house.person("Dora").totp_secret.clone(),
    ];
    for table in [
        "audit_entry",
        "session",
        "ticket",
        "user_account_row",
        "factor_row",
        "record_version",
        "throttle",
        "device",
    ] {
        for row in house.raw(&format!("select * from {table}")).await {
            let text = format!("{row:?}");
            assert!(
                secrets.iter().all(|secret| !text.contains(secret.as_str())),
                "{table}: {text}"
            );
        }
    }
}
