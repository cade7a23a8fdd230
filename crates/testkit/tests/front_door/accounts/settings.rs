//! Those in charge say what the workspace is called and where it is, what it prints, and how it
//! looks.
use crate::{Browser, Door};
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

/// The smallest PNG there is: one grey point.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\
    \0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\
    \0\0\0\nIDATx\x9cch\0\0\0\x82\0\x81w\xcdr\xb6\
    \0\0\0\0IEND\xaeB`\x82";

#[apply(story)]
async fn those_in_charge_set_what_the_workspace_is_called_and_where_it_is(house: &House) {
    let mut adam = Browser::of(house).sign_in(house, "Adam").await;
    let page = adam.get("/settings/workspace").await;
    assert_eq!(
        (
            page.field("name").as_str(),
            page.field("zone").as_str(),
            page.field("reveal_hours").as_str()
        ),
        ("Front Range Interpreters", "Mountain Time — Denver", "24")
    );
    let version = page.field("version");
    let send = async |adam: &mut Browser, name: &str, zone: &str, hours: &str| {
        adam.act(
            "/settings/workspace",
            &[
                ("version", &version),
                ("name", name),
                ("zone", zone),
                ("reveal_hours", hours),
            ],
        )
        .await
    };
    let wrong = send(&mut adam, "", "Atlantis", "80").await;
    assert!(
        wrong.status == 422
            && wrong.field("zone") == "Atlantis"
            && wrong.field("reveal_hours") == "80",
        "nothing typed is lost: {}",
        wrong.text
    );
    let wrong = send(&mut adam, "", "Denver", "80").await;
    assert!(
        wrong.status == 422
            && wrong.says("must be 1 to 72")
            && wrong.says("Mountain Time — Denver"),
        "a part of a zone's name is enough: {}",
        wrong.text
    );
    assert_eq!(
        send(
            &mut adam,
            "Front Range Language Services",
            "America/New_York",
            "48"
        )
        .await
        .status,
        303
    );
    let lost = send(&mut adam, "Another", "America/Denver", "24").await;
    assert_eq!(lost.status, 412, "nobody's change is lost");
    let page = adam.get("/settings/workspace").await;
    assert!(
        page.says("Front Range Language Services") && page.field("reveal_hours") == "48",
        "{}",
        page.text
    );
    let door = Door::of(house);
    let (_, log) = door
        .get(
            &house.person("Olivia").api_key,
            "/api/v1/audit/entries?action=workspace.set",
        )
        .await;
    let done = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["outcome"] == "done")
        .unwrap();
    assert_eq!(
        done["records"][0]["changed"],
        json!(["name", "zone", "settings"]),
        "{log}"
    );
    let mut dora = adam.fresh().sign_in(house, "Dora").await;
    assert_eq!(
        (
            dora.get("/settings/workspace").await.status,
            dora.get("/settings/legal").await.status
        ),
        (403, 403)
    );
    assert!(!dora.get("/appointments").await.says("Settings"));
}

#[apply(story)]
async fn what_a_workspace_says_of_itself_shows_in_forms_and_on_invoices_and_in_what_is_late(
    house: &House,
) {
    let mut adam = Browser::of(house).sign_in(house, "Adam").await;
    let version = adam.get("/settings/workspace").await.field("version");
    let send = async |adam: &mut Browser, version: &str, more: &[(&str, &str)]| {
        let fields: Vec<(&str, &str)> = [
            ("version", version),
            ("name", "Front Range Interpreters"),
            ("zone", "America/Denver"),
            ("reveal_hours", "24"),
        ]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
        adam.act("/settings/workspace", &fields).await
    };
    for (field, wrong, words) in [
        ("languages", "Spanish; Klingon", "not a language"),
        (
            "holidays",
            "Christmas 2026",
            "must begin each line with a date",
        ),
        ("late_hours", "0", "1 to 168"),
        ("payment_days", "999", "1 to 180"),
        ("phone", "call us", "phone number"),
        ("week_start", "noon", "monday, sunday or saturday"),
        ("email", "us", "address"),
    ] {
        let refused = send(
            &mut adam,
            &version,
            &[(field, wrong), ("legal_name", "Front Range LLC")],
        )
        .await;
        assert!(
            refused.status == 422
                && refused.says(words)
                && (refused.says(wrong.trim_start_matches("Spanish; ")) || field == "week_start")
                && refused.field("legal_name") == "Front Range LLC",
            "{field}: {}",
            refused.text
        );
    }
    let said = [
        ("legal_name", "Front Range Interpreters LLC"),
        ("address", "1 Market St\nDenver CO 80202"),
        ("phone", "303 555 0100"),
        ("email", "office@frontrange.example"),
        ("week_start", "monday"),
        ("languages", "Somali; vi; Somali"),
        ("holidays", "2027-03-02 Snow day"),
        ("late_hours", "48"),
        ("payment_days", "14"),
    ];
    assert_eq!(send(&mut adam, &version, &said).await.status, 303);
    let page = adam.get("/settings/workspace").await;
    assert!(
        page.field("phone") == "+13035550100"
            && ["Somali", "Vietnamese"].iter().all(|language| {
                page.text
                    .contains(&format!("name=\"languages\" value=\"{language}\" checked"))
            })
            && page.says("2027-03-02 Snow day"),
        "{}",
        page.text
    );
    let mut dora = adam.fresh().sign_in(house, "Dora").await;
    let offered: Value = serde_json::from_str(&dora.get("/pick/languages?q=").await.text).unwrap();
    assert!(
        offered["items"][0]["words"] == "Somali" && offered["items"][1]["words"] == "Vietnamese",
        "{offered}"
    );
    let booked = interpres_scheduling::AppointmentInput {
        date: "2027-03-03".into(),
        start: "06:00".into(),
        minutes: "60".into(),
        language: "Somali".into(),
        service_type: "video".into(),
        team: "Denver Metro".into(),
        customer: "St. Brigid Hospital".into(),
        lep_client: "Rosa Kanarya".into(),
        meeting: "https://meet.example/1".into(),
        ..Default::default()
    };
    let id = house
        .gate
        .perform(
            &house.enters("Dora").await,
            interpres_scheduling::BookAppointment { input: booked },
        )
        .await
        .unwrap()
        .id;
    let door = Door::of(house);
    let (status, canceled) = door
        .post(
            &house.person("Dora").api_key,
            &format!("/api/v1/appointments/{id}/cancellation"),
            json!({ "reason": "weather" }),
        )
        .await;
    assert_eq!(
        (status, canceled["status"].as_str()),
        (201, Some("late-cancel")),
        "46 hours before the start, of 48"
    );
    // Ines's week begins on Monday, and two days of it are told apart from the next.
    let ines = house.world.interpreters["Ines"];
    for (date, start) in [
        ("2027-03-07", "09:00"),
        ("2027-03-08", "09:00"),
        ("2027-03-09", "09:00"),
    ] {
        let booked = interpres_scheduling::AppointmentInput {
            date: date.into(),
            start: start.into(),
            minutes: "60".into(),
            language: "Spanish".into(),
            service_type: "video".into(),
            team: "Denver Metro".into(),
            customer: "St. Brigid Hospital".into(),
            lep_client: "Rosa Kanarya".into(),
            meeting: "https://meet.example/1".into(),
            ..Default::default()
        };
        let dora = house.enters("Dora").await;
        let appointment = house
            .gate
            .perform(
                &dora,
                interpres_scheduling::BookAppointment { input: booked },
            )
            .await
            .unwrap()
            .id;
        house
            .gate
            .perform(
                &dora,
                interpres_dispatch::AssignInterpreter {
                    appointment,
                    interpreter: ines,
                },
            )
            .await
            .unwrap();
    }
    let schedule = adam
        .fresh()
        .sign_in(house, "Ines")
        .await
        .get("/schedule")
        .await;
    let weeks: Vec<&str> = schedule.text.matches("Week of Mon").collect();
    assert!(
        weeks.len() == 2
            && schedule.says("Week of Mon, Mar 1, 2027")
            && schedule.says("Week of Mon, Mar 8, 2027"),
        "{}",
        schedule.text
    );
}

#[apply(story)]
async fn a_photo_and_a_logo_are_drawn_anew_and_shown_to_the_workspace_alone(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    assert!(!dora.get("/account").await.says("/pictures/"));
    let wrong = dora
        .send_file(
            "/account/photo",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        )
        .await;
    assert!(
        wrong.status == 422 && wrong.says("must be a PNG or JPEG picture"),
        "{}",
        wrong.text
    );
    assert_eq!(dora.send_file("/account/photo", PNG).await.status, 303);
    let page = dora.get("/account").await.text;
    let address = page
        .split("src=\"")
        .find(|part| part.starts_with("/pictures/"))
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let first = dora.get(&address).await;
    assert_eq!(
        (
            first.status,
            first.text.as_bytes().windows(4).any(|w| w == b"JFIF")
        ),
        (200, true)
    );
    let mut adam = dora.fresh().sign_in(house, "Adam").await;
    assert!(adam.get("/people").await.says(&address) && adam.get(&address).await.status == 200);
    let mut tess = dora.fresh().sign_in(house, "Tess").await;
    assert_eq!(
        (
            tess.get(&address).await.status,
            dora.fresh().get(&address).await.status
        ),
        (404, 303),
        "another workspace's, and nobody's"
    );
    assert_eq!(dora.send_file("/account/photo", PNG).await.status, 303);
    assert_eq!(
        dora.get(&address).await.status,
        404,
        "another took its place"
    );
    assert_eq!(
        dora.act_with_file("/account/photo", &[("away", "yes")], b"")
            .await
            .status,
        303
    );
    assert!(!dora.get("/account").await.says("/pictures/"));
    assert_eq!(
        dora.send_file("/settings/workspace/logo", PNG).await.status,
        403
    );
    assert_eq!(
        adam.send_file("/settings/workspace/logo", PNG).await.status,
        303
    );
    assert!(
        dora.get("/customers")
            .await
            .says("alt=\"Front Range Interpreters\"")
    );
    let forged = adam
        .file(
            "/settings/workspace/logo",
            &[("csrf", "guess"), ("away", "yes")],
            b"",
        )
        .await;
    assert_eq!(forged.status, 403);
    assert_eq!(
        adam.act_with_file("/settings/workspace/logo", &[("away", "yes")], b"")
            .await
            .status,
        303
    );
    assert!(!dora.get("/customers").await.says("/pictures/"));
}
