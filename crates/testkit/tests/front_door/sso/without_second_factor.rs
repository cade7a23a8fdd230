//! Who came by a provider without a second factor sets one up.
use crate::{
    Door,
    browser::Browser,
    sso::{
        identity_provider::{CLIENT, IdentityProvider},
        round, set_up,
    },
};
use interpres_accounts::TERMS_VERSION;
use interpres_testkit::{House, apply, story};
use serde_json::json;

#[apply(story)]
async fn who_came_by_a_provider_without_a_second_factor_sets_an_app_up_where_it_opens_nothing_else(
    house: &House,
) {
    let idp = IdentityProvider::open(&house.gate).await;
    let id = set_up(house, &idp, json!({})).await;
    let door = Door::of(house);
    let joins = json!({
        "name": "Workspace", "issuer": idp.issuer(), "client_id": CLIENT, "joins": "yes",
        "default_role": "scheduler"
    });
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
    idp.is(json!({
        "sub": "10-nina", "email": "nina@frontrange.example", "email_verified": true,
        "name": "Nina Moe"
    }));
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

    // As long as she belongs to another workspace as well, this one's provider sets nothing up for
    // both.
    let invited = door
        .post(
            &house.person("Peter").api_key,
            "/api/v1/invitations",
            json!({ "email": "nina@frontrange.example", "role": "viewer" }),
        )
        .await;
    assert_eq!(invited.0, 201, "{}", invited.1);
    let letters = crate::mailbox::letters(house, "nina@frontrange.example").await;
    let link = crate::mailbox::link(letters.last().unwrap())
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
    let seed = begun.token();
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
