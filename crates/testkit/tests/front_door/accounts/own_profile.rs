//! One says oneself how one is called and reached.
use crate::Browser;
use interpres_testkit::{House, apply, story};

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
