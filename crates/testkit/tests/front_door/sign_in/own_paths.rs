//! Where a person is led on to after signing in: a path of ours, whatever the address said.
use crate::Browser;
use interpres_testkit::{House, apply, story};

const ELSEWHERE: [&str; 22] = [
    "/\t/evil.example",
    "/\n/evil.example",
    "\n",
    "/a\r\nset-cookie: a=b",
    "\t//evil.example",
    " //evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/..//evil.example",
    "/.//evil.example",
    "/a/..//evil.example",
    "/appointments//evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/javascript:alert(1)",
    "evil.example",
    "/\u{0}",
    "/\u{202e}elpmaxe.live",
    "",
];

#[apply(story)]
async fn whoever_signs_in_stays_here_whatever_the_address_said(house: &House) {
    for next in ELSEWHERE {
        let encoded: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
        let mut browser = Browser::of(house);
        let form = browser.get(&format!("/sign-in?next={encoded}")).await;
        assert_eq!(
            (form.status, form.field("next").as_str()),
            (200, "/"),
            "{next:?}"
        );
        let dora = house.person("Ines");
        let asked = browser
            .post(
                "/sign-in",
                &[
                    ("email", &dora.email),
                    ("password", &dora.password),
                    ("next", next),
                ],
            )
            .await;
        assert_eq!(
            (asked.status, asked.field("next").as_str()),
            (200, "/"),
            "{next:?}"
        );
        house.wait_minutes(1);
        let code = Browser::code(house, "Ines");
        let inside = browser
            .post(
                "/sign-in/proof",
                &[
                    ("ticket", &asked.field("ticket")),
                    ("code", &code),
                    ("next", next),
                ],
            )
            .await;
        assert_eq!(
            (inside.status, inside.location.as_str()),
            (303, "/"),
            "{next:?}"
        );
    }
}

#[apply(story)]
async fn whoever_was_on_a_page_of_ours_comes_back_to_it(house: &House) {
    for next in [
        "/",
        "/appointments?from=2027-03-01&q=a%20b",
        "/people/roles/01890000-0000-7000-8000-000000000000",
        "/appointments?view=a:b//c",
        "/settings/hipaa",
    ] {
        let encoded: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
        let form = Browser::of(house)
            .get(&format!("/sign-in?next={encoded}"))
            .await;
        assert_eq!(form.field("next"), next);
    }
}
