//! What staff remark on an appointment: for whom, in what order, and until the client is erased.
use crate::{Browser, Door};
use interpres_testkit::{House, apply, story};
use serde_json::{Value, json};

const TEXT: &str = "Kanarya's daughter calls on Mondays";

fn path_of(house: &House) -> String {
    format!("/appointments/{}", house.world.appointments["FR-1001"])
}

async fn leave(house: &House, door: &Door, who: &str, text: &str) -> (u16, Value) {
    let path = format!("/api/v1{}/remarks", path_of(house));
    house.wait_seconds(1);
    door.post(&house.person(who).api_key, &path, json!({ "text": text }))
        .await
}

async fn read(house: &House, door: &Door, who: &str, which: &str) -> (u16, Value) {
    let path = format!("/api/v1{}/remarks{which}", path_of(house));
    door.get(&house.person(who).api_key, &path).await
}

#[apply(story)]
async fn remarks_stand_in_their_order_page_by_page_with_who_left_them_and_when(house: &House) {
    let door = Door::of(house);
    for (who, text) in [("Dora", "first"), ("Maya", "second"), ("Dora", TEXT)] {
        assert_eq!(leave(house, &door, who, text).await.0, 201, "{who}");
    }
    let (_, latest) = read(house, &door, "Dora", "?limit=2").await;
    let texts = |page: &Value| {
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| {
                format!(
                    "{}: {}",
                    r["left_by"].as_str().unwrap(),
                    r["text"].as_str().unwrap()
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        texts(&latest),
        [
            format!("Dora Lindqvist: {TEXT}"),
            "Maya Brooks: second".to_owned()
        ],
        "{latest}"
    );
    assert!(
        latest["items"][0]["left_at"].as_str() > latest["items"][1]["left_at"].as_str(),
        "{latest}"
    );
    let (_, rest) = read(
        house,
        &door,
        "Dora",
        &format!("?limit=2&cursor={}", latest["next"].as_str().unwrap()),
    )
    .await;
    assert_eq!(
        (texts(&rest), &rest["next"]),
        (vec!["Dora Lindqvist: first".to_owned()], &Value::Null),
        "{rest}"
    );
    for wrong in ["?limit=0", "?cursor=x"] {
        assert_eq!(read(house, &door, "Dora", wrong).await.0, 422, "{wrong}");
    }
    let (status, problem) = leave(house, &door, "Dora", " ").await;
    assert_eq!(
        (status, problem["errors"][0]["field"].as_str()),
        (422, Some("text")),
        "{problem}"
    );
}

#[apply(story)]
async fn neither_interpreters_nor_requesters_nor_another_team_read_or_leave_one(house: &House) {
    let door = Door::of(house);
    let assigned = format!("/api/v1{}/assignment", path_of(house));
    door.post(
        &house.person("Dora").api_key,
        &assigned,
        json!({ "interpreter": house.world.interpreters["Ines"] }),
    )
    .await;
    leave(house, &door, "Dora", TEXT).await;
    for (who, status) in [
        ("Ines", 403),
        ("Rita", 403),
        ("Bea", 403),
        ("Sam", 404),
        ("Peter", 404),
    ] {
        let (read, told) = read(house, &door, who, "").await;
        assert!(
            read == status && !told.to_string().contains("Kanarya"),
            "{who}: {told}"
        );
        assert_eq!(leave(house, &door, who, "mine").await.0, status, "{who}");
    }
    let (_, shown) = door
        .get(
            &house.person("Ines").api_key,
            &format!("/api/v1{}", path_of(house)),
        )
        .await;
    assert!(!shown.to_string().contains("daughter"), "{shown}");
}

#[apply(story)]
async fn they_are_left_and_read_on_a_page_of_the_appointment(house: &House) {
    let place = path_of(house);
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    assert!(
        dora.get(&place)
            .await
            .text
            .contains(&format!("{place}/remarks"))
    );
    assert!(
        dora.get(&format!("{place}/remarks"))
            .await
            .says("No remarks")
    );
    assert_eq!(
        dora.act(&format!("{place}/remarks"), &[("text", TEXT)])
            .await
            .status,
        303
    );
    let page = dora.get(&format!("{place}/remarks")).await;
    assert!(
        page.says("daughter calls on Mondays")
            && page.says("Dora Lindqvist, ")
            && !page.says("No remarks"),
        "{}",
        page.text
    );
    let mut ines = dora.fresh().sign_in(house, "Ines").await;
    assert_eq!(ines.get(&format!("{place}/remarks")).await.status, 403);
}

#[apply(story)]
async fn who_read_one_stands_in_the_account_of_its_client(house: &House) {
    let door = Door::of(house);
    leave(house, &door, "Dora", TEXT).await;
    read(house, &door, "Dora", "").await;
    let olivia = &house.person("Olivia").api_key;
    let (_, account) = door
        .get(olivia, &format!("/api/v1{}/disclosures", path_of(house)))
        .await;
    let items = account["items"].as_array().unwrap();
    assert!(
        items
            .iter()
            .any(|item| item["fields"].to_string().contains("remark")),
        "{account}"
    );
}

#[apply(story)]
async fn none_is_left_where_the_client_was_erased(house: &House) {
    let door = Door::of(house);
    let olivia = &house.person("Olivia").api_key;
    let path = format!("/api/v1{}", path_of(house));
    door.post(
        olivia,
        &format!("{path}/cancellation"),
        json!({ "reason": "duplicate" }),
    )
    .await;
    assert_eq!(
        door.post(
            olivia,
            &format!("{path}/erasure"),
            json!({ "reason": "R-1" })
        )
        .await
        .0,
        201
    );
    let (status, refused) = door
        .post(olivia, &format!("{path}/remarks"), json!({ "text": TEXT }))
        .await;
    assert_eq!(status, 409, "{refused}");
}

#[apply(story)]
async fn they_are_erased_with_the_client_and_who_left_them_when_stays(house: &House) {
    let door = Door::of(house);
    leave(house, &door, "Dora", TEXT).await;
    let olivia = &house.person("Olivia").api_key;
    let path = format!("/api/v1{}", path_of(house));
    door.post(
        olivia,
        &format!("{path}/cancellation"),
        json!({ "reason": "duplicate" }),
    )
    .await;
    let (status, erased) = door
        .post(
            olivia,
            &format!("{path}/erasure"),
            json!({ "reason": "R-1" }),
        )
        .await;
    assert_eq!(
        (status, erased["records"].as_i64()),
        (201, Some(3)),
        "the appointment, the client and the remark: {erased}"
    );
    let (_, left) = read(house, &door, "Dora", "").await;
    assert!(
        left["items"][0]["left_by"] == "Dora Lindqvist" && !left.to_string().contains("daughter"),
        "{left}"
    );
    let sealed = house.raw("select text from remark_row").await;
    assert!(sealed.len() == 1 && sealed[0].bytes("text").unwrap().is_empty());
}
