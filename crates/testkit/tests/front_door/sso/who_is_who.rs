//! Whom a provider's token opens: its own person's account, and nobody else's by an address. The
//! claims are of the shapes that Entra, Okta and Google send.
use crate::{
    Door,
    browser::{Browser, Page},
    mailbox::letters,
    sso::{
        identity_provider::{CLIENT, IdentityProvider},
        round, set_up,
    },
};
use interpres_accounts::TERMS_VERSION;
use interpres_sso::Outward;
use interpres_testkit::{House, apply, story};
use interpres_web::{Options, router};
use serde_json::{Value, json};

pub(crate) const DOMAIN: &str = "x@frontrange.example";

/// A workspace whose provider lets new people join, with a role for one group.
pub(crate) struct Place<'h> {
    pub(crate) house: &'h House,
    pub(crate) door: Door,
    pub(crate) idp: IdentityProvider,
    pub(crate) id: String,
}

impl<'h> Place<'h> {
    pub(crate) async fn of(house: &'h House, preset: &str) -> Self {
        let idp = IdentityProvider::open(&house.gate).await;
        let id = set_up(house, &idp, json!({ "preset": preset, "joins": "yes" })).await;
        let options = Options {
            outward: Some(Outward::new(true).unwrap()),
            ..Options::default()
        };
        Self {
            house,
            door: Door {
                router: router(house.gate.clone(), options),
            },
            idp,
            id,
        }
    }
    pub(crate) fn olivia(&self) -> String {
        self.house.person("Olivia").api_key.clone()
    }
    /// Somebody signs in there; the browser they come with.
    pub(crate) async fn comes(&self, claims: Value) -> (Browser, Page) {
        self.idp.is(claims);
        let mut browser = Browser::of(self.house);
        let page = round(&mut browser, &self.idp, DOMAIN).await;
        (browser, page)
    }
    pub(crate) async fn is_in(&self, claims: Value) -> Browser {
        let (mut browser, page) = self.comes(claims).await;
        assert_eq!(page.status, 303, "{}", page.text);
        browser
            .act(
                "/terms",
                &[("name", "Somebody New"), ("terms", TERMS_VERSION)],
            )
            .await;
        browser
    }
    /// Somebody is turned away, reads these words, and gets no session.
    pub(crate) async fn is_out(&self, claims: Value, words: &str) {
        let (browser, page) = self.comes(claims.clone()).await;
        assert_eq!(
            (page.status, browser.cookie("session")),
            (403, None),
            "{claims}: {}",
            page.text
        );
        assert!(page.says(words), "{claims}: {}", page.text);
    }
    /// Whether an admin was told.
    pub(crate) async fn was_told(&self, words: &str) -> bool {
        let (_, bell) = self.door.get(&self.olivia(), "/api/v1/notices").await;
        bell.to_string().contains(words)
    }
    pub(crate) async fn member(&self, name: &str) -> Value {
        let (_, people) = self.door.get(&self.olivia(), "/api/v1/people").await;
        people["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|p| p["name"] == name)
            .cloned()
            .unwrap_or_default()
    }
}

pub(crate) fn somebody(sub: &str, email: &str, more: Value) -> Value {
    let mut claims = json!({
        "sub": sub, "email": email, "email_verified": true,
        "name": format!("Somebody {sub}"), "amr": ["pwd", "mfa"]
    });
    for (name, value) in more.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

#[apply(story)]
async fn what_entra_sends_decides_by_the_verified_domain_and_never_by_a_bare_address(
    house: &House,
) {
    let place = Place::of(house, "entra").await;
    let bare = json!({
        "sub": "AAA56", "oid": "1111", "preferred_username": "alma@frontrange.example",
        "name": "Alma Test", "amr": ["pwd", "mfa"]
    });
    place
        .is_out(
            bare.clone(),
            "gave no email address for you. Ask whoever looks after it",
        )
        .await;
    assert!(place.was_told("add the claim email").await);
    let full = json!({
        "sub": "AAA56", "email": "Alma@FrontRange.example", "xms_edov": true,
        "name": "Alma Test", "amr": ["mfa"]
    });
    place.is_in(full).await;
    place.is_in(bare).await;
    assert_eq!(
        place.member("Alma Test").await["email"],
        "alma@frontrange.example",
        "known by issuer and subject"
    );
    for unverified in [
        json!({}),
        json!({ "xms_edov": false }),
        json!({ "xms_edov": "0" }),
        json!({ "email_verified": false }),
    ] {
        for owner_or_other in [
            "olivia@frontrange.example",
            "dora@frontrange.example",
            "new@frontrange.example",
        ] {
            let mut claims = json!({ "sub": "AAA57", "email": owner_or_other });
            for (name, value) in unverified.as_object().unwrap() {
                claims[name] = value.clone();
            }
            place
                .is_out(claims, "did not say that your address is verified")
                .await;
        }
    }
    assert!(place.was_told("xms_edov").await);
    place
        .is_in(json!({ "sub": "AAA58", "email": "dora@frontrange.example", "xms_edov": "1" }))
        .await;
}

#[apply(story)]
async fn groups_that_were_left_out_change_no_role_and_let_nobody_new_in(house: &House) {
    let place = Place::of(house, "entra").await;
    let bo = |more: Value| somebody("AAA58", "bo@frontrange.example", more);
    let over = json!({
        "_claim_names": { "groups": "src1" },
        "_claim_sources": {
            "src1": { "endpoint": "https://graph.example/users/x/getMemberObjects" }
        }
    });
    place
        .is_out(
            bo(over.clone()),
            "which groups you are in, because they are too many",
        )
        .await;
    place
        .is_out(bo(json!({ "hasgroups": true })), "which groups you are in")
        .await;
    assert!(
        place
            .was_told("let it send only the groups assigned to this application")
            .await
    );
    assert_eq!(place.member("Somebody AAA58").await, Value::Null);
    for groups in [
        json!({ "groups": "dispatchers" }),
        json!({ "groups": ["others", "dispatchers"] }),
    ] {
        assert_eq!(
            place
                .is_in(bo(groups))
                .await
                .get("/appointments/new")
                .await
                .status,
            200,
            "one group as text is a list of one"
        );
    }
    assert_eq!(
        place
            .is_in(bo(over))
            .await
            .get("/appointments/new")
            .await
            .status,
        200,
        "a scheduler as before"
    );
    assert_eq!(place.member("Somebody AAA58").await["role"], "scheduler");
}

#[apply(story)]
async fn google_vouches_for_addresses_of_the_accounts_own_domain_also_where_it_says_so_as_text(
    house: &House,
) {
    let place = Place::of(house, "google").await;
    let di = |more: Value| somebody("10660", "di@frontrange.example", more);
    for more in [
        json!({}),
        json!({ "hd": "elsewhere.example" }),
        json!({ "hd": "frontrange.example", "email_verified": "false" }),
    ] {
        place
            .is_out(di(more), "did not say that your address is verified")
            .await;
    }
    place
        .is_in(di(
            json!({ "hd": "frontrange.example", "email_verified": "true" }),
        ))
        .await;
}

#[apply(story)]
async fn one_audience_as_a_list_and_a_clock_that_is_somewhat_ahead_are_taken(house: &House) {
    let place = Place::of(house, "okta").await;
    let soon = house.gate.now().micros() / 1_000_000 + 45;
    for (sub, more) in [
        ("62", json!({ "aud": [CLIENT] })),
        ("63", json!({ "iat": soon, "nbf": soon })),
    ] {
        let claims = somebody(sub, &format!("f{sub}@frontrange.example"), more);
        place.is_in(claims.clone()).await;
        // Known by now: the address needs no vouching any more.
        let mut known = claims;
        known.as_object_mut().unwrap().remove("email_verified");
        place.is_in(known).await;
    }
}

#[apply(story)]
async fn a_person_stays_who_they_are_by_another_address_and_who_has_the_old_one_is_somebody_else(
    house: &House,
) {
    let place = Place::of(house, "generic").await;
    let alma = |email: &str| somebody("55", email, json!({ "name": "Alma Test" }));
    place.is_in(alma("alma.old@frontrange.example")).await;
    let before = place.member("Alma Test").await;
    place.is_in(alma("Alma.New@frontrange.example")).await;
    let after = place.member("Alma Test").await;
    assert_eq!(
        (&before["id"], &after["email"]),
        (&after["id"], &json!("alma.new@frontrange.example")),
        "the address follows"
    );
    for mailbox in ["alma.old@frontrange.example", "alma.new@frontrange.example"] {
        assert!(
            letters(house, mailbox)
                .await
                .last()
                .unwrap()
                .contains("gave you another address"),
            "{mailbox}"
        );
    }
    place
        .is_out(
            somebody("57", "ALMA.new@frontrange.example", json!({})),
            "whom your identity provider knows as another person",
        )
        .await;
    assert!(place.was_told("let go of the member's sign-in").await);
    place
        .is_in(somebody("56", "alma.old@frontrange.example", json!({})))
        .await;
    assert_ne!(
        place.member("Somebody 56").await["user"],
        after["user"],
        "whoever has the old mailbox is somebody new"
    );
    // An address that is somebody's, and one that nobody has vouched for, are not followed.
    place.is_in(alma("dora@frontrange.example")).await;
    assert!(place.was_told("one that is taken").await);
    place
        .is_in(somebody(
            "55",
            "alma.x@frontrange.example",
            json!({ "email_verified": false }),
        ))
        .await;
    assert_eq!(
        place.member("Alma Test").await["email"],
        "alma.new@frontrange.example"
    );
    // An admin who knows that they are the same lets go of the old one.
    let (status, _) = place
        .door
        .post(
            &house.person("Dora").api_key,
            &format!("/api/v1/people/{}/unlinking", after["id"].as_str().unwrap()),
            json!({}),
        )
        .await;
    assert_eq!(status, 403);
    assert_eq!(
        place
            .door
            .post(
                &place.olivia(),
                &format!("/api/v1/people/{}/unlinking", after["id"].as_str().unwrap()),
                json!({})
            )
            .await
            .0,
        201
    );
    place
        .is_in(somebody(
            "57",
            "alma.new@frontrange.example",
            json!({ "name": "Alma Test" }),
        ))
        .await;
    place
        .is_out(
            alma("alma.new@frontrange.example"),
            "whom your identity provider knows as another person",
        )
        .await;
}

#[apply(story)]
async fn under_hipaa_mode_nobody_comes_to_have_a_mailbox_of_several_people(house: &House) {
    let place = Place::of(house, "generic").await;
    place
        .is_out(
            somebody("70", "info@frontrange.example", json!({})),
            "read by several people",
        )
        .await;
    place
        .is_in(somebody(
            "71",
            "gail@frontrange.example",
            json!({ "name": "Gail Test" }),
        ))
        .await;
    place
        .is_in(somebody(
            "71",
            "scheduler@frontrange.example",
            json!({ "name": "Gail Test" }),
        ))
        .await;
    assert_eq!(
        place.member("Gail Test").await["email"],
        "gail@frontrange.example",
        "an address of several people is not followed"
    );
}
