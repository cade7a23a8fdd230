//! Routes that are answered without knowing who asks are one list that is printed.
use crate::Door;
use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use interpres_testkit::{House, apply, story};
use std::collections::BTreeSet;

const LIST: &str = include_str!("../../../../../docs/anonymous-routes.md");
/// Where routes are made, with what goes before their paths.
const SOURCES: [(&str, &str); 5] = [
    ("", include_str!("../../../../web/src/app.rs")),
    ("", include_str!("../../../../web/src/oauth.rs")),
    ("", include_str!("../../../../web/src/assets.rs")),
    ("/scim/v2", include_str!("../../../../web/src/scim/mod.rs")),
    (
        "/api/v1",
        include_str!("../../../../web/src/routes/whole_api.rs"),
    ),
];
/// The areas of pages and API.
const AREAS: [&str; 12] = [
    include_str!("../../../../web/src/account/routes.rs"),
    include_str!("../../../../web/src/appointments/routes.rs"),
    include_str!("../../../../web/src/billing/routes.rs"),
    include_str!("../../../../web/src/directory/routes.rs"),
    include_str!("../../../../web/src/imports/routes.rs"),
    include_str!("../../../../web/src/live/routes.rs"),
    include_str!("../../../../web/src/offers/routes.rs"),
    include_str!("../../../../web/src/people/routes.rs"),
    include_str!("../../../../web/src/settings/routes.rs"),
    include_str!("../../../../web/src/sign_in/routes.rs"),
    include_str!("../../../../web/src/trust/routes.rs"),
    include_str!("../../../../web/src/work/routes.rs"),
];

fn without_spaces(source: &str) -> String {
    source.split_whitespace().collect()
}

/// Every route that is made by hand, with its methods; those of the API that are made of commands
/// and queries stand in its description.
pub(crate) fn routes() -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    for source in AREAS.map(without_spaces) {
        for (word, method, before) in [
            (".page(\"", "GET", ""),
            (".form(\"", "POST", ""),
            (".api_get(\"", "GET", "/api/v1"),
            (".api_post(\"", "POST", "/api/v1"),
        ] {
            let paths = source
                .split(word)
                .skip(1)
                .map(|rest| rest.split_once('"').unwrap().0);
            all.extend(paths.map(|path| (method, format!("{before}{path}"))));
        }
    }
    for (before, source) in SOURCES {
        for piece in without_spaces(source).split(".route(\"").skip(1) {
            let (path, rest) = piece.split_once('"').unwrap();
            let rest = [".route(", ".fallback", ".layer", "}fn", "}///"]
                .iter()
                .fold(rest, |rest, end| rest.split(end).next().unwrap());
            for (word, method) in [
                ("get(", "GET"),
                ("post(", "POST"),
                ("put(", "PUT"),
                ("patch(", "PATCH"),
                ("delete(", "DELETE"),
            ] {
                if [",", ".", "::"]
                    .iter()
                    .any(|before| rest.contains(&format!("{before}{word}")))
                {
                    all.push((method, format!("{before}{path}")));
                }
            }
        }
    }
    all
}

#[apply(story)]
async fn what_is_answered_to_nobody_in_particular_is_on_one_list(house: &House) {
    let door = Door::of(house);
    let listed: BTreeSet<String> = LIST
        .lines()
        .filter_map(|line| Some(line.strip_prefix("| ")?.split_once(" | ")?.0.to_owned()))
        .filter(|route| route.contains(" /"))
        .collect();
    let mut found = BTreeSet::new();
    let all = routes();
    assert!(all.len() > 150, "{}", all.len());
    for (method, path) in all {
        let asked = path.replace("{name}", "app.css");
        let asked: String = asked
            .split('/')
            .map(|part| {
                if part.starts_with('{') {
                    "01890000-0000-7000-8000-000000000000"
                } else {
                    part
                }
            })
            .collect::<Vec<_>>()
            .join("/");
        let request = Request::builder()
            .method(method)
            .uri(&asked)
            .header("content-type", "application/x-www-form-urlencoded");
        let (parts, body) = door
            .send(
                request
                    .body(Body::from(if method == "GET" {
                        ""
                    } else {
                        "typed=something"
                    }))
                    .unwrap(),
            )
            .await
            .into_parts();
        let text = String::from_utf8_lossy(&to_bytes(body, 1 << 20).await.unwrap()).into_owned();
        let status = parts.status.as_u16();
        let sent_to_the_door = status == 303
            && parts.headers["location"]
                .to_str()
                .unwrap()
                .starts_with("/sign-in?next=");
        let asked_who = status == 401
            && (text.contains("You’re signed out")
                || text.contains("\"status\":401")
                || text.contains("\"status\":\"401\""));
        if !(sent_to_the_door || asked_who) {
            found.insert(format!("{method} {path}"));
        }
    }
    assert_eq!(found, listed);
}
