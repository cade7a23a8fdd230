//! A directory that says two things at once.
use interpres_gate::{Actor, Origin};
use interpres_sso::{
    GrantDomain, ProviderInput, SaveProvider,
    scim::{Change, MintScimToken, SaveGroup, save_user},
};
use interpres_testkit::{House, apply, story};
use interpres_types::RecordId;
use serde_json::{Value, json};

/// The directory of Front Range, by whose groups people are schedulers or admins.
async fn directory(house: &House) -> Actor {
    let olivia = house.enters("Olivia").await;
    let input = ProviderInput {
        name: "Front Range Okta".into(),
        issuer: "http://localhost:9".into(),
        client_id: "interpres".into(),
        client_secret: "a secret of the provider".into(),
        group_roles: "dispatchers=scheduler\nsupervisors=admin".into(),
        ..ProviderInput::default()
    };
    let save = SaveProvider { id: None, input };
    let provider = house.gate.perform(&olivia, save).await.unwrap().id;
    let operator = house
        .gate
        .operator(house.world.workspaces["Front Range Interpreters"]);
    let grant = GrantDomain {
        provider,
        domain: "frontrange.example".into(),
    };
    house.gate.perform(&operator, grant).await.unwrap();
    let adam = house.enters("Adam").await;
    let minted = house.gate.perform(&adam, MintScimToken).await.unwrap();
    house
        .gate
        .admit_directory(&minted.token, Origin::default())
        .await
        .unwrap()
        .unwrap()
}

fn id(resource: &Value) -> RecordId {
    resource["id"].as_str().unwrap().parse().unwrap()
}

#[apply(story)]
async fn whom_two_groups_let_go_at_once_keeps_the_role_of_neither(house: &House) {
    let okta = directory(house).await;
    let person =
        json!({ "userName": "nina@frontrange.example", "active": true, "displayName": "Nina Moe" });
    let nina = save_user(&house.gate, &okta, None, None, Change::Put(person))
        .await
        .unwrap();
    let group = |group: Option<RecordId>, name: &str, members: Value| {
        let (gate, okta) = (house.gate.clone(), okta.clone());
        let body = json!({ "displayName": name, "members": members });
        async move {
            let save = SaveGroup {
                id: group,
                version: None,
                change: Change::Put(body),
            };
            gate.perform(&okta, save).await
        }
    };
    let with_her = json!([{ "value": nina["id"] }]);
    let supervisors = group(None, "supervisors", with_her.clone()).await.unwrap();
    let dispatchers = group(None, "dispatchers", with_her).await.unwrap();
    let role = async || {
        let rows = house
            .raw("select role from member_row where email = 'nina@frontrange.example'")
            .await;
        rows[0].text("role").unwrap().to_owned()
    };
    assert_eq!(role().await, "scheduler", "the first that the list names");
    // Letting go of the supervisors changes nothing of her row, as long as she is a dispatcher.
    let lock = House::row_lock("member_row", "email = 'nina@frontrange.example'");
    let (first, second) = house
        .at_once(
            &lock,
            group(Some(id(&dispatchers)), "dispatchers", json!([])),
            group(Some(id(&supervisors)), "supervisors", json!([])),
        )
        .await;
    first.unwrap();
    second.unwrap();
    assert_eq!(role().await, "viewer");
}
