//! Whoever chose Spanish sees no English word on the pages of their work.
use super::{asking_for, choose};
use crate::browser::{Browser, plain};
use interpres_testkit::{House, apply, story};
use interpres_types::PageLanguage;
use say::coverage::texts;
use std::collections::BTreeSet;

/// Words that English sentences can hardly do without, and that Spanish does not have.
const ENGLISH: [&str; 22] = [
    "the", "of", "and", "your", "you", "to", "for", "is", "are", "with", "from", "this", "that",
    "was", "has", "have", "will", "by", "at", "it", "an", "or",
];
/// What a tag says to somebody who reads or hears it.
const READ_OUT: [&str; 4] = ["title=\"", "aria-label=\"", "placeholder=\"", "alt=\""];
/// What stands in data: the agency's own records, the terms as they were accepted.
const DATA: [&str; 4] = ["class=\"well terms\"", "<option", "<svg", "<script"];

/// Every text that a page has for its reader.
fn read(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for piece in html.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        for mark in READ_OUT {
            let value = tag
                .split(&format!(" {mark}"))
                .nth(1)
                .and_then(|rest| rest.split('"').next());
            found.extend(value.map(plain));
        }
        if !DATA.iter().any(|data| format!("<{tag}").starts_with(data)) {
            found.push(plain(text));
        }
    }
    found
        .into_iter()
        .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|text| text.chars().any(char::is_alphabetic))
        .collect()
}

/// The first text of a page that is English: a message's own, or one with a word that only English has.
fn english(html: &str) -> Option<String> {
    let spanish: BTreeSet<String> = texts(PageLanguage::Spanish).into_iter().collect();
    let english: BTreeSet<String> = texts(PageLanguage::English)
        .into_iter()
        .filter(|text| text.chars().count() > 2 && !spanish.contains(text))
        .collect();
    read(html).into_iter().find(|text| {
        let words = text
            .split(|c: char| !c.is_alphanumeric() && c != '’' && c != '\'')
            .map(str::to_lowercase);
        english.contains(text.trim_matches(|c: char| "·,.:( )".contains(c)))
            || words
                .into_iter()
                .any(|word| ENGLISH.contains(&word.as_str()))
    })
}

#[apply(story)]
async fn an_interpreter_who_chose_spanish_sees_no_english_word(house: &House) {
    let mut ines = Browser::of(house).sign_in(house, "Ines").await;
    let before = ines.get("/today").await;
    assert!(
        english(&before.text).is_some(),
        "English is found where it is"
    );
    assert_eq!(choose(&mut ines, "es").await.status, 303);
    house.assigned("FR-1001", "Ines").await;
    house.ask("single", "FR-1006", &["Ines"]).await.unwrap();
    let mut pages: Vec<String> = [
        "/today",
        "/offers",
        "/schedule",
        "/vouchers",
        "/account",
        "/account/factors",
        "/notices",
        "/workspaces",
        "/shortcuts",
        "/nowhere",
    ]
    .map(str::to_owned)
    .to_vec();
    for list in ["/offers", "/schedule", "/vouchers"] {
        let page = ines.get(list).await;
        let linked = page.text.split("href=\"").skip(1).filter_map(|rest| {
            let path = rest.split('"').next()?;
            let record =
                path.len() > 30 && PAGES_OF_RECORDS.iter().any(|page| path.starts_with(page));
            record.then(|| path.to_owned())
        });
        pages.extend(linked.take(3));
    }
    for path in &pages {
        let page = ines.get(path).await;
        assert_eq!(english(&page.text), None, "{path}");
    }
    assert!(pages.len() > 11, "some records are looked at: {pages:?}");
    let own = house.world.appointments["FR-1001"];
    let early = ines
        .act(&format!("/appointments/{own}/check-in"), &[])
        .await;
    assert_eq!((early.status, english(&early.text)), (409, None));
    let not_yet = ines.act(&format!("/appointments/{own}/start"), &[]).await;
    assert_eq!((not_yet.status, english(&not_yet.text)), (409, None));
}

/// Which pages of records are converted.
const PAGES_OF_RECORDS: [&str; 3] = ["/appointments/", "/offers/", "/vouchers/"];

#[apply(story)]
async fn the_ways_in_have_no_english_word_in_spanish(house: &House) {
    let mut visitor = asking_for(house, "es");
    for path in [
        "/sign-in",
        "/password/forgotten",
        "/password/none",
        "/address/none",
        "/invitation/none",
        "/nowhere",
    ] {
        let page = visitor.get(path).await;
        assert_eq!(english(&page.text), None, "{path}");
    }
    let wrong = visitor
        .post(
            "/sign-in",
            &[("email", "ines@frontrange.example"), ("password", "no")],
        )
        .await;
    assert_eq!(
        (wrong.status, english(&wrong.text)),
        (401, None),
        "{}",
        wrong.text
    );
}

#[apply(story)]
async fn a_requester_who_chose_spanish_sees_no_english_word(house: &House) {
    let mut rita = Browser::of(house).sign_in(house, "Rita").await;
    assert_eq!(choose(&mut rita, "es").await.status, 303);
    for path in [
        "/appointments",
        "/appointments?view=open",
        "/appointments/new",
        "/account",
        "/notices",
    ] {
        let page = rita.get(path).await;
        assert_eq!(english(&page.text), None, "{path}");
    }
}
