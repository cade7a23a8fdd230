//! Errors speak the words of the form; what is likely a slip or reaches far is asked about.
use crate::{Browser, browser::Page};
use interpres_testkit::{House, apply, story};

/// Every link of a summary leads to a field of the page and begins with its label.
fn labels_fit(page: &Page) {
    let summary = page.text.split("class=\"problems\"").nth(1).unwrap();
    let summary = summary.split("</ul>").next().unwrap();
    let mut links = 0;
    for link in summary.split("<a href=\"#").skip(1) {
        let (field, rest) = link.split_once("\">").unwrap();
        let words = rest.split("</a>").next().unwrap();
        let form = page
            .text
            .split("</ul>")
            .skip(1)
            .collect::<Vec<_>>()
            .join("");
        let label = form
            .split_once(&format!("<label for=\"{field}\">"))
            .or_else(|| {
                let (_, rest) = form.split_once(&format!("id=\"{field}\""))?;
                rest.split_once("<legend>")
            })
            .unwrap_or_else(|| panic!("{field} is no field of {}", page.text))
            .1;
        let label = label.split('<').next().unwrap().trim();
        assert!(words.starts_with(label), "“{words}” of “{label}”");
        links += 1;
    }
    assert!(links > 0, "{}", page.text);
}

#[apply(story)]
async fn every_problem_is_called_as_its_field_is_labeled(house: &House) {
    let mut olivia = Browser::of(house).sign_in(house, "Olivia").await;
    let sent: [(&str, &[(&str, &str)]); 6] = [
        (
            "/customers",
            &[
                ("name", ""),
                ("email", "nobody"),
                ("zip", "abc"),
                ("zone", "Mars"),
                ("phone", "12"),
            ],
        ),
        (
            "/interpreters",
            &[("first_name", ""), ("languages", ""), ("zip", "abc")],
        ),
        (
            "/rates",
            &[("side", "bill"), ("name", ""), ("hourly", "much")],
        ),
        (
            "/settings/workspace",
            &[
                ("name", ""),
                ("zone", "Mars"),
                ("reveal_hours", "900"),
                ("payment_days", "none"),
            ],
        ),
        (
            "/appointments",
            &[("date", "soon"), ("minutes", "many"), ("zip", "abc")],
        ),
        (
            "/account/profile",
            &[
                ("version", "1"),
                ("name", ""),
                ("phone", "12"),
                ("first_page", ""),
            ],
        ),
    ];
    for (path, fields) in sent {
        let wrong = olivia.act(path, fields).await;
        assert_eq!(wrong.status, 422, "{path}: {}", wrong.text);
        labels_fit(&wrong);
        assert!(!wrong.says("e-mail"), "{path}");
    }
}

#[apply(story)]
async fn a_second_interpreter_of_one_name_is_asked_about(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let twin = [
        ("first_name", "ines"),
        ("last_name", "RUIZ"),
        ("email", "ines.two@mail.example"),
        ("languages.add", "Spanish"),
        ("team", "Denver Metro"),
    ];
    let asked = dora.act("/interpreters", &twin).await;
    assert!(
        asked.status == 422
            && asked.says("You already have an interpreter with this name")
            && asked.says(&house.person("Ines").email)
            && asked.field_of("email") == "ines.two@mail.example",
        "{}",
        asked.text
    );
    let meant: Vec<(&str, &str)> = twin.iter().copied().chain([("another", "yes")]).collect();
    let added = dora.act("/interpreters", &meant).await;
    assert_eq!(added.status, 303, "{}", added.text);
    let edit = format!("{}/edit", added.location);
    let form = dora.get(&edit).await;
    let kept: Vec<(&str, &str)> = twin
        .iter()
        .copied()
        .filter(|(name, _)| *name != "languages.add")
        .chain([
            ("languages", "Spanish"),
            ("languages.add", "no such tongue"),
        ])
        .collect();
    let version = form.field("version");
    let mut changed = kept.clone();
    changed.push(("version", &version));
    let wrong = dora.act(&added.location, &changed).await;
    assert!(
        wrong.status == 422 && wrong.says("is not a language we know"),
        "a name once kept is not asked about again: {}",
        wrong.text
    );
    let more: Vec<(&str, &str)> = changed
        .iter()
        .copied()
        .map(|(name, value)| match name {
            "languages.add" => (name, "Vietnamese"),
            _ => (name, value),
        })
        .chain([("languages.more", "yes")])
        .collect();
    let grown = dora.act(&added.location, &more).await;
    assert!(
        grown.status == 200 && grown.says("Vietnamese") && grown.field("version") == version,
        "one more without a script, and nothing is saved yet: {}",
        grown.text
    );
}

#[apply(story)]
async fn nobody_is_invited_to_all_teams_by_leaving_them_out(house: &House) {
    let mut adam = Browser::of(house).sign_in(house, "Adam").await;
    let person = [
        ("email", "kim@mail.example"),
        ("name", "Kim Lee"),
        ("role", "viewer"),
    ];
    let asked = adam.act("/people/invitations", &person).await;
    assert!(
        asked.status == 422 && asked.says("Teams must be chosen, or all of them"),
        "{}",
        asked.text
    );
    let all: Vec<(&str, &str)> = person
        .iter()
        .copied()
        .chain([("all_teams", "yes")])
        .collect();
    let invited = adam.act("/people/invitations", &all).await;
    assert_eq!(invited.status, 303, "{}", invited.text);
    assert!(
        adam.get("/people/invitations")
            .await
            .says("Invitation sent.")
    );
}

#[apply(story)]
async fn zones_and_phone_numbers_are_told_in_words(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let added = dora
        .act(
            "/customers",
            &[
                ("name", "Willow Clinic"),
                ("email", "desk@willow.example"),
                ("team", "Denver Metro"),
                ("phone", "303-555-0142"),
                ("health_care", "yes"),
                ("zone", "phoenix"),
            ],
        )
        .await;
    assert_eq!(added.status, 303, "{}", added.text);
    for path in [added.location.clone(), format!("{}?panel", added.location)] {
        let page = dora.get(&path).await;
        assert!(
            page.says("Arizona Time — Phoenix")
                && page.says("(303) 555-0142")
                && !page.says("America/Phoenix"),
            "{}",
            page.text
        );
    }
    let form = dora.get(&format!("{}/edit", added.location)).await;
    assert!(
        form.field("zone") == "Arizona Time — Phoenix"
            && form.field("zone.id") == "America/Phoenix"
            && form.field("phone") == "(303) 555-0142",
        "{}",
        form.text
    );
}

#[apply(story)]
async fn a_small_form_that_is_wrong_comes_again_with_all_that_was_typed(house: &House) {
    let mut maya = Browser::of(house).sign_in(house, "Maya").await;
    let path = format!("/appointments/{}", house.world.appointments["FR-1003"]);
    let wrong = maya
        .act(
            &format!("{path}/on-hold"),
            &[("until", "soon"), ("reason", "Waiting for the family")],
        )
        .await;
    assert!(
        wrong.status == 422
            && wrong.text.contains("aria-label=\"Main\"")
            && wrong.says(">soon</textarea>")
            && wrong.field("reason") == "Waiting for the family",
        "{}",
        wrong.text
    );
    labels_fit(&wrong);
    let right = maya
        .act(
            &format!("{path}/on-hold"),
            &[
                ("until", "2027-03-02"),
                ("reason", "Waiting for the family"),
            ],
        )
        .await;
    assert_eq!(right.status, 303, "{}", right.text);
    assert!(maya.get(&path).await.says("Appointment put on hold."));
}

#[apply(story)]
async fn whoever_is_assigned_despite_a_conflict_is_found_by_a_part_of_the_name(house: &House) {
    let mut maya = Browser::of(house).sign_in(house, "Maya").await;
    let path = format!("/appointments/{}", house.world.appointments["FR-1002"]);
    let at = format!("{path}/assignment/override");
    let wrong = maya
        .act(&at, &[("interpreter", "zzz"), ("reason", "")])
        .await;
    assert!(
        wrong.status == 422 && wrong.says("Interpreter matches nothing on file"),
        "{}",
        wrong.text
    );
    let done = maya
        .act(&at, &[("interpreter", "ruiz"), ("reason", "it is short")])
        .await;
    assert_eq!(done.status, 303, "{}", done.text);
    let shown = maya.get(&path).await;
    assert!(
        shown.says("Interpreter assigned despite the conflict.") && shown.says("Ines Ruiz"),
        "{}",
        shown.text
    );
}
