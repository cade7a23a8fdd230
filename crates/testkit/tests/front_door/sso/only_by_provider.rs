//! A workspace lets people in by its provider only; owners keep a way of their own.
use crate::{
    Door,
    browser::Browser,
    sso::{
        dora,
        identity_provider::{CLIENT, IdentityProvider},
        round, set_up, url,
    },
};
use interpres_accounts::TERMS_VERSION;
use interpres_testkit::{House, apply, story};
use serde_json::json;

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
    let letters = crate::mailbox::letters(house, "dora@frontrange.example").await;
    let link = crate::mailbox::link(letters.last().unwrap())
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
            &[
                ("email", "x@y.example"),
                ("name", ""),
                ("role", "viewer"),
                ("all_teams", "yes"),
            ],
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
            &[
                ("email", "x@y.example"),
                ("name", ""),
                ("role", "viewer"),
                ("all_teams", "yes"),
            ]
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
