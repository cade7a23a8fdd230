//! A stream ends with its session, and when its person may see more or less.
use super::{
    reach::books,
    stream::{Stream, seen},
};
use crate::Browser;
use interpres_accounts::{ChangeMember, EndMember, MemberInput, SignMemberOut};
use interpres_gate::Command;
use interpres_testkit::{House, apply, story};
use interpres_types::MemberId;

async fn member(house: &House, who: &str) -> MemberId {
    let email = &house.person(who).email;
    let sql = format!("select id from member_row where email = '{email}'");
    house.raw(&sql).await[0]
        .text("id")
        .unwrap()
        .parse()
        .unwrap()
}

async fn olivia_does<C: Command>(house: &House, command: C) {
    let olivia = house.enters("Olivia").await;
    house.gate.perform(&olivia, command).await.unwrap();
}

async fn signed_in(house: &House, who: &str) -> (Browser, Stream) {
    let mut browser = Browser::of(house).sign_in(house, who).await;
    let stream = Stream::of(house, &mut browser).await;
    (browser, stream)
}

#[apply(story)]
async fn with_its_session_a_stream_ends_before_anything_else_is_told(house: &House) {
    let (mut dora, mut stream) = signed_in(house, "Dora").await;
    let (_, mut maya) = signed_in(house, "Maya").await;
    let (_, mut vera) = signed_in(house, "Vera").await;
    dora.act("/session/end", &[]).await;
    let id = member(house, "Maya").await;
    olivia_does(house, SignMemberOut(id)).await;
    let id = member(house, "Vera").await;
    let remove = false;
    olivia_does(house, EndMember { id, remove }).await;
    books(house, "Adam", "END-1").await;
    for stream in [&mut stream, &mut maya, &mut vera] {
        assert_eq!(stream.hears(house).await, ["over session"]);
        assert!(stream.is_over);
    }
    assert_eq!(house.gate.listening(), 0);
}

#[apply(story)]
async fn a_changed_role_or_team_ends_the_stream_before_anything_else_is_told(house: &House) {
    let (_, mut sam) = signed_in(house, "Sam").await;
    let (_, mut dora) = signed_in(house, "Dora").await;
    let (_, mut maya) = signed_in(house, "Maya").await;
    for (who, role, teams) in [
        ("Sam", "scheduler", "Denver Metro"),
        ("Dora", "viewer", "Denver Metro"),
    ] {
        let input = MemberInput {
            role: role.into(),
            teams: teams.into(),
            ..MemberInput::default()
        };
        let (id, version) = (member(house, who).await, None);
        olivia_does(house, ChangeMember { id, version, input }).await;
    }
    let id = books(house, "Adam", "END-2").await;
    for stream in [&mut sam, &mut dora] {
        let told = stream.hears(house).await;
        assert!(
            told.len() == 1 && told[0].starts_with("over ") && stream.is_over,
            "{told:?}"
        );
    }
    assert_eq!(maya.hears(house).await, [format!("appointment {id}")]);
}

#[apply(story)]
async fn a_session_idles_although_its_page_listens_and_to_be_locked_ends_the_stream(house: &House) {
    let (mut used, mut of_used) = signed_in(house, "Dora").await;
    let (idle, mut of_idle) = signed_in(house, "Maya").await;
    let mut again = Vec::new();
    for n in 0..7 {
        house.wait_minutes(2);
        let id = books(house, "Adam", &format!("IDLE-{n}")).await;
        assert_eq!(of_idle.hears(house).await, [format!("appointment {id}")]);
        let last = of_idle.last_id().to_owned();
        again.push(Stream::after(&idle, &last).await);
        again.pop();
    }
    used.get("/notices").await;
    house.wait_seconds(59);
    assert!(of_idle.hears(house).await.is_empty(), "a second before");
    house.wait_seconds(1);
    books(house, "Adam", "IDLE-LAST").await;
    assert_eq!(of_idle.hears(house).await, ["over session"]);
    assert!(of_idle.is_over);
    let refused = Stream::after(&idle, "").await;
    assert_eq!(refused.status(), 303, "it is locked");
    of_used.hears(house).await;
    assert!(!of_used.is_over, "{}", of_used.text);
}

#[apply(story)]
async fn a_session_that_is_proved_once_more_goes_on_and_its_stream_comes_back(house: &House) {
    let (mut dora, mut stream) = signed_in(house, "Dora").await;
    house.wait_minutes(1);
    assert_eq!(dora.prove(house, "Dora").await.status, 303);
    assert!(stream.hears(house).await.is_empty());
    assert!(stream.is_over, "by the old token it is not found");
    let last = stream.last_id().to_owned();
    books(house, "Adam", "PROVED-1").await;
    let mut back = Stream::after(&dora, &last).await;
    assert_eq!(
        back.told().last().map(String::as_str),
        Some("refresh"),
        "their session is another one since, so that anything may have changed"
    );
    let id = books(house, "Adam", "PROVED-2").await;
    back.hears(house).await;
    assert!(
        back.text.contains(&format!("data: appointment {id}\n")),
        "{}",
        back.text
    );
    assert!(!back.text.contains("over"), "{}", back.text);
}

#[apply(story)]
async fn when_the_process_stops_every_stream_ends_and_none_begins(house: &House) {
    let (mut dora, mut stream) = signed_in(house, "Dora").await;
    house.gate.end_listening();
    assert!(stream.told().iter().all(|told| told.starts_with("notice")));
    assert!(stream.is_over);
    let after = seen(&mut dora).await;
    assert_eq!(Stream::after(&dora, &after).await.status(), 503);
}
