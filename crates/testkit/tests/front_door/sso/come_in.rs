//! People come in by their organization's identity provider, join by it, and log out at it.
use crate::{
    Door,
    browser::Browser,
    sso::{
        dora,
        identity_provider::{CLIENT, IdentityProvider, SECRET},
        round, set_up,
    },
};
use interpres_accounts::TERMS_VERSION;
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

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
async fn new_people_join_by_the_provider_where_it_is_said_and_groups_give_roles(house: &House) {
    let idp = IdentityProvider::open(&house.gate).await;
    let id = set_up(house, &idp, json!({})).await;
    let door = Door::of(house);
    let olivia = house.person("Olivia").api_key.clone();
    let nina = |more: Value| {
        let mut who = json!({
            "sub": "00u-nina", "email": "nina@frontrange.example", "email_verified": true,
            "name": "Nina Moe", "amr": ["mfa"]
        });
        for (name, value) in more.as_object().unwrap() {
            who[name] = value.clone();
        }
        who
    };
    idp.is(nina(json!({})));
    let page = round(&mut Browser::of(house), &idp, "nina@frontrange.example").await;
    assert!(page.status == 403 && page.says("Ask for an invitation"));
    let joins = json!({
        "name": "Okta", "issuer": idp.issuer(), "client_id": CLIENT, "joins": "yes",
        "default_role": "viewer", "group_roles": "dispatchers=scheduler"
    });
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
        let mut input = json!({
            "name": "B", "issuer": "https://idp.example.com", "client_id": "c",
            "client_secret": "s"
        });
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
        idp.is(json!({
            "sub": format!("00u-{n}"), "email": email, "email_verified": true,
            "name": format!("Nina {n}"), "amr": ["mfa"]
        }));
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
