//! Staff come in from the workspace's networks, interpreters from everywhere.
use crate::{Browser, Door};
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn staff_come_in_from_the_workspaces_networks_and_interpreters_from_everywhere(
    house: &House,
) {
    let from = |address: [u8; 4]| Browser::from(house, address);
    let mut adam = from([203, 0, 113, 9]).sign_in(house, "Adam").await;
    let set = async |adam: &mut Browser, networks: &str| {
        adam.act(
            "/settings/security",
            &[
                ("idle_minutes", "15"),
                ("session_hours", "12"),
                ("networks", networks),
            ],
        )
        .await
    };
    for (wrong, words) in [
        ("198.51.100.0/24", "lock yourself out"),
        ("nowhere", "must be network addresses"),
    ] {
        let refused = set(&mut adam, wrong).await;
        assert!(
            refused.status == 422 && refused.says(words) && refused.says(wrong),
            "{}",
            refused.text
        );
    }
    let mut outside = from([198, 51, 100, 1]).sign_in(house, "Dora").await;
    assert_eq!(outside.get("/customers").await.status, 200);
    assert_eq!(set(&mut adam, "203.0.113.0/24").await.status, 303);
    assert_eq!(
        (
            outside.get("/customers").await.status,
            adam.get("/customers").await.status
        ),
        (303, 200),
        "open sessions at once"
    );
    house.wait_minutes(1);
    let asked = outside.fresh().password(house, "Dora").await;
    let late = outside
        .fresh()
        .post(
            "/sign-in/proof",
            &[
                ("ticket", &asked.field("ticket")),
                ("code", &Browser::code(house, "Dora")),
            ],
        )
        .await;
    assert!(
        late.status == 409 && late.says("from its own networks only"),
        "{}",
        late.text
    );
    let mut inside = from([203, 0, 113, 77]);
    house.wait_minutes(1);
    inside = inside.sign_in(house, "Dora").await;
    assert_eq!(inside.get("/customers").await.status, 200);
    let mut ines = from([198, 51, 100, 1]).sign_in(house, "Ines").await;
    assert_eq!(ines.get("/today").await.status, 200);
    assert_eq!(
        Door::of(house)
            .get(&house.person("Dora").api_key, "/api/v1/customers")
            .await
            .0,
        401,
        "keys as well"
    );
    let mut tess = from([198, 51, 100, 1]).sign_in(house, "Tess").await;
    assert_eq!(
        tess.get("/customers").await.status,
        200,
        "another workspace has its own rules"
    );
    // Whoever is where they may be is turned away nowhere: not where something is refused, nor
    // where they prove who they are.
    let missing = adam
        .get("/appointments/01890000-0000-7000-8000-000000000000")
        .await;
    assert!(
        missing.status == 404 && missing.says("Sign out"),
        "in the frame: {}",
        missing.text
    );
    house.wait_minutes(11);
    let asked = adam
        .act(
            "/people/invitations",
            &[("email", "x@y.example"), ("name", ""), ("role", "viewer")],
        )
        .await;
    assert!(
        asked.status == 403 && asked.says("Confirm it’s you"),
        "{}",
        asked.text
    );
    let proved = adam
        .act(
            "/proof",
            &[
                ("ticket", &asked.field("ticket")),
                ("code", &Browser::code(house, "Adam")),
                ("again", &asked.field("again")),
            ],
        )
        .await;
    assert!(
        proved.says("x@y.example"),
        "the form has waited: {}",
        proved.text
    );
    let log = adam.get("/audit?action=access.turn-away").await;
    assert!(
        log.says("198.51.100.1") && log.says("Dora Lindqvist"),
        "{}",
        log.text
    );
    let (_, turned) = Door::of(house)
        .get(
            &house.person("Carl").api_key,
            "/api/v1/audit/entries?action=access.turn-away",
        )
        .await;
    assert!(!turned.to_string().contains("Adam"), "{turned}");
}
