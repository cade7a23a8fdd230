//! Signing in by pages: passwords, codes, links, guesses.
use crate::browser::Browser;
use interpres::mail::Post;
use interpres_gate::{Action, ListEntries};
use interpres_testkit::{House, apply, story};

/// What the letters to an address say, latest last.
pub(crate) async fn letters(house: &House, to: &str) -> Vec<String> {
    let folder = house.folder().join("letters");
    while Post::Folder(folder.clone())
        .send_due(&house.gate, "http://localhost:8080")
        .await
        .unwrap()
        > 0
    {}
    let Ok(found) = std::fs::read_dir(&folder) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = found.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .filter(|text| text.starts_with(&format!("To: {to}\n")))
        .collect()
}

/// The path at the end of a letter.
pub(crate) fn link(letter: &str) -> String {
    letter
        .trim()
        .rsplit("http://localhost:8080")
        .next()
        .unwrap()
        .to_owned()
}

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
        house.tamper("insert into session select * from kept k where not exists (select 1 from session s where s.token_hash = k.token_hash)").await.unwrap()
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

#[apply(story)]
async fn a_link_for_a_new_password_is_good_once_for_half_an_hour_and_passes_over_no_second_factor(
    house: &House,
) {
    let mut inside = Browser::of(house).sign_in(house, "Dora").await;
    let dora = house.person("Dora").email.clone();
    let mut browser = inside.fresh();
    let told = browser
        .post("/password/forgotten", &[("email", &dora)])
        .await;
    let unknown = browser
        .post(
            "/password/forgotten",
            &[("email", "nobody@frontrange.example")],
        )
        .await;
    assert_eq!(
        (told.status, &told.text),
        (200, &unknown.text),
        "the same answer for every address"
    );
    assert!(letters(house, "nobody@frontrange.example").await.is_empty());
    let path = link(letters(house, &dora).await.last().unwrap());
    house.wait_seconds(1);
    let page = browser.get(&path).await;
    let token = page.field("link");
    for bad in [
        "short",
        "dora lindqvist dora lindqvist",
        "passwordpassword",
        "front range interpreters",
    ] {
        assert_eq!(
            browser
                .post("/password", &[("link", &token), ("new", bad)])
                .await
                .status,
            422,
            "{bad}"
        );
    }
    assert_eq!(
        browser
            .post(
                "/password",
                &[("link", &token), ("new", "violet kettle harbor nineteen")]
            )
            .await
            .status,
        200
    );
    assert_eq!(
        browser
            .post(
                "/password",
                &[("link", &token), ("new", "violet kettle harbor twenty-one")]
            )
            .await
            .status,
        404,
        "twice"
    );
    assert_eq!(
        inside.get("/appointments").await.status,
        303,
        "every session has ended"
    );
    let asked = browser
        .post(
            "/sign-in",
            &[
                ("email", &dora),
                ("password", "violet kettle harbor nineteen"),
            ],
        )
        .await;
    assert!(asked.says("Code from your authenticator app") && browser.cookie("session").is_none());
    assert!(
        letters(house, &dora)
            .await
            .last()
            .unwrap()
            .contains("A new password was chosen")
    );
    house.wait_seconds(1);
    browser
        .post("/password/forgotten", &[("email", &dora)])
        .await;
    let late = link(letters(house, &dora).await.last().unwrap());
    house.wait_minutes(30);
    let token = late.strip_prefix("/password/").unwrap();
    assert_eq!(
        browser
            .post(
                "/password",
                &[("link", token), ("new", "violet kettle harbor twenty-one")]
            )
            .await
            .status,
        404,
        "late"
    );
}

#[apply(story)]
async fn after_a_new_password_every_older_link_is_dead_and_keys_are_listed_and_ended_on_request(
    house: &House,
) {
    let dora = house.person("Dora").email.clone();
    let key = house.person("Dora").api_key.clone();
    let door = crate::Door::of(house);
    let mut browser = Browser::of(house);
    let mut ask = async || {
        house.wait_minutes(1);
        browser
            .post("/password/forgotten", &[("email", &dora)])
            .await;
    };
    ask().await;
    let first = link(letters(house, &dora).await.last().unwrap())
        .strip_prefix("/password/")
        .unwrap()
        .to_owned();
    ask().await;
    let second = link(letters(house, &dora).await.last().unwrap())
        .strip_prefix("/password/")
        .unwrap()
        .to_owned();
    // A third letter is still on its way when the second link is used.
    ask().await;
    let mut browser = browser.fresh();
    let by = |token: &str, new: &str| {
        [
            ("link".to_owned(), token.to_owned()),
            ("new".to_owned(), new.to_owned()),
        ]
    };
    let mut choose = async |token: &str, new: &str| {
        let typed = by(token, new);
        browser
            .post(
                "/password",
                &typed
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect::<Vec<_>>(),
            )
            .await
    };
    assert_eq!(
        choose(&first, "violet kettle harbor nineteen").await.status,
        404,
        "only the latest link counts"
    );
    let done = choose(&second, "violet kettle harbor nineteen").await;
    assert!(
        done.status == 200
            && done.says("Your API keys still work")
            && done.says("Front Range Interpreters"),
        "{}",
        done.text
    );
    let third = link(
        letters(house, &dora)
            .await
            .iter()
            .rev()
            .find(|l| l.contains("/password/"))
            .unwrap(),
    )
    .strip_prefix("/password/")
    .unwrap()
    .to_owned();
    for (n, dead) in [&first, &second, &third].into_iter().enumerate() {
        assert_eq!(
            choose(dead, "orchid lantern seventeen gravel").await.status,
            404,
            "link {n}"
        );
    }
    assert_eq!(
        door.get(&key, "/api/v1/teams").await.0,
        200,
        "nobody has asked to end it"
    );
    let ticket = done.field("ticket");
    let mut browser = Browser::of(house);
    assert!(
        browser
            .post("/password/keys", &[("ticket", &ticket)])
            .await
            .says("All your keys are revoked")
    );
    assert_eq!(door.get(&key, "/api/v1/teams").await.0, 401);
    assert_eq!(
        browser
            .post("/password/keys", &[("ticket", &ticket)])
            .await
            .status,
        404,
        "once"
    );
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
    while house.gate.number_entries().await.unwrap() > 0 {}
    let carl = house.enters("Carl").await;
    let query = ListEntries {
        action: Action::SessionOpen.name().into(),
        ..ListEntries::default()
    };
    assert!(
        !house
            .gate
            .view(&carl, query)
            .await
            .unwrap()
            .into_inner()
            .items
            .is_empty()
    );
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

impl Browser {
    /// Signs in with the next code.
    async fn sign_in_later(self, house: &House, first: &str) -> Self {
        house.wait_minutes(1);
        self.sign_in(house, first).await
    }
}
