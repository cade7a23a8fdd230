//! How many streams there may be, and what pages are sent that reconnect.
use super::{
    reach::books,
    stream::{Stream, seen},
};
use crate::Browser;
use interpres_testkit::{House, apply, story};

async fn signed_in(house: &House, who: &str) -> Browser {
    house.gate.hear().await.unwrap();
    Browser::of(house).sign_in(house, who).await
}

#[apply(story)]
async fn whoever_comes_back_is_told_what_they_missed_or_that_nobody_knows(house: &House) {
    let mut dora = signed_in(house, "Dora").await;
    let mut stream = Stream::of(house, &mut dora).await;
    books(house, "Adam", "BACK-1").await;
    stream.hears(house).await;
    let last = stream.last_id().to_owned();
    drop(stream);
    assert_eq!(house.gate.listening(), 0);
    let id = books(house, "Adam", "BACK-2").await;
    house.gate.hear().await.unwrap();
    let answer = dora.open("/live", &[("last-event-id", &last)]).await;
    let missed = format!("appointment {id}");
    assert_eq!(Stream::answered(answer).told(), ["notice 0", &missed]);
    house.wait_minutes(11);
    dora.get("/notices").await;
    books(house, "Adam", "BACK-3").await;
    house.gate.hear().await.unwrap();
    let mut late = Stream::after(&dora, &last).await;
    assert_eq!(late.told(), ["notice 0", "refresh"]);
}

#[apply(story)]
async fn whatever_was_not_written_by_us_is_answered_by_refresh_and_opens_nothing(house: &House) {
    let mut sam = signed_in(house, "Sam").await;
    let mut dora = signed_in(house, "Dora").await;
    let (own, others) = (seen(&mut sam).await, seen(&mut dora).await);
    assert!(!own.contains([':', '.']), "no page counts commits: {own}");
    books(house, "Adam", "FORGED-1").await;
    let changed = match own.strip_suffix('A') {
        Some(start) => format!("{start}B"),
        None => format!("{}A", &own[..own.len() - 1]),
    };
    let forged = [
        String::new(),
        "x".repeat(5_000),
        "0.0:0:".to_owned(),
        own[..own.len() - 4].to_owned(),
        changed,
        others,
    ];
    for after in forged {
        let answer = sam.open("/live", &[("last-event-id", &after)]).await;
        let mut stream = Stream::answered(answer);
        assert_eq!(stream.told(), ["notice 0", "refresh"], "{after}");
        books(house, "Adam", "").await;
        assert!(stream.hears(house).await.is_empty(), "{after}");
        assert!(!stream.is_over);
    }
    // By their own: what came since is sent as far as it is within reach, which it is not.
    let mut all = Stream::after(&sam, &own).await;
    assert_eq!(all.told(), ["notice 0"]);
    all.hears(house).await;
    assert!(!all.text.contains("appointment "), "{}", all.text);
}

#[apply(story)]
async fn a_session_has_eight_streams_and_one_more_is_refused_in_words(house: &House) {
    let mut dora = signed_in(house, "Dora").await;
    let after = seen(&mut dora).await;
    let entries = async || {
        let sql = "select id from audit_entry where action = 'live.listen'";
        house.raw(sql).await.len()
    };
    let mut streams = Vec::new();
    for _ in 0..8 {
        streams.push(Stream::after(&dora, &after).await);
    }
    assert!(streams.iter().all(|stream| stream.status() == 200));
    assert_eq!(entries().await, 0, "to listen leaves no entry");
    let mut refused = Stream::after(&dora, &after).await;
    refused.told();
    assert_eq!(refused.status(), 409);
    assert!(
        refused.text.contains("Too many of your pages"),
        "{}",
        refused.text
    );
    assert_eq!(entries().await, 1, "to be refused does");
    let mut maya = signed_in(house, "Maya").await;
    assert_eq!(Stream::of(house, &mut maya).await.status(), 200);
    streams.pop();
    assert_eq!(Stream::after(&dora, &after).await.status(), 200);
}

#[apply(story)]
async fn one_person_takes_no_more_than_thirty_two_streams_by_however_many_sessions(house: &House) {
    let mut streams = Vec::new();
    for _ in 0..4 {
        let mut dora = Browser::of(house).sign_in_later(house, "Dora").await;
        let after = seen(&mut dora).await;
        for _ in 0..8 {
            streams.push(Stream::after(&dora, &after).await);
        }
    }
    assert!(streams.iter().all(|stream| stream.status() == 200));
    let mut dora = Browser::of(house).sign_in_later(house, "Dora").await;
    let after = seen(&mut dora).await;
    assert_eq!(Stream::after(&dora, &after).await.status(), 409);
    let mut maya = signed_in(house, "Maya").await;
    assert_eq!(Stream::of(house, &mut maya).await.status(), 200);
}

#[apply(story)]
async fn a_stream_passes_through_a_proxy_as_it_comes_and_says_that_somebody_is_there(
    house: &House,
) {
    let mut dora = signed_in(house, "Dora").await;
    let after = seen(&mut dora).await;
    let path = format!("/live?after={after}");
    let answer = dora.open(&path, &[("accept-encoding", "gzip, br")]).await;
    let mut stream = Stream::answered(answer);
    let header = |name: &str| stream.parts.headers.get(name).map(|v| v.to_str().unwrap());
    assert_eq!(header("content-type"), Some("text/event-stream"));
    assert_eq!(header("content-encoding"), None);
    assert_eq!(header("x-accel-buffering"), Some("no"));
    assert_eq!(header("cache-control"), Some("no-store, no-transform"));
    assert_eq!(stream.told(), ["notice 0"]);
    assert!(stream.text.starts_with("retry: "), "{}", stream.text);
    house.wait_seconds(19);
    house.gate.hear().await.unwrap();
    assert!(stream.told().is_empty());
    house.wait_seconds(1);
    house.gate.hear().await.unwrap();
    assert_eq!(stream.told(), ["still"]);
    assert!(stream.text.contains("\n: still here\n"), "{}", stream.text);
    assert_eq!(Browser::of(house).get("/live").await.status, 303);
}

#[apply(story)]
async fn who_does_not_take_what_is_told_is_let_go_and_asked_to_look_anew(house: &House) {
    let mut dora = signed_in(house, "Dora").await;
    let mut stream = Stream::of(house, &mut dora).await;
    for n in 0..20 {
        books(house, "Adam", &format!("MANY-{n}")).await;
        house.gate.hear().await.unwrap();
    }
    assert_eq!(house.gate.listening(), 0, "no memory grows for them");
    assert_eq!(stream.told().len(), 16);
    assert!(stream.is_over);
}
