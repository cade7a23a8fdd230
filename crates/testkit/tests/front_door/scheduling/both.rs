//! Two people change the same record: the second sees both versions and chooses, and nothing typed
//! is lost.
use crate::{
    Browser, Door,
    browser::{Page, plain},
};
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

/// The fields of the page's form, as they would be sent with these choices.
fn chosen(page: &Page, choices: &[(&str, &str)]) -> Vec<(String, String)> {
    let form = page.text.split("class=\"card\">").nth(1).unwrap();
    let fields = form.split("type=\"hidden\" name=\"").skip(1).map(|rest| {
        let (name, rest) = rest.split_once("\" value=\"").unwrap();
        (plain(name), plain(rest.split('"').next().unwrap()))
    });
    fields
        .chain(
            choices
                .iter()
                .map(|(name, value)| (format!("choose.{name}"), (*value).to_owned())),
        )
        .collect()
}

async fn send(browser: &mut Browser, path: &str, fields: &[(String, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.post(path, &fields).await
}

/// Changes a record by the API as somebody else.
async fn change(door: &Door, key: &str, path: &str, make: impl Fn(&Value) -> Value) {
    let (_, now, shown) = door.ask(key, "GET", path, &[], "").await;
    let tag = shown.headers()["etag"].to_str().unwrap().to_owned();
    let (status, done, _) = door
        .ask(
            key,
            "PUT",
            path,
            &[("if-match", &tag)],
            &make(&now).to_string(),
        )
        .await;
    assert_eq!(status, 200, "{done}");
}

#[apply(story)]
async fn a_customer_changed_in_between_is_chosen_field_by_field(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let id = house.world.customers["St. Brigid Hospital"];
    let (page, api) = (
        format!("/customers/{id}"),
        format!("/api/v1/customers/{id}"),
    );
    let version = dora.get(&format!("{page}/edit")).await.field("version");
    let (door, adam) = (Door::of(house), house.person("Adam").api_key.clone());
    let input = |now: &Value, phone: &str, city: &str| {
        json!({
            "name": now["name"], "email": now["email"], "team": now["team"],
            "address": now["address"], "city": city, "state": now["state"], "zip": now["zip"],
            "zone": now["zone"], "phone": phone, "health_care": "yes"
        })
    };
    change(&door, &adam, &api, |now| {
        input(now, "+1 303 555 0100", "Aurora")
    })
    .await;
    let (_, now) = door.get(&adam, &api).await;
    let typed = input(&now, "", "Lakewood");
    let fields: Vec<(&str, &str)> = typed
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .chain([("version", version.as_str()), ("website", "brigid.example")])
        .collect();
    let both = dora.act(&page, &fields).await;
    assert!(
        both.status == 412
            && both.says("Saved by Adam Novak")
            && both.says("Lakewood")
            && both.says("Aurora")
            && both.says("+13035550100"),
        "{}",
        both.text
    );
    let done = send(
        &mut dora,
        &page,
        &chosen(
            &both,
            &[("phone", "saved"), ("city", "yours"), ("website", "yours")],
        ),
    )
    .await;
    assert_eq!(done.status, 303, "{}", done.text);
    let (_, now) = door.get(&adam, &api).await;
    assert_eq!(
        (
            now["phone"].as_str(),
            now["city"].as_str(),
            now["website"].as_str()
        ),
        (
            Some("+13035550100"),
            Some("Lakewood"),
            Some("brigid.example")
        ),
        "{now}"
    );
}

#[apply(story)]
async fn an_appointment_changed_in_between_keeps_what_was_typed(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let id = house.world.appointments["FR-1001"];
    let edit = format!("/appointments/{id}/edit");
    let form = dora.get(&edit).await;
    let (door, maya) = (Door::of(house), house.person("Maya").api_key.clone());
    let mut typed = vec![("version".to_owned(), form.field("version"))];
    let customer = house.world.customers["St. Brigid Hospital"].to_string();
    let base = [
        ("date", form.field("date")),
        ("start", "10:15".to_owned()),
        ("minutes", "60".to_owned()),
        ("language", "es".to_owned()),
        ("service_type", "in-person".to_owned()),
        ("mode", "consecutive".to_owned()),
        ("team", "Denver Metro".to_owned()),
        ("customer", customer),
        ("reference", "FR-1001".to_owned()),
        ("notes", "Bring the Kanarya file".to_owned()),
        ("lep_client", "Rosa Kanarya".to_owned()),
    ];
    typed.extend(
        base.iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone())),
    );
    change(&door, &maya, &format!("/api/v1/appointments/{id}"), |now| {
        json!({
            "date": now["date"], "start": "11:00", "minutes": 45, "language": "Spanish",
            "service_type": "in-person", "team": "Denver Metro",
            "customer": "St. Brigid Hospital", "reference": "FR-1001",
            "lep_client": "Rosa Kanarya", "gender": "female"
        })
    })
    .await;
    typed.push((
        "csrf".to_owned(),
        dora.get("/session/resumed").await.field("csrf"),
    ));
    let both = send(&mut dora, &edit, &typed).await;
    assert!(
        both.status == 412
            && both.says("Saved by Maya Brooks")
            && both.says("10:15")
            && both.says("11:00")
            && both.says("Bring the Kanarya file"),
        "{}",
        both.text
    );
    let done = send(
        &mut dora,
        &edit,
        &chosen(
            &both,
            &[
                ("start", "saved"),
                ("minutes", "saved"),
                ("notes", "yours"),
                ("gender", "saved"),
            ],
        ),
    )
    .await;
    assert_eq!(done.status, 303, "{}", done.text);
    let (_, now) = door.get(&maya, &format!("/api/v1/appointments/{id}")).await;
    assert_eq!(
        (
            now["start"].as_str(),
            now["minutes"].as_i64(),
            now["notes"].as_str()
        ),
        (Some("11:00"), Some(45), Some("Bring the Kanarya file")),
        "{now}"
    );
}

#[apply(story)]
async fn settings_roles_and_limits_show_both_versions_too(house: &House) {
    let mut olivia = Browser::of(house).sign_in(house, "Olivia").await;
    for (path, changed) in [
        ("/settings/workspace", "payment_days"),
        ("/settings/security", "session_hours"),
    ] {
        let version = olivia.get(path).await.field("version");
        let page = olivia.get(path).await;
        let fields = |value: &'static str| -> Vec<(String, String)> {
            [
                "name",
                "zone",
                "week_start",
                "reveal_hours",
                "late_hours",
                "payment_days",
                "idle_minutes",
                "session_hours",
            ]
            .into_iter()
            .filter(|name| page.text.contains(&format!("name=\"{name}\"")))
            .map(|name| {
                (
                    name.to_owned(),
                    if name == changed {
                        value.to_owned()
                    } else if name == "week_start" {
                        "sunday".to_owned()
                    } else {
                        page.field_of(name)
                    },
                )
            })
            .chain([("version".to_owned(), version.clone())])
            .collect()
        };
        let act = async |browser: &mut Browser, value| {
            let fields = fields(value);
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(n, v)| (n.as_str(), v.as_str()))
                .collect();
            browser.act(path, &fields).await
        };
        let first = act(&mut olivia, "9").await;
        assert_eq!(first.status, 303, "{path}: {}", first.text);
        let second = act(&mut olivia, "8").await;
        assert!(
            second.status == 412 && second.says("Saved by Olivia Hart"),
            "{path}: {}",
            second.text
        );
    }
}
