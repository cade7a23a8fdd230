//! An owner switches HIPAA mode on, once what it asks for holds.
use crate::{
    Door,
    browser::Browser,
    compliance::prairie::{PRAIRIE, for_hospital, offer, prepare},
    request,
};
use interpres_compliance::{Adapter, CoverAdapter, MODE_TERMS_VERSION};
use interpres_testkit::{House, apply, story};
use interpres_web::{Options, router};
use serde_json::json;

/// What does not hold, by its stable names.
async fn failing(door: &Door, key: &str) -> Vec<String> {
    let (status, view) = door.get(key, "/api/v1/hipaa").await;
    assert_eq!(status, 200, "{view}");
    view["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|c| c["good"] == false)
        .map(|c| c["id"].as_str().unwrap().to_owned())
        .collect()
}

#[apply(story)]
async fn an_owner_sees_what_is_missing_mends_it_and_switches_hipaa_mode_on(house: &House) {
    let door = Door::of(house);
    let (peter, tess) = (
        house.person("Peter").api_key.clone(),
        house.person("Tess").api_key.clone(),
    );
    let storage = failing(&door, &peter).await.contains(&"storage".to_owned());
    let mut expected = vec!["baa", "drill", "sessions", "exporters"];
    if storage {
        expected.insert(1, "storage");
    }
    assert_eq!(failing(&door, &peter).await, expected);
    let (status, problem) = door
        .post(
            &peter,
            "/api/v1/hipaa",
            json!({ "terms": MODE_TERMS_VERSION }),
        )
        .await;
    assert!(
        status == 409
            && problem["detail"]
                .as_str()
                .unwrap()
                .contains("Business associate agreement"),
        "{problem}"
    );
    assert_eq!(
        door.post(
            &tess,
            "/api/v1/appointments",
            for_hospital("P-1", "Amal Kanarya")
        )
        .await
        .0,
        422,
        "no patient's name yet"
    );
    prepare(house, &door, &peter).await;
    assert_eq!(failing(&door, &peter).await, ["baa"]);
    let id = offer(house, &door, &peter).await;
    assert_eq!(
        door.post(
            &peter,
            "/api/v1/hipaa",
            json!({ "terms": MODE_TERMS_VERSION })
        )
        .await
        .0,
        409,
        "issued is not signed"
    );
    assert_eq!(
        door.post(
            &tess,
            &format!("/api/v1/agreements/{id}/signature"),
            json!({ "name": "Tess Dahl", "title": "Scheduler" })
        )
        .await
        .0,
        403
    );
    assert_eq!(
        door.post(
            &peter,
            &format!("/api/v1/agreements/{id}/signature"),
            json!({ "name": "", "title": "" })
        )
        .await
        .0,
        422
    );
    assert_eq!(
        door.post(
            &peter,
            &format!("/api/v1/agreements/{id}/signature"),
            json!({ "name": "Peter Vance", "title": "Owner" })
        )
        .await
        .0,
        201
    );
    assert_eq!(
        door.post(
            &peter,
            &format!("/api/v1/agreements/{id}/signature"),
            json!({ "name": "Peter Vance", "title": "Owner" })
        )
        .await
        .0,
        409,
        "twice"
    );
    assert_eq!(failing(&door, &peter).await, [""; 0]);
    assert_eq!(
        door.post(
            &tess,
            "/api/v1/appointments",
            for_hospital("P-1", "Amal Kanarya")
        )
        .await
        .0,
        422,
        "an agreement alone is not enough"
    );
    for terms in ["", "1999-01"] {
        assert_eq!(
            door.post(&peter, "/api/v1/hipaa", json!({ "terms": terms }))
                .await
                .0,
            422
        );
    }
    assert_eq!(
        door.post(
            &tess,
            "/api/v1/hipaa",
            json!({ "terms": MODE_TERMS_VERSION })
        )
        .await
        .0,
        403
    );
    let (status, switched) = door
        .post(
            &peter,
            "/api/v1/hipaa",
            json!({ "terms": MODE_TERMS_VERSION }),
        )
        .await;
    assert_eq!((status, switched["on"].as_bool()), (201, Some(true)));
    assert_eq!(
        door.post(
            &tess,
            "/api/v1/appointments",
            for_hospital("P-1", "Amal Kanarya")
        )
        .await
        .0,
        201
    );
    assert_eq!(
        door.post(
            &peter,
            "/api/v1/hipaa",
            json!({ "terms": MODE_TERMS_VERSION })
        )
        .await
        .0,
        409,
        "on already"
    );
    house.wait_minutes(91 * 24 * 60);
    assert_eq!(failing(&door, &peter).await, ["drill"], "ninety days later");
}

#[apply(story)]
async fn each_check_of_the_configuration_can_fail_by_what_the_system_is_doing(house: &House) {
    let (peter, olivia) = (
        house.person("Peter").api_key.clone(),
        house.person("Olivia").api_key.clone(),
    );
    let door = Door::of(house);
    let good = |failing: &[String], id: &str| !failing.contains(&id.to_owned());
    let before = failing(&door, &peter).await;
    for id in ["tls", "second-factor", "templates", "features"] {
        assert!(good(&before, id), "{id}: {before:?}");
    }
    let serving = |options: Options| Door {
        router: router(house.gate.clone(), options),
    };
    let exposed = serving(Options {
        secure: true,
        ..Options::default()
    });
    assert!(
        !good(&failing(&exposed, &peter).await, "tls"),
        "no proxy was named that speaks the HTTPS that was promised"
    );
    // A service outside is at work as this process is set up for it, and covered as the operator
    // has recorded.
    let outside = serving(Options {
        outside: Adapter::ALL.to_vec(),
        ..Options::default()
    });
    let cover = async |adapter: Adapter, with: Option<&str>| {
        let operator = house.gate.operator(house.world.workspaces[PRAIRIE]);
        let with = with.map(|with| with.parse().unwrap());
        house
            .gate
            .perform(
                &operator,
                CoverAdapter {
                    adapter,
                    with,
                    by: "Omar Vale, operator".parse().unwrap(),
                },
            )
            .await
            .unwrap();
    };
    for adapter in Adapter::ALL {
        let (_, view) = outside.get(&peter, "/api/v1/hipaa").await;
        let check = view["checks"]
            .as_array()
            .unwrap()
            .iter()
            .find(|c| c["id"] == "features")
            .unwrap()
            .clone();
        assert!(
            check["good"] == false && check["found"].as_str().unwrap().contains(adapter.label()),
            "{check}"
        );
        cover(*adapter, Some("Mail Company, BAA of 2026-11-02")).await;
    }
    assert!(good(&failing(&outside, &peter).await, "features"));
    cover(Adapter::Witness, None).await;
    assert!(
        !good(&failing(&outside, &peter).await, "features"),
        "its agreement has ended"
    );
    // What leaves is looked at: somebody wrote a name past the types.
    door.post(
        &house.person("Dora").api_key,
        "/api/v1/appointments",
        request("T-1"),
    )
    .await;
    crate::Door::of(house)
        .post(
            &olivia,
            "/api/v1/invitations",
            json!({ "email": "nina@frontrange.example", "role": "viewer" }),
        )
        .await;
    assert!(good(&failing(&door, &olivia).await, "templates"));
    house
        .tamper("update letter set text = text || ' for Rosa Kanarya.'")
        .await
        .unwrap();
    assert!(!good(&failing(&door, &olivia).await, "templates"));
    house
        .tamper("update letter set text = replace(text, ' for Rosa Kanarya.', '')")
        .await
        .unwrap();
    // An owner without a second factor would be locked out by the mode.
    let mut browser = Browser::of(house).sign_in(house, "Peter").await;
    let page = browser.get("/account").await.text;
    let factors: Vec<&str> = page
        .split("/account/factors/")
        .skip(1)
        .filter_map(|part| part.split_once("/end\"").map(|(id, _)| id))
        .filter(|id| !id.contains('"'))
        .collect();
    assert!(!factors.is_empty());
    for factor in factors {
        assert_eq!(
            browser
                .act(&format!("/account/factors/{factor}/end"), &[])
                .await
                .status,
            303
        );
    }
    assert!(!good(&failing(&door, &peter).await, "second-factor"));
}
