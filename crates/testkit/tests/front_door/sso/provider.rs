//! Signing in by an identity provider: right ones, and one that lies in many ways.
use crate::{
    Door,
    browser::{Browser, Page, plain},
    sso::identity_provider::{CLIENT, IdentityProvider, SECRET},
};
use interpres_accounts::TERMS_VERSION;
use interpres_sso::GrantDomain;
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

/// Every way in which the provider's answer is wrong.
const LIES: [&str; 49] = [
    "metadata with a slash",
    "metadata of every tenant",
    "metadata of another",
    "tokens elsewhere by plain http",
    "keys in a file",
    "tokens behind a redirect",
    "another state",
    "error",
    "no code",
    "another issuer answers",
    "nobody says who answers",
    "no answer",
    "an answer without a token",
    "another issuer",
    "issuer with a slash",
    "no issuer",
    "for another client",
    "for no client",
    "for two and nobody's",
    "issued to another",
    "expired",
    "never expires",
    "expires as text",
    "from the future",
    "from long ago",
    "made at no time",
    "not yet",
    "another nonce",
    "no nonce",
    "nobody",
    "an empty name",
    "a number for a name",
    "another access token",
    "alg none",
    "alg None",
    "alg HS256 by the secret",
    "alg HS256 by the public key",
    "a key it does not show",
    "a key of no name it shows",
    "a key of its own along",
    "no signature",
    "changed afterwards",
    "no token at all",
    "a token of a megabyte",
    "a key for encrypting",
    "no keys",
    "a key for another algorithm",
    "userinfo of another",
    "an address nobody verified",
];

pub(crate) async fn set_up(house: &House, idp: &IdentityProvider, more: Value) -> String {
    let door = Door::of(house);
    let mut input = json!({ "name": "Front Range Okta", "issuer": idp.issuer(), "client_id": CLIENT, "client_secret": SECRET, "group_roles": "dispatchers=scheduler\nbosses=admin" });
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    let (status, saved) = door
        .post(&house.person("Olivia").api_key, "/api/v1/providers", input)
        .await;
    assert_eq!(status, 201, "{saved}");
    let id = saved["id"].as_str().unwrap().to_owned();
    let operator = house
        .gate
        .operator(house.world.workspaces["Front Range Interpreters"]);
    house
        .gate
        .perform(
            &operator,
            GrantDomain {
                provider: id.parse().unwrap(),
                domain: "frontrange.example".into(),
            },
        )
        .await
        .unwrap();
    id
}

fn dora(more: Value) -> Value {
    let mut who = json!({ "sub": "00u-dora", "email": "dora@frontrange.example", "email_verified": true, "name": "Dora Lindqvist", "amr": ["pwd", "mfa"], "sid": "s-1" });
    for (name, value) in more.as_object().unwrap() {
        who[name] = value.clone();
    }
    who
}

/// Where the page leads.
pub(crate) fn url(page: &Page) -> String {
    let at = page
        .text
        .find("0;url=")
        .unwrap_or_else(|| panic!("leads nowhere: {}", page.text))
        + 6;
    plain(&page.text[at..at + page.text[at..].find('"').unwrap()])
}

/// Goes there and back.
pub(crate) async fn round(browser: &mut Browser, idp: &IdentityProvider, email: &str) -> Page {
    let to = browser
        .post(
            "/sign-in/provider",
            &[("email", email), ("next", "/customers")],
        )
        .await;
    if to.status != 200 {
        return to;
    }
    let back = idp.signs_in(&url(&to));
    browser
        .get(&format!("/sign-in/provider/answer?{back}"))
        .await
}

#[apply(story)]
async fn a_member_comes_in_by_the_provider_and_its_second_factor_counts(house: &House) {
    let idp = IdentityProvider::open(&house.gate).await;
    set_up(house, &idp, json!({})).await;
    idp.is(dora(json!({})));
    let mut browser = Browser::of(house);
    let back = round(&mut browser, &idp, "dora@frontrange.example").await;
    assert_eq!(
        (back.status, back.location.as_str()),
        (303, "/customers"),
        "{}",
        back.text
    );
    assert!(
        browser
            .get("/appointments?from=2027-03-01")
            .await
            .says("Rosa Kanarya"),
        "as Dora, with two factors"
    );
    assert!(
        browser
            .get("/account")
            .await
            .says("Managed by your organization"),
        "what the provider owns is changed there"
    );
    let page = browser.get("/account").await;
    let renamed = browser
        .act(
            "/account/profile",
            &[
                ("version", &page.field("version")),
                ("name", "Somebody Else"),
                ("phone", ""),
                ("first_page", ""),
            ],
        )
        .await;
    assert!(
        renamed.status == 422
            && renamed.says("Dora Lindqvist")
            && !page.text.contains("name=\"name\" value=\"Dora"),
        "so is the name: {}",
        renamed.text
    );
    assert_eq!(
        browser
            .act(
                "/account/password",
                &[("new", "violet kettle harbor nineteen")]
            )
            .await
            .status,
        403
    );
    assert_eq!(
        browser.act("/account/factors/app", &[]).await.status,
        403,
        "a provider opens no other door"
    );
    // The address may change there; who it is does not.
    idp.is(dora(json!({ "email": "dora.new@elsewhere.example" })));
    let mut again = browser.fresh();
    assert_eq!(
        round(&mut again, &idp, "dora@frontrange.example")
            .await
            .status,
        303
    );
    idp.is(dora(json!({ "amr": ["pwd"] })));
    let mut weak = browser.fresh();
    assert_eq!(
        round(&mut weak, &idp, "dora@frontrange.example")
            .await
            .status,
        303
    );
    assert_eq!(
        weak.get("/appointments").await.location,
        "/proof?next=/appointments",
        "one factor is not two"
    );
    let asked = weak.get("/proof?next=/appointments").await;
    assert!(
        asked.says("Confirm with your organization")
            && asked.says("Code from your authenticator app")
    );
    let by_password = weak
        .act(
            "/proof",
            &[
                ("password", &house.person("Dora").password),
                ("next", "/appointments"),
            ],
        )
        .await;
    assert_eq!(
        by_password.status, 403,
        "a password counts for nothing after a provider"
    );
    let wrong = weak
        .act(
            "/proof",
            &[
                ("ticket", &asked.field("ticket")),
                ("code", "000000"),
                ("next", "/appointments"),
            ],
        )
        .await;
    assert!(
        wrong.status == 403 && wrong.says("isn’t right"),
        "{}",
        wrong.text
    );
    assert_eq!(weak.prove(house, "Dora").await.status, 303);
    assert!(
        weak.get("/appointments?from=2027-03-01")
            .await
            .says("Rosa Kanarya"),
        "her own app is the second"
    );
    idp.changes_its_key("two");
    idp.is(dora(json!({})));
    assert_eq!(
        round(&mut browser.fresh(), &idp, "dora@frontrange.example")
            .await
            .status,
        303,
        "a new key is known at once"
    );
    idp.lies("address by userinfo");
    assert_eq!(
        round(&mut browser.fresh(), &idp, "dora@frontrange.example")
            .await
            .status,
        303
    );
}

#[apply(story)]
async fn a_provider_that_lies_lets_nobody_in(house: &House) {
    let idp = IdentityProvider::open(&house.gate).await;
    set_up(house, &idp, json!({})).await;
    for lie in LIES {
        // A server of its own each time: the count by network address is another wall.
        let mut browser = Browser::of(house);
        idp.is(if lie == "an address nobody verified" {
            dora(json!({ "sub": "new", "email_verified": false }))
        } else {
            dora(json!({}))
        });
        idp.lies(lie);
        let page = round(&mut browser, &idp, "dora@frontrange.example").await;
        assert!(
            (400..600).contains(&page.status) && browser.cookie("session").is_none(),
            "{lie}: {} {}",
            page.status,
            page.location
        );
        assert!(
            !page.text.contains("nonce") && !page.text.contains("issuer"),
            "{lie}: the page tells too much"
        );
    }
    idp.lies("");
    idp.is(dora(json!({})));
    assert_eq!(
        round(&mut Browser::of(house), &idp, "dora@frontrange.example")
            .await
            .status,
        303,
        "and the truth does"
    );
}

#[apply(story)]
async fn an_answer_counts_once_and_only_in_the_browser_that_asked(house: &House) {
    let idp = IdentityProvider::open(&house.gate).await;
    set_up(house, &idp, json!({})).await;
    idp.is(dora(json!({})));
    let mut browser = Browser::of(house);
    let to = browser
        .post("/sign-in/provider", &[("email", "dora@frontrange.example")])
        .await;
    let back = format!("/sign-in/provider/answer?{}", idp.signs_in(&url(&to)));
    let mut victim = browser.fresh();
    assert_eq!(victim.get(&back).await.status, 400, "another browser");
    assert_eq!(browser.get(&back).await.status, 400, "and it is used up");
    let to = browser
        .post("/sign-in/provider", &[("email", "dora@frontrange.example")])
        .await;
    let back = format!("/sign-in/provider/answer?{}", idp.signs_in(&url(&to)));
    assert_eq!(
        (
            browser.get(&back).await.status,
            browser.get(&back).await.status
        ),
        (303, 400),
        "once"
    );
    let to = browser
        .post("/sign-in/provider", &[("email", "dora@frontrange.example")])
        .await;
    let back = format!("/sign-in/provider/answer?{}", idp.signs_in(&url(&to)));
    house.wait_seconds(600);
    assert_eq!(browser.get(&back).await.status, 400, "ten minutes later");
    assert_eq!(
        browser
            .post("/sign-in/provider", &[("email", "x@nowhere.example")])
            .await
            .status,
        403
    );
}

#[apply(story)]
async fn new_people_join_by_the_provider_where_it_is_said_and_groups_give_roles(house: &House) {
    let idp = IdentityProvider::open(&house.gate).await;
    let id = set_up(house, &idp, json!({})).await;
    let door = Door::of(house);
    let olivia = house.person("Olivia").api_key.clone();
    let nina = |more: Value| {
        let mut who = json!({ "sub": "00u-nina", "email": "nina@frontrange.example", "email_verified": true, "name": "Nina Moe", "amr": ["mfa"] });
        for (name, value) in more.as_object().unwrap() {
            who[name] = value.clone();
        }
        who
    };
    idp.is(nina(json!({})));
    let page = round(&mut Browser::of(house), &idp, "nina@frontrange.example").await;
    assert!(page.status == 403 && page.says("Ask for an invitation"));
    let joins = json!({ "name": "Okta", "issuer": idp.issuer(), "client_id": CLIENT, "joins": "yes", "default_role": "viewer", "group_roles": "dispatchers=scheduler" });
    assert_eq!(
        door.post(&olivia, &format!("/api/v1/providers/{id}"), joins)
            .await
            .0,
        201,
        "the secret stays as it is"
    );
    let mut browser = Browser::of(house);
    assert_eq!(
        round(&mut browser, &idp, "nina@frontrange.example")
            .await
            .status,
        303
    );
    assert_eq!(
        browser.get("/appointments").await.location,
        "/terms?next=/appointments",
        "nobody comes in by a provider without the terms"
    );
    assert_eq!(
        browser
            .act("/terms", &[("name", "Nina Moe"), ("terms", TERMS_VERSION)])
            .await
            .status,
        303
    );
    assert_eq!(
        browser.get("/appointments/new").await.status,
        403,
        "a viewer"
    );
    idp.is(nina(json!({ "groups": ["others", "dispatchers"] })));
    let mut browser = browser.fresh();
    assert_eq!(
        round(&mut browser, &idp, "nina@frontrange.example")
            .await
            .status,
        303
    );
    assert_eq!(
        browser.get("/appointments/new").await.status,
        200,
        "her group makes her a scheduler"
    );
    // Somebody else's address, another agency's, and one of a domain that was not granted.
    for (sub, email) in [
        ("x1", "peter@prairie.example"),
        ("x2", "ceo@elsewhere.example"),
        ("x3", ""),
    ] {
        idp.is(json!({ "sub": sub, "email": email, "email_verified": true, "amr": ["mfa"] }));
        assert_eq!(
            round(&mut Browser::of(house), &idp, "nina@frontrange.example")
                .await
                .status,
            403,
            "{email}"
        );
    }
    let (_, people) = door.get(&olivia, "/api/v1/people").await;
    assert_eq!(
        people["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|p| p["name"] == "Nina Moe")
            .count(),
        1
    );
    for bad in [
        json!({ "default_role": "owner" }),
        json!({ "issuer": "http://idp.example.com" }),
        json!({ "group_roles": "x" }),
        json!({ "group_roles": "x=owner" }),
        json!({ "client_secret": "" }),
        json!({ "preset": "myspace" }),
    ] {
        let mut input = json!({ "name": "B", "issuer": "https://idp.example.com", "client_id": "c", "client_secret": "s" });
        for (name, value) in bad.as_object().unwrap() {
            input[name] = value.clone();
        }
        assert_eq!(
            door.post(&olivia, "/api/v1/providers", input).await.0,
            422,
            "{bad}"
        );
    }
    let (_, listed) = door.get(&olivia, "/api/v1/providers").await;
    assert!(
        !listed.to_string().contains(SECRET),
        "a secret is never shown"
    );
}

#[apply(story)]
async fn whoever_comes_for_the_first_time_twice_at_once_comes_in_twice_and_is_one(house: &House) {
    let idp = IdentityProvider::open(&house.gate).await;
    set_up(
        house,
        &idp,
        json!({ "joins": "yes", "default_role": "viewer" }),
    )
    .await;
    for n in 0..6 {
        let email = if n == 0 {
            "dora@frontrange.example".to_owned()
        } else {
            format!("nina{n}@frontrange.example")
        };
        idp.is(json!({ "sub": format!("00u-{n}"), "email": email, "email_verified": true, "name": format!("Nina {n}"), "amr": ["mfa"] }));
        let (mut one, mut other) = (Browser::of(house), Browser::of(house));
        let (first, second) = tokio::join!(
            round(&mut one, &idp, &email),
            round(&mut other, &idp, &email)
        );
        assert_eq!(
            (first.status, second.status),
            (303, 303),
            "{email}: {}{}",
            first.text,
            second.text
        );
    }
    let (_, people) = Door::of(house)
        .get(&house.person("Olivia").api_key, "/api/v1/people")
        .await;
    assert_eq!(
        people["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|p| p["name"].as_str().unwrap().starts_with("Nina"))
            .count(),
        5
    );
}

#[apply(story)]
async fn who_came_by_a_provider_without_a_second_factor_sets_an_app_up_where_it_opens_nothing_else(
    house: &House,
) {
    let idp = IdentityProvider::open(&house.gate).await;
    let id = set_up(house, &idp, json!({})).await;
    let door = Door::of(house);
    let joins = json!({ "name": "Workspace", "issuer": idp.issuer(), "client_id": CLIENT, "joins": "yes", "default_role": "scheduler" });
    assert_eq!(
        door.post(
            &house.person("Olivia").api_key,
            &format!("/api/v1/providers/{id}"),
            joins
        )
        .await
        .0,
        201
    );
    idp.is(json!({ "sub": "10-nina", "email": "nina@frontrange.example", "email_verified": true, "name": "Nina Moe" }));
    let mut nina = Browser::of(house);
    assert_eq!(
        round(&mut nina, &idp, "nina@frontrange.example")
            .await
            .status,
        303
    );
    assert_eq!(
        nina.act("/terms", &[("name", "Nina Moe"), ("terms", TERMS_VERSION)])
            .await
            .status,
        303
    );
    assert!(
        nina.get("/appointments?from=2027-03-01")
            .await
            .says("Set up a second factor by"),
        "days of grace"
    );
    house.wait_minutes(7 * 24 * 60);
    let mut nina = nina.fresh();
    assert_eq!(
        round(&mut nina, &idp, "nina@frontrange.example")
            .await
            .status,
        303
    );
    assert_eq!(
        nina.get("/appointments").await.location,
        "/account/factors?next=/appointments"
    );
    let page = nina.get("/account/factors").await;
    assert!(
        page.says("didn’t confirm a second factor") && !page.says("Set up a passkey"),
        "{}",
        page.text
    );
    assert_eq!(
        nina.act("/account/factors/passkey", &[]).await.status,
        403,
        "which would open by itself"
    );

    // As long as she belongs to another workspace as well, this one's provider sets nothing up for both.
    let invited = door
        .post(
            &house.person("Peter").api_key,
            "/api/v1/invitations",
            json!({ "email": "nina@frontrange.example", "role": "viewer" }),
        )
        .await;
    assert_eq!(invited.0, 201, "{}", invited.1);
    let letters = crate::sign_in::passwords::letters(house, "nina@frontrange.example").await;
    let link = crate::sign_in::passwords::link(letters.last().unwrap())
        .strip_prefix("/invitation/")
        .unwrap()
        .to_owned();
    assert_eq!(
        nina.fresh()
            .post(
                "/invitation",
                &[
                    ("link", &link),
                    ("name", "Nina Moe"),
                    ("terms", TERMS_VERSION)
                ]
            )
            .await
            .status,
        200
    );
    assert_eq!(nina.act("/account/factors/app", &[]).await.status, 403);
    let (_, people) = door
        .get(&house.person("Peter").api_key, "/api/v1/people?q=nina")
        .await;
    let there = people["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        door.post(
            &house.person("Peter").api_key,
            &format!("/api/v1/people/{there}/deactivation"),
            json!({})
        )
        .await
        .0,
        201
    );

    let begun = nina.act("/account/factors/app", &[]).await;
    let seed = begun
        .text
        .split("class=\"token\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    let code = |at| interpres_accounts::code_at(&seed, at).unwrap();
    let wrong = nina
        .act(
            "/account/factors/app/code",
            &[
                ("ticket", &begun.field("ticket")),
                ("code", "000000"),
                ("name", "Phone"),
            ],
        )
        .await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    let set = nina
        .act(
            "/account/factors/app/code",
            &[
                ("ticket", &begun.field("ticket")),
                ("code", &code(house.gate.now())),
                ("name", "Phone"),
            ],
        )
        .await;
    assert!(
        set.status == 200 && set.says("Recovery codes"),
        "{}",
        set.text
    );
    assert!(
        nina.get("/appointments?from=2027-03-01")
            .await
            .says("Rosa Kanarya")
    );
    assert_eq!(
        nina.act("/account/factors/app", &[]).await.status,
        403,
        "one is there"
    );
    house.wait_minutes(1);
    let mut again = nina.fresh();
    assert_eq!(
        round(&mut again, &idp, "nina@frontrange.example")
            .await
            .status,
        303
    );
    assert_eq!(
        again.get("/appointments").await.location,
        "/proof?next=/appointments"
    );
    let ticket = again.get("/proof").await.field("ticket");
    assert_eq!(
        again
            .act(
                "/proof",
                &[("ticket", &ticket), ("code", &code(house.gate.now()))]
            )
            .await
            .status,
        303
    );
    assert_eq!(again.get("/appointments").await.status, 200);
}

#[apply(story)]
async fn logging_out_at_the_provider_ends_the_session_here(house: &House) {
    let idp = IdentityProvider::open(&house.gate).await;
    let id = set_up(house, &idp, json!({})).await;
    idp.is(dora(json!({})));
    let mut browser = Browser::of(house);
    round(&mut browser, &idp, "dora@frontrange.example").await;
    assert_eq!(browser.get("/customers").await.status, 200);
    let mut wire = browser.fresh();
    let path = format!("/sign-in/provider/{id}/logout");
    let wrong = [
        json!({ "aud": "somebody else", "sub": "00u-dora" }),
        json!({ "iss": "https://accounts.example.com", "sub": "00u-dora" }),
        json!({ "sub": "00u-dora", "nonce": "n" }),
        json!({ "sub": "00u-dora", "events": null }),
        json!({ "sub": "00u-dora", "events": { "http://schemas.openid.net/event/other": {} } }),
        json!({}),
        json!({ "sub": "00u-dora", "jti": null }),
        json!({ "sub": "00u-dora", "iat": 1 }),
        json!({ "sub": "00u-dora", "exp": 1 }),
    ];
    for claims in wrong {
        assert_eq!(
            wire.post(&path, &[("logout_token", &idp.logout(claims.clone()))])
                .await
                .status,
            400,
            "{claims}"
        );
    }
    assert_eq!(
        browser.get("/customers").await.status,
        200,
        "what is not right ends nothing"
    );
    let token = idp.logout(json!({ "sub": "00u-dora", "sid": "s-1" }));
    assert_eq!(
        wire.post(&path, &[("logout_token", &token)]).await.status,
        200
    );
    assert_eq!(browser.get("/customers").await.status, 303);
    assert_eq!(
        wire.post(&path, &[("logout_token", &token)]).await.status,
        400,
        "the same token again"
    );
    let mut own = browser.fresh().sign_in(house, "Dora").await;
    assert_eq!(
        wire.post(
            &path,
            &[(
                "logout_token",
                &idp.logout(json!({ "sub": "00u-dora", "jti": "j-2" }))
            )]
        )
        .await
        .status,
        200
    );
    assert_eq!(
        own.get("/customers").await.status,
        200,
        "a session of one's own stays"
    );
}

#[apply(story)]
async fn where_only_the_provider_lets_in_owners_keep_their_own_way_and_grave_acts_ask_the_provider(
    house: &House,
) {
    let idp = IdentityProvider::open(&house.gate).await;
    let id = set_up(house, &idp, json!({})).await;
    let door = Door::of(house);
    let only =
        json!({ "name": "Okta", "issuer": idp.issuer(), "client_id": CLIENT, "only": "yes" });
    let (status, problem) = door
        .post(
            &house.person("Olivia").api_key,
            &format!("/api/v1/providers/{id}"),
            only.clone(),
        )
        .await;
    assert!(
        status == 422 && problem.to_string().contains("every admin has linked"),
        "{problem}"
    );
    let mut browser = Browser::of(house);
    idp.is(dora(
        json!({ "sub": "00u-adam", "email": "adam@frontrange.example" }),
    ));
    let mut adam = browser.fresh().sign_in(house, "Adam").await;
    let to = adam.act(&format!("/account/providers/{id}"), &[]).await;
    assert_eq!(
        adam.get(&format!(
            "/sign-in/provider/answer?{}",
            idp.signs_in(&url(&to))
        ))
        .await
        .status,
        303
    );
    // Dora has a session of her own here, and one that she took along to another workspace.
    let invited = door
        .post(
            &house.person("Peter").api_key,
            "/api/v1/invitations",
            json!({ "email": "dora@frontrange.example", "role": "viewer" }),
        )
        .await;
    assert_eq!(invited.0, 201, "{}", invited.1);
    let letters = crate::sign_in::passwords::letters(house, "dora@frontrange.example").await;
    let link = crate::sign_in::passwords::link(letters.last().unwrap())
        .strip_prefix("/invitation/")
        .unwrap()
        .to_owned();
    let mut own = browser.fresh().sign_in(house, "Dora").await;
    assert_eq!(
        own.post(
            "/invitation",
            &[
                ("link", &link),
                ("name", "Dora Lindqvist"),
                ("terms", TERMS_VERSION)
            ]
        )
        .await
        .status,
        200
    );
    house.wait_minutes(1);
    let mut elsewhere = browser.fresh().sign_in(house, "Dora").await;
    let (front, prairie) = (
        house.world.workspaces["Front Range Interpreters"],
        house.world.workspaces["Prairie Language Partners"],
    );
    let own_there = own.act(&format!("/workspaces/{front}/session"), &[]).await;
    assert_eq!(
        (
            own_there.status,
            elsewhere
                .act(&format!("/workspaces/{prairie}/session"), &[])
                .await
                .status
        ),
        (303, 303)
    );
    assert_eq!(
        (
            own.get("/customers").await.status,
            elsewhere.get("/customers").await.status
        ),
        (200, 200)
    );
    assert_eq!(
        door.post(
            &house.person("Olivia").api_key,
            &format!("/api/v1/providers/{id}"),
            only
        )
        .await
        .0,
        201
    );
    assert_eq!(
        (
            own.get("/customers").await.status,
            elsewhere.get("/customers").await.status
        ),
        (303, 200),
        "open sessions at once"
    );
    let back = elsewhere
        .act(&format!("/workspaces/{front}/session"), &[])
        .await;
    assert!(
        back.status == 409 && back.says("only allows sign-in through its identity provider"),
        "{}",
        back.text
    );
    house.wait_minutes(1);
    let asked = browser.password(house, "Dora").await;
    let refused = browser
        .post(
            "/sign-in/proof",
            &[
                ("ticket", &asked.field("ticket")),
                ("code", &Browser::code(house, "Dora")),
            ],
        )
        .await;
    assert!(
        refused.status == 409 && refused.says("only allows sign-in through its identity provider"),
        "{}",
        refused.text
    );
    let mut olivia = browser.fresh().sign_in(house, "Olivia").await;
    assert_eq!(
        olivia.get("/appointments").await.status,
        200,
        "for the day that the provider is away"
    );
    idp.is(dora(
        json!({ "sub": "00u-adam", "email": "adam@frontrange.example" }),
    ));
    let mut adam = browser.fresh();
    assert_eq!(
        round(&mut adam, &idp, "adam@frontrange.example")
            .await
            .status,
        303
    );
    house.wait_minutes(11);
    let asked = adam.act("/people/teams", &[("name", "Night")]).await;
    assert_eq!(asked.status, 303, "not a grave act");
    let asked = adam
        .act(
            "/people/invitations",
            &[("email", "x@y.example"), ("name", ""), ("role", "viewer")],
        )
        .await;
    assert!(
        asked.status == 403 && asked.says("Confirm with your organization"),
        "{}",
        asked.text
    );
    for lie in ["no fresh proof", "fresh proof not told"] {
        idp.lies(lie);
        let to = adam.get("/proof/provider?next=/people").await;
        let back = adam
            .get(&format!(
                "/sign-in/provider/answer?{}",
                idp.signs_in(&url(&to))
            ))
            .await;
        assert_eq!(back.status, 502, "{lie}");
    }
    idp.lies("");
    idp.is(dora(json!({})));
    let to = adam.get("/proof/provider?next=/people").await;
    assert_eq!(
        adam.get(&format!(
            "/sign-in/provider/answer?{}",
            idp.signs_in(&url(&to))
        ))
        .await
        .status,
        403,
        "somebody else there"
    );
    idp.is(dora(
        json!({ "sub": "00u-adam", "email": "adam@frontrange.example" }),
    ));
    let to = adam.get("/proof/provider?next=/people").await;
    assert_eq!(
        adam.get(&format!(
            "/sign-in/provider/answer?{}",
            idp.signs_in(&url(&to))
        ))
        .await
        .location,
        "/people"
    );
    assert_eq!(
        adam.act(
            "/people/invitations",
            &[("email", "x@y.example"), ("name", ""), ("role", "viewer")]
        )
        .await
        .status,
        303
    );
    assert_eq!(
        adam.act(&format!("/settings/providers/{id}/end"), &[])
            .await
            .status,
        303
    );
    assert_eq!(
        adam.get("/people").await.status,
        303,
        "with the provider its sessions end"
    );
}
