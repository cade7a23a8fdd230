//! Which columns of a list somebody sees.
use crate::browser::Browser;
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn columns_stay_left_out_for_whoever_left_them_out_and_the_status_is_always_there(
    house: &House,
) {
    let mut dora = Browser::of(house).sign_in(house, "Dora").await;
    let before = dora.get("/appointments?view=all").await;
    assert!(
        before.text.contains("<td class=\"c-client\">") && before.says("FR-1001"),
        "{}",
        before.text
    );
    let chosen = [
        ("all", "language"),
        ("all", "customer"),
        ("all", "interpreter"),
        ("all", "client"),
        ("all", "reference"),
        ("shown", "language"),
        ("shown", "customer"),
        ("back", "/appointments?view=all"),
    ];
    let set = dora.act("/lists/appointments/columns", &chosen).await;
    assert_eq!(
        (set.status, set.location.as_str()),
        (303, "/appointments?view=all")
    );
    let after = dora.get("/appointments?view=all").await;
    assert!(
        !after.text.contains("c-client")
            && !after.text.contains("<td class=\"c-ref")
            && after.text.contains("<td class=\"c-status\">")
            && after.text.contains("<td class=\"c-cust\">"),
        "{}",
        after.text
    );
    let mut sam = Browser::of(house).sign_in(house, "Sam").await;
    assert!(
        sam.get("/appointments?view=all")
            .await
            .text
            .contains("<td class=\"c-client\">"),
        "nobody else's list changed"
    );
    for (list, column) in [
        ("interpreters", "languages"),
        ("customers", "city"),
        ("clients", "team"),
        ("people", "role"),
    ] {
        let path = format!("/lists/{list}/columns");
        let back = format!("/{list}?view=all");
        let set = dora.act(&path, &[("all", column), ("back", &back)]).await;
        assert_eq!((set.status, &set.location), (303, &back), "{list}");
        let page = dora.get(&back).await;
        let class = match column {
            "languages" => "<td class=\"c-langs",
            "city" => "<td class=\"c-city",
            "team" => "<td class=\"c-team",
            _ => "<td class=\"c-role",
        };
        assert!(
            page.status == 200 && !page.text.contains(class),
            "{list}: {}",
            page.text
        );
    }
    let nowhere = dora.act("/lists/nothing/columns", &[("all", "x")]).await;
    assert_eq!(nowhere.status, 404);
}
