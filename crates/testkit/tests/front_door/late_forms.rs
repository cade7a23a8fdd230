//! Forms whose session is gone when they arrive: nothing typed is lost, and nobody but who typed it is offered it.
use super::{
    browser::{Browser, Page},
    proof::signed_in_with,
};
use interpres_testkit::{House, stories};

async fn dora(house: &House) -> (Browser, String) {
    let mut browser = Browser::of(house).sign_in(house, "Dora").await;
    let csrf = browser.get("/appointments/new").await.field("csrf");
    (browser, csrf)
}

const DETAILS: &str = "/appointments/new/details";

async fn send(browser: &mut Browser, csrf: &str) -> Page {
    browser
        .post(
            DETAILS,
            &[
                ("csrf", csrf),
                ("reference", "LATE-1"),
                ("lep_client", "Rosa Kanarya"),
                ("notes", "5 > 3 & \"so\" é"),
            ],
        )
        .await
}

fn waits(page: &Page) -> bool {
    page.status == 401
        && page.says("you’ll find what you typed")
        && !page.says("LATE-1")
        && !page.says("Kanarya")
        && page.text.contains("name=\"again\"")
}

stories! {
    async fn a_form_waits_for_who_typed_it_though_the_session_was_ended_or_its_cookie_is_gone(house) {
        let (browser, csrf) = dora(house).await;
        let mut without_cookie = browser.fresh();
        let page = send(&mut without_cookie, &csrf).await;
        assert!(waits(&page), "the cookie is gone: {}", page.text);
        browser.clone().act("/account/sessions/end", &[]).await;
        let page = send(&mut browser.clone(), &csrf).await;
        assert!(waits(&page), "signed out elsewhere: {}", page.text);
        house.wait_minutes(1);
        let mut browser = browser.fresh();
        let again = signed_in_with(&mut browser, house, "Dora", &page.field("again")).await;
        assert!(again.says("wasn’t saved yet") && again.field("reference") == "LATE-1" && again.field("notes") == "5 > 3 & \"so\" é", "{}", again.text);
        assert!(again.says("<dd>Rosa Kanarya</dd>"), "they see what they typed: {}", again.text);
        let form = send(&mut browser, &again.field("csrf")).await;
        assert!(form.status == 200 && form.says("LATE-1"), "{}", form.text);
        house.wait_minutes(1);
        let sam = signed_in_with(&mut browser.fresh(), house, "Sam", &page.field("again")).await;
        assert_eq!((sam.status, sam.location.as_str()), (303, "/"), "nobody else is offered it: {}", sam.text);
    }

    async fn nothing_is_kept_of_a_form_that_is_from_none_of_our_pages(house) {
        let (browser, csrf) = dora(house).await;
        let (of_session, key) = csrf.split_once('.').unwrap();
        let other = if &of_session[20..21] == "A" { "E" } else { "A" };
        let changed = format!("{}{other}{}.{key}", &of_session[..20], &of_session[21..]);
        for token in ["", "guess", "guess.key", ".", &changed, &format!("{}.{key}", &of_session[..40])] {
            let page = send(&mut browser.fresh(), token).await;
            assert!(page.status == 401 && page.says("You’re signed out") && !page.text.contains("name=\"again\""), "{token}: {}", page.text);
        }
    }

    async fn a_form_of_an_earlier_session_of_the_same_person_is_shown_and_sent_once_more(house) {
        let (browser, csrf) = dora(house).await;
        house.wait_minutes(1);
        let mut anew = browser.fresh().sign_in(house, "Dora").await;
        let again = send(&mut anew, &csrf).await;
        assert!(again.status == 409 && again.says("wasn’t saved yet") && again.field("reference") == "LATE-1", "{}", again.text);
        assert_eq!(again.field("csrf").split('.').nth(1), csrf.split('.').nth(1), "it is the same form still");
        assert!(send(&mut anew, &again.field("csrf")).await.says("LATE-1"));
        let mut sam = browser.fresh().sign_in(house, "Sam").await;
        let refused = send(&mut sam, &csrf).await;
        assert!(refused.status == 403 && refused.says("from another sign-in") && refused.text.contains("aria-label=\"Main\""), "{}", refused.text);
        assert!(!refused.says("LATE-1") && !refused.says("Kanarya"), "{}", refused.text);
    }

    async fn a_file_sent_after_the_session_ended_is_answered_with_words(house) {
        let (browser, csrf) = dora(house).await;
        let page = browser.fresh().file("/imports", &[("csrf", csrf.as_str()), ("kind", "interpreters")], b"a").await;
        assert!(page.status == 401 && page.says("Your file wasn’t uploaded"), "{}{}", page.status, page.text);
        house.wait_minutes(1);
        let page = browser.fresh().sign_in(house, "Dora").await.file("/imports", &[("csrf", csrf.as_str()), ("kind", "interpreters")], b"a").await;
        assert!(page.status == 403 && page.says("from another sign-in"), "{}{}", page.status, page.text);
    }

    async fn signing_out_twice_leads_to_the_door(house) {
        let (mut browser, csrf) = dora(house).await;
        assert_eq!(browser.post("/session/end", &[("csrf", csrf.as_str())]).await.location, "/sign-in");
        let twice = browser.post("/session/end", &[("csrf", csrf.as_str())]).await;
        assert_eq!((twice.status, twice.location.as_str()), (303, "/sign-in?next=/"));
    }
}
