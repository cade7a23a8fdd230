//! Wherever a form has a version, the second of two who save sees both and chooses field by field.
use crate::{Browser, browser::Page};
use interpres_testkit::{House, apply, story};

fn is_both(page: &Page, words: &[&str]) {
    assert_eq!(page.status, 412, "{}", page.text);
    assert!(page.says("Someone else saved first"), "{}", page.text);
    for word in words {
        assert!(page.says(word), "{word} in {}", page.text);
    }
}

#[apply(story)]
async fn a_client_changed_in_between_is_chosen_field_by_field(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let list = dora.get("/clients").await;
    let at = list.text.split("href=\"/clients/").nth(1).unwrap();
    let path = format!("/clients/{}", at.split('"').next().unwrap());
    let form = dora.get(&path).await;
    let (version, name) = (form.field("version"), form.field("lep_client"));
    let (ines, pablo) = (
        house.world.interpreters["Ines"].to_string(),
        house.world.interpreters["Pablo"].to_string(),
    );
    let first = [
        ("version", version.as_str()),
        ("lep_client", &name),
        ("preferred.add", "ines"),
    ];
    let saved = dora.act(&path, &first).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let second = [
        ("version", version.as_str()),
        ("lep_client", &name),
        ("preferred", &pablo),
        ("preferred.words", &format!("{pablo}|Pablo Reyes")),
    ];
    let both = dora.act(&path, &second).await;
    is_both(&both, &["Pablo Reyes", "Ines Ruiz"]);
    let now = both.field("version");
    let chosen = [
        ("version", now.as_str()),
        ("lep_client", &name),
        ("yours.preferred", &pablo),
        ("saved.preferred", &ines),
        ("choose.preferred", "saved"),
    ];
    assert_eq!(dora.act(&path, &chosen).await.status, 303);
    let shown = dora.get(&path).await;
    assert!(
        shown.says("Ines Ruiz") && !shown.says("Pablo Reyes"),
        "{}",
        shown.text
    );
}

#[apply(story)]
async fn a_role_changed_in_between_is_chosen_field_by_field(house: &House) {
    let mut olivia = Browser::of(house).sign_in(house, "Olivia").await;
    let made = olivia
        .act(
            "/people/roles/new",
            &[
                ("name", "Night desk"),
                ("fields", "masked"),
                ("customers.view", "team"),
            ],
        )
        .await;
    assert_eq!(made.status, 303, "{}", made.text);
    let list = olivia.get("/people/roles").await;
    let id = list
        .text
        .split("href=\"/people/roles/")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .find(|id| id.len() == 36)
        .unwrap()
        .to_owned();
    let path = format!("/people/roles/{id}");
    let version = olivia.get(&path).await.field("version");
    for (name, reach, status) in [("Late desk", "all", 303), ("Early desk", "team", 412)] {
        let sent = olivia
            .act(
                &path,
                &[
                    ("version", &version),
                    ("name", name),
                    ("fields", "masked"),
                    ("customers.view", reach),
                ],
            )
            .await;
        assert_eq!(sent.status, status, "{}", sent.text);
        if status == 412 {
            is_both(&sent, &["Late desk", "Early desk", "View customers"]);
        }
    }
}

#[apply(story)]
async fn a_service_changed_in_between_is_chosen_field_by_field(house: &House) {
    let mut olivia = Browser::of(house).sign_in(house, "Olivia").await;
    let service = [
        ("name", "Bridge"),
        ("role", "scheduler"),
        ("keeper", "adam"),
    ];
    let made = olivia.act("/people/services", &service).await;
    assert_eq!(
        made.status, 303,
        "an owner is found by a part of the name: {}",
        made.text
    );
    let form = olivia.get(&made.location).await;
    assert!(
        form.field("keeper.id") == house.person("Adam").email,
        "{}",
        form.text
    );
    let version = form.field("version");
    for (name, status) in [("Bridge east", 303), ("Bridge west", 412)] {
        let fields = [
            ("version", version.as_str()),
            ("name", name),
            ("role", "scheduler"),
        ];
        let sent = olivia.act(&made.location, &fields).await;
        assert_eq!(sent.status, status, "{}", sent.text);
        if status == 412 {
            is_both(&sent, &["Bridge east", "Bridge west"]);
        }
    }
}

#[apply(story)]
async fn a_profile_changed_in_between_is_chosen_field_by_field(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let version = dora.get("/account").await.field("version");
    for (phone, status) in [("303 555 0100", 303), ("303 555 0101", 412)] {
        let fields = [
            ("version", version.as_str()),
            ("name", "Dora Lindqvist"),
            ("phone", phone),
            ("first_page", ""),
        ];
        let sent = dora.act("/account/profile", &fields).await;
        assert_eq!(sent.status, status, "{}", sent.text);
        if status == 412 {
            is_both(&sent, &["303 555 0101", "+13035550100"]);
        }
    }
}

#[apply(story)]
async fn a_team_is_limited_by_choosing_and_both_versions_are_told_by_name(house: &House) {
    let mut olivia = Browser::of(house).sign_in(house, "Olivia").await;
    let teams = olivia.get("/people/teams").await;
    let at = teams.text.split("href=\"/people/teams/").nth(1).unwrap();
    let page = format!("/people/teams/{}", at.split('"').next().unwrap());
    let version = olivia.get(&page).await.field("version");
    let limits = format!("{page}/limits");
    let with = |customer: &'static str, interpreter: &'static str| {
        [
            ("version".to_owned(), version.clone()),
            ("customers.add".to_owned(), customer.to_owned()),
            ("interpreters.add".to_owned(), interpreter.to_owned()),
            ("type".to_owned(), "phone".to_owned()),
        ]
    };
    let mut send = async |fields: [(String, String); 4]| {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        olivia.act(&limits, &fields).await
    };
    let wrong = send(with("no such place", "ines")).await;
    assert!(
        wrong.status == 422
            && wrong.says("Add a customer matches nothing on file")
            && wrong.says("Ines Ruiz"),
        "what is settled stays: {}",
        wrong.text
    );
    let saved = send(with("brigid", "ines")).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let both = send(with("cedar", "pablo")).await;
    is_both(
        &both,
        &[
            "Cedar Family Clinic",
            "St. Brigid Hospital",
            "Pablo",
            "Ines Ruiz",
        ],
    );
}
