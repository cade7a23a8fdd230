//! Forms of number, what was typed, and what runs from right to left.
use super::choose;
use crate::browser::Browser;
use interpres_testkit::{House, apply, story};
use interpres_types::PageLanguage;

#[apply(story)]
async fn one_thing_and_several_are_told_each_in_its_form(house: &House) {
    let mut ines = Browser::of(house).sign_in(house, "Ines").await;
    let wrong = async |ines: &mut Browser, phone: &str| {
        let version = ines.get("/account").await.field("version");
        let fields = [
            ("version", version.as_str()),
            ("name", ""),
            ("phone", phone),
            ("first_page", ""),
        ];
        ines.act("/account/profile", &fields).await
    };
    assert!(wrong(&mut ines, "").await.says("One thing to fix"));
    assert!(wrong(&mut ines, "12").await.says("2 things to fix"));
    assert_eq!(choose(&mut ines, "es").await.status, 303);
    let one = wrong(&mut ines, "").await;
    assert!(
        one.says("Hay que corregir un dato") && one.says("Su nombre: es obligatorio"),
        "{}",
        one.text
    );
    // The form was sent without a language, which was empty in it, and changed nothing.
    let two = wrong(&mut ines, "12").await;
    assert!(two.says("Hay que corregir 2 datos"), "{}", two.text);
}

#[apply(story)]
async fn markup_in_what_was_typed_stays_text_in_every_language(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    for language in ["en", "es"] {
        assert_eq!(choose(&mut dora, language).await.status, 303);
        let found = dora
            .act("/find", &[("q", "Rosa <b onclick=x>Kanarya</b>")])
            .await;
        assert!(
            found.says("<b onclick=x>Kanarya</b>") && !found.text.contains("<b onclick"),
            "{}",
            found.text
        );
    }
}

#[apply(story)]
async fn the_parts_run_from_right_to_left_in_samples_of_arabic(house: &House) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let page = dora.get("/parts?speak=ar").await;
    assert!(
        page.text.contains("<html lang=\"ar\" dir=\"rtl\">")
            && page.says("المكوّنات")
            && page.says("شيئان يحتاجان إلى تصحيح"),
        "{}",
        page.text
    );
    assert!(
        page.says("Still there?"),
        "what Arabic does not have is said in English"
    );
    let own = dora.get("/parts").await;
    assert!(own.text.contains("<html lang=\"en\" dir=\"ltr\">"));
}

/// Stands beside the stories, because it is a promise of theirs: Spanish is whole.
#[test]
fn spanish_has_every_message_but_the_samples() {
    let missing: Vec<&str> = say::coverage::missing(PageLanguage::Spanish)
        .into_iter()
        .filter(|id| !id.starts_with("sample-") && !id.starts_with("parts-"))
        .collect();
    assert_eq!(missing, [""; 0]);
    assert!(say::coverage::missing(PageLanguage::English).is_empty());
}
