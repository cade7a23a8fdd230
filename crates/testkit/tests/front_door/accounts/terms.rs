//! The user terms are asked for before anything else opens, and again when they change.
use crate::{Browser, Door, browser::HERE};
use interpres_accounts::{AcceptedTerms, Member, TERMS_VERSION};
use interpres_gate::{
    Action, Command, Granted, Json, Permission, Refusal, Val, WriteTx, async_trait,
};
use interpres_testkit::{House, apply, story};
use interpres_web::{Options, router};
use serde_json::json;

/// Somebody accepted another version, or none.
struct Accepted(Option<&'static str>);

#[async_trait]
impl Command for Accepted {
    const ACTION: Action = Action::TermsAccept;
    const PERMISSION: Permission = Permission::OwnAccount;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let user = tx.actor().user().map(Val::text).ok_or(Refusal::Forbidden)?;
        let mut me: Member = tx.list("where user_id = $1", vec![user]).await?.remove(0);
        let (name, at) = (me.name.to_string(), tx.now());
        me.terms = self.0.map(|version| {
            Json(AcceptedTerms {
                version: version.to_owned(),
                name,
                at,
                address: None,
            })
        });
        tx.save(&me).await.map(drop)
    }
}

#[apply(story)]
async fn nothing_opens_before_the_user_terms_are_accepted_as_they_are_now(house: &House) {
    for (who, before) in [("Dora", Some("2019-01")), ("Ines", None)] {
        let mut browser = Browser::of(house).sign_in(house, who).await;
        house
            .gate
            .perform(&house.enters(who).await, Accepted(before))
            .await
            .unwrap();
        let sent_on = browser.get("/notices?kind=all&page=2").await;
        assert_eq!(
            (sent_on.status, sent_on.location.as_str()),
            (303, "/terms?next=/notices%3Fkind=all%26page=2")
        );
        let around = browser.get("/appointments/search").await;
        assert_eq!(
            (around.status, around.location.as_str()),
            (303, "/appointments")
        );
        let closed = browser.get(&around.location).await;
        assert_eq!(
            (closed.status, closed.location.as_str()),
            (303, "/terms?next=/appointments"),
            "no way around"
        );
        let asked = browser.get(&sent_on.location).await;
        assert!(
            asked.says("Tell nobody your password")
                && asked.field("next") == "/notices?kind=all&page=2",
            "{}",
            asked.text
        );
        for (name, version) in [
            ("Dora Lindqvist", ""),
            ("Dora Lindqvist", "2019-01"),
            (" ", TERMS_VERSION),
        ] {
            let wrong = browser
                .act(
                    "/terms",
                    &[
                        ("name", name),
                        ("terms", version),
                        ("next", "/notices?kind=all&page=2"),
                    ],
                )
                .await;
            assert!(
                wrong.status == 422 && wrong.field("next") == "/notices?kind=all&page=2",
                "{}",
                wrong.text
            );
            assert_eq!(browser.get("/notices").await.status, 303, "still closed");
        }
        let abroad = browser
            .act(
                "/terms",
                &[
                    ("name", "Nobody"),
                    ("terms", TERMS_VERSION),
                    ("next", "https://evil.example/"),
                ],
            )
            .await;
        assert_eq!((abroad.status, abroad.location.as_str()), (303, "/"));
        assert_eq!(browser.get("/notices").await.status, 200);
    }
    let door = Door::of(house);
    let (_, all) = door
        .get(&house.person("Carl").api_key, "/api/v1/acceptances")
        .await;
    let dora = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|a| a["member"] == "Dora Lindqvist")
        .unwrap()
        .clone();
    assert_eq!(
        (&dora["version"], &dora["typed"]),
        (&json!(TERMS_VERSION), &json!("Nobody"))
    );
}

#[apply(story)]
async fn what_was_typed_when_the_terms_came_up_is_sent_once_they_are_accepted(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let version = dora.get("/account").await.field("version");
    let csrf = dora.get("/session/resumed").await.field("csrf");
    house
        .gate
        .perform(&house.enters("Dora").await, Accepted(Some("2019-01")))
        .await
        .unwrap();
    let asked = dora
        .post(
            "/account/profile",
            &[
                ("version", &version),
                ("name", "Dora Lind"),
                ("phone", "+1 303 555 0142"),
                ("first_page", ""),
                ("csrf", &csrf),
            ],
        )
        .await;
    assert_eq!(asked.status, 403, "{}", asked.text);
    let kept = asked.field("again");
    let again = dora
        .act(
            "/terms",
            &[
                ("name", "Dora Lindqvist"),
                ("terms", TERMS_VERSION),
                ("again", &kept),
            ],
        )
        .await;
    assert!(
        again.status == 200 && again.says("Dora Lind") && again.says("+1 303 555 0142"),
        "{}",
        again.text
    );
}

#[apply(story)]
async fn on_a_copy_that_only_shows_nobody_is_asked_for_what_they_can_not_give(house: &House) {
    let dora = Browser::of(house).sign_in(house, "Dora").await;
    house
        .gate
        .perform(&house.enters("Dora").await, Accepted(Some("2019-01")))
        .await
        .unwrap();
    let copy = house.second_gate().await;
    let mut there = Browser::at(router(
        copy.clone(),
        Options {
            public_url: HERE.to_owned(),
            ..Options::default()
        },
    ));
    there.set("session", dora.cookie("session").unwrap());
    assert_eq!(there.get("/notices").await.location, "/terms?next=/notices");
    copy.only_show(copy.now());
    let shown = there.get("/notices").await;
    assert!(
        shown.status == 200 && shown.says("this is a copy"),
        "{}",
        shown.text
    );
    copy.close().await;
}

#[apply(story)]
async fn a_key_goes_on_while_whoever_made_it_has_not_read_the_new_terms(house: &House) {
    let (door, key) = (Door::of(house), house.person("Dora").api_key.clone());
    house
        .gate
        .perform(&house.enters("Dora").await, Accepted(None))
        .await
        .unwrap();
    assert_eq!(door.get(&key, "/api/v1/customers").await.0, 200);
}
