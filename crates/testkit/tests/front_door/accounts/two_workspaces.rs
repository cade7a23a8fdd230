//! One person works in two workspaces.
use crate::{
    Door,
    accounts::{invite, member},
    browser::Browser,
};
use interpres_accounts::{FoundWorkspace, Founder, TERMS_VERSION};
use interpres_gate::Role;
use interpres_testkit::{House, apply, story};
use interpres_types::{Id, WorkspaceId};
use serde_json::json;

#[apply(story)]
async fn one_person_in_two_workspaces_goes_over_and_takes_nothing_along(house: &House) {
    let (door, browser) = (Door::of(house), Browser::of(house));
    let tess = house.person("Tess").email.clone();
    let mut inside = browser.fresh().sign_in(house, "Tess").await;
    assert_eq!(inside.get("/appointments").await.status, 200);
    let link = invite(
        house,
        &door,
        "Adam",
        json!({ "email": tess, "role": "viewer" }),
    )
    .await;
    let joined = inside
        .post(
            "/invitation",
            &[
                ("link", &link),
                ("name", "Tess Dahl"),
                ("terms", TERMS_VERSION),
            ],
        )
        .await;
    assert!(joined.says("Sign in as usual"), "{}", joined.text);
    let recovery = format!(
        "/api/v1/people/{}/recovery",
        member(&door, house, "Tess").await
    );
    let lost = json!({ "recognised": "seen on a video call, with the staff card" });
    assert_eq!(
        door.post(&house.person("Adam").api_key, &recovery, lost)
            .await
            .0,
        409,
        "two admins of one workspace don't decide about another's door"
    );
    house.wait_minutes(1);
    let mut browser = browser.fresh();
    let asked = browser.password(house, "Tess").await;
    let open = browser
        .post(
            "/sign-in/proof",
            &[
                ("ticket", &asked.field("ticket")),
                ("code", &Browser::code(house, "Tess")),
            ],
        )
        .await;
    assert_eq!(
        open.location, "/workspaces",
        "who is at home in two places chooses"
    );
    let page = browser.get("/workspaces").await;
    let front = house.world.workspaces["Front Range Interpreters"];
    assert!(
        page.says(" to Front Range Interpreters")
            && !browser.get("/appointments").await.says("FR-10")
    );
    let before = browser.cookie("session").unwrap().to_owned();
    assert_eq!(
        browser
            .act(&format!("/workspaces/{front}/session"), &[])
            .await
            .status,
        303
    );
    assert_ne!(browser.cookie("session").unwrap(), before);
    let there = browser.get("/appointments").await;
    assert!(
        there.says("FR-1001") && there.says("R. K."),
        "a viewer there"
    );
    assert_eq!(browser.get("/appointments/new").await.status, 403);
    assert_eq!(
        browser
            .act(
                "/workspaces/01890000-0000-7000-8000-000000000000/session",
                &[]
            )
            .await
            .status,
        404
    );
    assert_eq!(inside.get("/appointments").await.status, 200);
}

#[apply(story)]
async fn an_owner_goes_over_to_a_workspace_that_was_founded_for_them_and_finds_it_empty(
    house: &House,
) {
    let third = WorkspaceId::mint(house.gate.now(), &[7; 10]);
    let founding = |role: Role| {
        let tess = house.person("Tess");
        let user = house.enters("Tess");
        async move {
            FoundWorkspace {
                name: "Third Agency".parse().unwrap(),
                zone: "America/Denver".parse().unwrap(),
                currency: "USD".parse().unwrap(),
                teams: vec!["Office".parse().unwrap()],
                people: vec![Founder {
                    user: user.await.user().unwrap(),
                    name: tess.name.parse().unwrap(),
                    email: tess.email.parse().unwrap(),
                    role,
                    teams: vec![],
                    may_export: false,
                    interpreter: None,
                }],
                hipaa_signed_by: None,
            }
        }
    };
    let operator = house.gate.operator(third);
    let refused = house
        .gate
        .perform(&operator, founding(Role::Scheduler).await)
        .await;
    assert_eq!(
        refused.unwrap_err().to_string(),
        "people must hold an owner"
    );
    let founded = house.gate.perform(&operator, founding(Role::Owner).await);
    assert_eq!(founded.await.unwrap().teams.len(), 1);
    let mut tess = Browser::of(house).sign_in(house, "Tess").await;
    let there = tess.act(&format!("/workspaces/{third}/session"), &[]).await;
    assert_eq!(there.status, 303, "{}", there.text);
    let asked = tess.get("/customers").await;
    assert_eq!(
        (asked.status, asked.location.as_str()),
        (303, "/terms?next=/customers"),
        "its own terms come first"
    );
    let accepted = [("name", "Tess Dahl"), ("terms", TERMS_VERSION)];
    let accepted = tess.act("/terms", &accepted).await;
    assert_eq!(accepted.status, 303, "{}", accepted.text);
    let page = tess.get("/customers").await;
    assert!(
        page.status == 200 && page.says("Third Agency") && !page.says("Plains"),
        "{} {} {}",
        page.status,
        page.location,
        page.text
    );
    let log = tess.get("/audit?action=workspace.found").await;
    assert!(log.says("Created a workspace"), "{}", log.text);
}
