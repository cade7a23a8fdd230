//! Somebody asks for a new password, or sets one: what it ends, and what it passes over.
use crate::{
    browser::Browser,
    mailbox::{letters, link},
};
use interpres_testkit::{House, apply, story};

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
async fn a_new_password_needs_the_old_one_and_ends_the_other_sessions(house: &House) {
    let mut browser = Browser::of(house).sign_in(house, "Tess").await;
    house.wait_minutes(1);
    let mut other = browser.fresh().sign_in(house, "Tess").await;
    let old = house.person("Tess").password.clone();
    let refused = browser
        .act(
            "/account/password",
            &[("old", "wrong"), ("new", "violet kettle harbor nineteen")],
        )
        .await;
    assert!(refused.status == 422 && refused.says("is not your password"));
    for bad in [
        "1234567",
        "tess dahl prairie",
        "interpreter",
        "qwertyui",
        "Prairie Language Partners",
    ] {
        assert_eq!(
            browser
                .act("/account/password", &[("old", &old), ("new", bad)])
                .await
                .status,
            422,
            "{bad}"
        );
    }
    assert_eq!(
        browser
            .act(
                "/account/password",
                &[("old", &old), ("new", "v7Kz~harbor")]
            )
            .await
            .status,
        303,
        "eight characters beside a second factor"
    );
    assert_eq!(
        (
            browser.get("/account").await.status,
            other.get("/account").await.status
        ),
        (200, 303)
    );
    assert!(
        letters(house, &house.person("Tess").email)
            .await
            .last()
            .unwrap()
            .contains("Your password was changed")
    );
}
