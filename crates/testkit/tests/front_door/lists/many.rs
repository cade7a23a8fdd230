//! One act on several rows: each has its own outcome, and each is told.
use crate::{Door, browser::Browser, request};
use interpres_testkit::{House, apply, story};
use serde_json::json;

#[apply(story)]
async fn appointments_are_canceled_together_and_one_that_can_not_be_says_why(house: &House) {
    let (door, key) = (Door::of(house), house.person("Dora").api_key.clone());
    let mut picks = Vec::new();
    for (reference, start) in [("M-1", "07:00"), ("M-2", "09:00"), ("M-3", "11:00")] {
        let mut booking = request(reference);
        booking["date"] = "2027-03-20".into();
        booking["start"] = start.into();
        let (status, booked) = door.post(&key, "/api/v1/appointments", booking).await;
        assert_eq!(status, 201, "{booked}");
        picks.push(format!("{} {reference}", booked["id"].as_str().unwrap()));
    }
    let second = picks[1].split(' ').next().unwrap();
    let path = format!("/api/v1/appointments/{second}/cancellation");
    let (status, _) = door.post(&key, &path, json!({ "reason": "other" })).await;
    assert_eq!(status, 201);
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let list = dora.get("/appointments?view=all").await;
    assert!(
        list.text.contains(&format!("value=\"{}\"", picks[0]))
            && list.says("Cancel the selected appointments"),
        "{}",
        list.text
    );
    let fields: Vec<(&str, &str)> = picks
        .iter()
        .map(|pick| ("pick", pick.as_str()))
        .chain([
            ("reason", "customer-canceled"),
            ("back", "/appointments?view=all"),
        ])
        .collect();
    let told = dora
        .act("/appointments/selected/cancellation", &fields)
        .await;
    assert!(
        told.status == 200
            && told.says("Canceled: 2 of 3.")
            && told.says("The others are as they were.")
            && told.text.contains("href=\"/appointments?view=all\""),
        "{}",
        told.text
    );
    for (pick, status) in picks.iter().zip(["canceled", "canceled", "canceled"]) {
        let id = pick.split(' ').next().unwrap();
        let (_, shown) = door.get(&key, &format!("/api/v1/appointments/{id}")).await;
        assert_eq!(shown["status"], status, "{pick}");
    }
    let nameless = dora
        .act(
            "/appointments/selected/cancellation",
            &[
                ("reason", "other"),
                ("back", "/appointments?view=all"),
                ("pick", picks[0].split(' ').next().unwrap()),
            ],
        )
        .await;
    assert!(
        nameless.status == 422 && nameless.says("must be ticked rows of the list"),
        "no row is passed over without a word: {}",
        nameless.text
    );
    let none = dora
        .act(
            "/appointments/selected/cancellation",
            &[("reason", "other"), ("back", "/appointments?view=all")],
        )
        .await;
    assert_eq!(
        none.location, "/appointments?view=all",
        "nothing was ticked"
    );
    let mut bea = Browser::of(house).sign_in(house, "Bea").await;
    assert_eq!(
        bea.act("/appointments/selected/cancellation", &fields)
            .await
            .status,
        403
    );
    assert!(
        !bea.get("/appointments?view=all")
            .await
            .says("Cancel the selected")
    );
}

#[apply(story)]
async fn interpreters_are_invited_together_and_invitations_sent_again_together(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Adam").await;
    let picks = ["Ines", "Selam", "Ivo"]
        .map(|first| format!("{} {first}", house.world.interpreters[first]));
    let mut fields: Vec<(&str, &str)> = picks.iter().map(|pick| ("pick", pick.as_str())).collect();
    let stranger = format!("{} Noor", house.world.interpreters["Noor"]);
    fields.push(("pick", &stranger));
    fields.push(("back", "/interpreters"));
    let told = dora.act("/interpreters/selected/invitation", &fields).await;
    assert!(
        told.says("Invited: 2 of 4.") && told.says("This interpreter has signed up already."),
        "{}",
        told.text
    );
    let page = dora.get("/people/invitations").await;
    let pick = |email: &str| {
        let end = page.text.find(&format!(" {email}\"")).unwrap();
        let from = page.text[..end].rfind("value=\"").unwrap() + 7;
        format!("{} {email}", &page.text[from..end])
    };
    let emails: Vec<String> = page
        .text
        .split("aria-label=\"Select ")
        .skip(2)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert!(emails.len() >= 2, "{}", page.text);
    let open: Vec<String> = emails.iter().map(|email| pick(email)).collect();
    let fields: Vec<(&str, &str)> = open.iter().map(|pick| ("pick", pick.as_str())).collect();
    let told = dora
        .act("/people/invitations/selected/revocation", &fields)
        .await;
    assert!(
        told.says(&format!("Revoked: {0} of {0}.", open.len())),
        "{}",
        told.text
    );
    let again = dora
        .act("/people/invitations/selected/resending", &fields)
        .await;
    assert!(
        again.says(&format!("Sent again: 0 of {}.", open.len())),
        "what was revoked is not sent again: {}",
        again.text
    );
}
