//! The workspace's settings, and its legal documents.
use crate::{Browser, Door, sign_in::passwords::letters, sign_in::passwords::link};
use interpres_accounts::TERMS_VERSION;
use interpres_testkit::{House, apply, story};
use serde_json::json;

/// The smallest PNG there is: one grey point.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cch\0\0\0\x82\0\x81w\xcdr\xb6\0\0\0\0IEND\xaeB`\x82";

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
        ("Front Range Interpreters", "America/Denver", "24")
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
    let wrong = send(&mut adam, "", "Denver", "80").await;
    assert!(
        wrong.status == 422 && wrong.field("zone") == "Denver" && wrong.says("must be 1 to 72"),
        "nothing typed is lost: {}",
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
        ("phone", "call us", "telephone number"),
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
                && (refused.says(wrong) || field == "week_start")
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
            && page.field("languages") == "Somali; Vietnamese"
            && page.says("2027-03-02 Snow day"),
        "{}",
        page.text
    );
    let mut dora = adam.fresh().sign_in(house, "Dora").await;
    let form = dora.get("/appointments/new").await.text;
    let place = |language: &str| {
        form.find(&format!("<option value=\"{language}\">"))
            .unwrap()
    };
    assert!(
        place("Somali") < place("Vietnamese") && place("Vietnamese") < place("Albanian"),
        "{form}"
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

#[apply(story)]
async fn one_says_oneself_how_one_is_called_and_reached_and_where_one_begins(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    assert_eq!(dora.get("/").await.location, "/overview");
    let page = dora.get("/account").await;
    assert!(
        page.field("name") == "Dora Lindqvist"
            && page.says("Customers</option>")
            && !page.says("Invoices</option>")
            && !page.says("{{"),
        "only pages they may open: {}",
        page.text
    );
    let version = page.field("version");
    let save = async |who: &mut Browser, name: &str, phone: &str, by: &str, first: &str| {
        who.act(
            "/account/profile",
            &[
                ("version", &version),
                ("name", name),
                ("phone", phone),
                ("reach_by", by),
                ("first_page", first),
            ],
        )
        .await
    };
    let wrong = save(&mut dora, " ", "12", "pigeon", "nowhere").await;
    assert!(
        wrong.status == 422 && wrong.field("phone") == "12" && wrong.says("must be a phone number"),
        "nothing typed is lost: {}",
        wrong.text
    );
    assert_eq!(
        save(
            &mut dora,
            "Dora Lind",
            "(303) 555-0142",
            "text",
            "customers"
        )
        .await
        .status,
        303
    );
    assert_eq!(
        save(&mut dora, "Somebody", "", "", "").await.status,
        412,
        "nobody's change is lost"
    );
    assert_eq!(dora.get("/").await.location, "/customers");
    let version = dora.get("/account").await.field("version");
    let nowhere = dora
        .act(
            "/account/profile",
            &[
                ("version", version.as_str()),
                ("name", "Dora Lind"),
                ("phone", ""),
                ("reach_by", "text"),
                ("first_page", ""),
            ],
        )
        .await;
    assert!(nowhere.status == 422 && nowhere.says("needs a telephone number"));
    let mut adam = dora.fresh().sign_in(house, "Adam").await;
    assert!(adam.get("/people").await.says("Prefers text message"));
    let invoices = dora
        .act(
            "/account/profile",
            &[
                ("version", version.as_str()),
                ("name", "Dora Lind"),
                ("phone", "+13035550142"),
                ("first_page", "invoices"),
            ],
        )
        .await;
    assert_eq!(
        (invoices.status, dora.get("/").await.location.as_str()),
        (303, "/overview"),
        "what one may not open is not one's first page"
    );
    let people = adam.get("/people").await;
    assert!(
        people.says("Dora Lind<")
            && people.says("tel:+13035550142")
            && !people.says("Dora Lindqvist"),
        "{}",
        people.text
    );
}

#[apply(story)]
async fn legal_documents_tell_versions_and_who_accepted_which(house: &House) {
    let door = Door::of(house);
    let adam = house.person("Adam").api_key.clone();
    assert_eq!(
        door.post(
            &adam,
            "/api/v1/invitations",
            json!({ "email": "nina@frontrange.example", "role": "viewer" })
        )
        .await
        .0,
        201
    );
    let letters = letters(house, "nina@frontrange.example").await;
    let link = link(letters.last().unwrap())
        .strip_prefix("/invitation/")
        .unwrap()
        .to_owned();
    let browser = Browser::of(house);
    let fields = [
        ("link", link.as_str()),
        ("name", "Nina Moe"),
        ("password", "violet kettle harbor nineteen"),
        ("terms", TERMS_VERSION),
    ];
    assert_eq!(
        browser.fresh().post("/invitation", &fields).await.status,
        200
    );
    let mut carl = browser.fresh().sign_in(house, "Carl").await;
    let page = carl.get("/settings/legal").await;
    assert!(
        page.says("Business associate agreement")
            && page.says("In effect")
            && page.says("User terms")
            && page.says("Nina Moe"),
        "{}",
        page.text
    );
    assert!(
        page.says("HIPAA Configuration") && !page.says("Identity providers"),
        "only what they may open"
    );
    let (status, all) = door
        .get(&house.person("Carl").api_key, "/api/v1/acceptances")
        .await;
    let nina = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|a| a["member"] == "Nina Moe")
        .unwrap()
        .clone();
    assert_eq!(
        (status, &nina["version"], &nina["typed"]),
        (200, &json!(TERMS_VERSION), &json!("Nina Moe"))
    );
    assert_eq!(
        door.get(&house.person("Bea").api_key, "/api/v1/acceptances")
            .await
            .0,
        403
    );
}

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
    // Whoever is where they may be is turned away nowhere: not where something is refused, nor where they prove who they are.
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
