//! Which language pages are in: the one chosen on the account, or else the browser's, or else English.
use super::{asking_for, choose};
use crate::browser::Browser;
use interpres_testkit::{House, apply, story};

const SPANISH: &str = "<html lang=\"es\" dir=\"ltr\">";
const ENGLISH: &str = "<html lang=\"en\" dir=\"ltr\">";

#[apply(story)]
async fn before_signing_in_pages_speak_what_the_browser_asks_for_and_english_otherwise(
    house: &House,
) {
    for (languages, html, words) in [
        ("es-MX,es;q=0.9,en;q=0.5", SPANISH, "Iniciar sesión"),
        ("en-US,es;q=0.5", ENGLISH, "Sign in"),
        ("tlh", ENGLISH, "Sign in"),
        ("ar", ENGLISH, "Sign in"),
        ("%%%;q=\"", ENGLISH, "Sign in"),
    ] {
        let page = asking_for(house, languages).get("/sign-in").await;
        assert!(
            page.text.contains(html) && page.says(words),
            "{languages}: {}",
            page.text
        );
    }
}

#[apply(story)]
async fn the_language_chosen_on_the_account_wins_over_the_browsers(house: &House) {
    let mut ines = asking_for(house, "es").sign_in(house, "Ines").await;
    assert!(
        ines.get("/today").await.says("Agenda"),
        "nothing chosen yet"
    );
    assert_eq!(choose(&mut ines, "en").await.status, 303);
    let page = ines.get("/today").await;
    assert!(
        page.text.contains(ENGLISH) && page.says("Schedule"),
        "{}",
        page.text
    );
    let mut ines = Browser::of(house).sign_in_later(house, "Ines").await;
    assert_eq!(choose(&mut ines, "es").await.status, 303);
    let page = ines.get("/today").await;
    assert!(
        page.text.contains(SPANISH) && page.says("Agenda"),
        "{}",
        page.text
    );
    let nowhere = ines.get("/nowhere").await;
    assert!(
        nowhere.status == 404 && nowhere.says("No encontramos esta página"),
        "{}",
        nowhere.text
    );
}

#[apply(story)]
async fn a_language_that_pages_are_not_there_in_cannot_be_chosen(house: &House) {
    let mut ines = Browser::of(house).sign_in(house, "Ines").await;
    for language in ["ar", "tlh", "english"] {
        let refused = choose(&mut ines, language).await;
        assert!(
            refused.status == 422 && refused.says("must be a language that pages are there in"),
            "{}",
            refused.text
        );
    }
    let account = ines.get("/account").await;
    assert!(account.says("Español") && !account.says("العربية"));
}

#[apply(story)]
async fn programs_are_answered_in_english(house: &House) {
    let browser = asking_for(house, "es");
    let door = crate::Door {
        router: browser.server(),
    };
    let dora = &house.person("Dora").api_key;
    let (status, problem) = door
        .post(dora, "/api/v1/appointments", serde_json::json!({}))
        .await;
    assert!(
        status == 422 && problem["detail"].to_string().contains("is required"),
        "{problem}"
    );
}
