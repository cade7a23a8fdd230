//! Whatever is sent to any route is taken or refused, never a fault, and never repeated in the
//! clear (AL8). What is sent comes from a fixed seed; a failure prints the request.
mod nonsense;

use crate::{Browser, Door, door::anonymous::routes};
use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use interpres_testkit::{House, apply, story};
use nonsense::{Chance, MARK, body, file, filled, fitting, part, query, usual};
use serde_json::{Value, json};

const SEED: u64 = 0x1b87_3593_cc9e_2d51;

struct Api {
    door: Door,
    key: String,
}

impl Api {
    /// Sends it, a minute later again where there was too much at once; gives what was answered
    /// where it was taken.
    async fn send(&self, house: &House, method: &str, address: &str, body: &[u8]) -> Option<Value> {
        let told = || {
            format!(
                "{method} {address}\n{}",
                String::from_utf8_lossy(&body[..body.len().min(2_000)])
            )
        };
        for _ in 0..3 {
            let request = Request::builder()
                .method(method)
                .uri(address)
                .header("authorization", format!("Bearer {}", self.key))
                .header("if-match", "\"1\"");
            let answer = self
                .door
                .send(request.body(Body::from(body.to_owned())).unwrap())
                .await;
            let (parts, answer) = answer.into_parts();
            let text =
                String::from_utf8_lossy(&to_bytes(answer, 1 << 24).await.unwrap()).into_owned();
            if parts.status == 429 || parts.status == 503 {
                house.wait_minutes(1);
                house.gate.number_entries().await.unwrap();
                continue;
            }
            assert!(parts.status.as_u16() < 500, "{}\n{text}", told());
            if parts.status.as_u16() < 400 {
                return Some(serde_json::from_str(&text).unwrap_or_default());
            }
            assert!(!text.contains(MARK), "{}\n{text}", told());
            let problem: Value = serde_json::from_str(&text)
                .unwrap_or_else(|_| panic!("{}\n{} {text}", told(), parts.status));
            assert_eq!(
                (
                    parts.headers["content-type"].to_str().unwrap(),
                    problem["status"].as_u64()
                ),
                (
                    "application/problem+json",
                    Some(parts.status.as_u16().into())
                )
            );
            if parts.status == 422 {
                let errors = problem["errors"].as_array().unwrap();
                assert!(
                    !errors.is_empty()
                        && errors
                            .iter()
                            .all(|e| e["field"].as_str().is_some_and(|f| !f.is_empty())
                                && e["rule"].as_str().is_some_and(|r| !r.is_empty())),
                    "{}\n{text}",
                    told()
                );
            }
            return None;
        }
        panic!("too much at once for minutes: {}", told());
    }
}

/// The forms of a page that send something: where to, and the names of their fields.
fn forms(page: &str) -> Vec<(String, Vec<String>)> {
    let after = |text: &str, word: &str| {
        text.split_once(word)
            .and_then(|(_, rest)| rest.split_once('"'))
            .map(|(value, _)| crate::browser::plain(value))
    };
    let posted = page
        .split("<form")
        .skip(1)
        .map(|rest| rest.split("</form>").next().unwrap())
        .filter(|form| form.contains("method=\"post\""));
    posted
        .filter_map(|form| {
            Some((
                after(form, "action=\"")?,
                form.split(" name=\"")
                    .skip(1)
                    .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
                    .collect(),
            ))
        })
        .collect()
}

#[apply(story)]
async fn whatever_is_sent_to_any_route_of_the_api_is_taken_or_refused_by_name(house: &House) {
    let mut chance = Chance(SEED);
    let mut sent = 0;
    for who in ["Olivia", "Dora"] {
        let api = Api {
            door: Door::of(house),
            key: house.person(who).api_key.clone(),
        };
        let (_, document) = api.door.get("", "/api/v1/openapi.json").await;
        for (path, operations) in document["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                for _ in 0..6 {
                    let names = operation["parameters"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .filter(|p| p["in"] == "query")
                        .filter_map(|p| p["name"].as_str());
                    let address = format!(
                        "/api/v1{}?{}",
                        filled(path, || part(house, path, &mut chance)),
                        query(names, &mut chance)
                    );
                    let body = if method == "get" {
                        Vec::new()
                    } else {
                        body(&document, operation, &mut chance)
                    };
                    api.send(house, &method.to_uppercase(), &address, &body)
                        .await;
                    sent += 1;
                }
            }
        }
    }
    assert!(sent > 1_400, "{sent}");
}

#[apply(story)]
async fn what_went_wrong_once_is_refused(house: &House) {
    let api = Api {
        door: Door::of(house),
        key: house.person("Olivia").api_key.clone(),
    };
    // PostgreSQL takes no NUL in a text.
    for (method, address, body) in [
        (
            "POST",
            "/api/v1/invitations",
            json!({
                "email": "n@frontrange.example", "name": "N", "role": "\0",
                "teams": "\0; Courts"
            }),
        ),
        ("GET", "/api/v1/appointments?cursor=1~%00", Value::Null),
        ("GET", "/api/v1/people?cursor=a%00~b", Value::Null),
        ("GET", "/api/v1/audit/entries?actor=%00", Value::Null),
        // A rule that is broken is told without what was typed.
        (
            "PUT",
            "/api/v1/workspace",
            json!({ "holidays": format!("2026-12-25 Christmas\n{MARK}") }),
        ),
    ] {
        assert!(
            api.send(house, method, address, body.to_string().as_bytes())
                .await
                .is_none(),
            "{method} {address}"
        );
    }
    let page = Browser::of(house)
        .sign_in(house, "Ines")
        .await
        .get(&format!("/offers/{MARK}"))
        .await;
    assert!(
        page.status == 404 && page.says("Page not found") && !page.text.contains(MARK),
        "{}",
        page.text
    );
    let page = Browser::of(house)
        .get(&format!("/sign-in?next={MARK}&next=/"))
        .await;
    assert!(
        page.status == 422 && !page.text.contains(MARK),
        "{} {}",
        page.status,
        page.text
    );
}

#[apply(story)]
async fn what_no_command_can_be_made_of_is_refused_with_its_entry(house: &House) {
    let door = Door::of(house);
    let (dora, olivia) = (
        &house.person("Dora").api_key,
        &house.person("Olivia").api_key,
    );
    let path = format!(
        "/api/v1/appointments/{}/assignment",
        house.world.appointments["FR-1001"]
    );
    assert_eq!(
        door.post(dora, &path, json!({ "interpreter": "nobody" }))
            .await
            .0,
        422
    );
    let (_, log) = door
        .get(
            olivia,
            "/api/v1/audit/entries?action=interpreter.assign&outcome=refused",
        )
        .await;
    assert_eq!(log["items"].as_array().unwrap().len(), 1, "{log}");
}

#[apply(story)]
async fn whatever_stands_in_a_file_is_taken_or_refused_line_by_line(house: &House) {
    let mut chance = Chance(SEED);
    let api = Api {
        door: Door::of(house),
        key: house.person("Olivia").api_key.clone(),
    };
    const KINDS: [(&str, &[&str]); 4] = [
        (
            "interpreters",
            &[
                "first name",
                "last name",
                "email",
                "phone",
                "languages",
                "team",
                "zip",
                "gender",
                "service types",
            ],
        ),
        (
            "customers",
            &[
                "name",
                "email",
                "team",
                "website",
                "phone",
                "zone",
                "billing address",
                "health care",
            ],
        ),
        (
            "appointments",
            &[
                "reference",
                "date",
                "start",
                "minutes",
                "language",
                "service type",
                "customer",
                "team",
                "notes",
            ],
        ),
        ("people", &["email", "name", "role", "teams", "customer"]),
    ];
    let mut run = 0;
    for (kind, columns) in KINDS {
        for _ in 0..8 {
            let taken = api
                .send(
                    house,
                    "POST",
                    &format!("/api/v1/imports?kind={kind}&file_name=f.csv"),
                    &file(columns, &mut chance),
                )
                .await;
            let Some(id) = taken.as_ref().and_then(|taken| taken["id"].as_str()) else {
                continue;
            };
            let place = format!("/api/v1/imports/{id}");
            assert!(api.send(house, "GET", &place, b"").await.is_some());
            if api
                .send(house, "POST", &format!("{place}/run"), b"")
                .await
                .is_none()
            {
                continue;
            }
            house.gate.work_off().await.unwrap();
            assert_eq!(
                api.send(house, "GET", &place, b"").await.unwrap()["state"],
                "done"
            );
            api.send(house, "GET", &format!("{place}/rejected"), b"")
                .await;
            run += 1;
        }
    }
    assert!(run > 8, "{run}");
}

#[apply(story)]
async fn whatever_is_typed_into_any_page_is_taken_or_refused_and_never_becomes_part_of_it(
    house: &House,
) {
    const ASKED: [&str; 16] = [
        "cursor", "limit", "q", "from", "to", "actor", "date", "day", "status", "action", "record",
        "outcome", "next", "view", "tab", "id",
    ];
    let mut chance = Chance(SEED);
    let (mut seen, mut sent) = (0, 0);
    for who in ["Olivia", "Dora", "Bea", "Ines", "Rita"] {
        let mut browser = Browser::of(house).sign_in(house, who).await;
        // The stream of live updates is no page: it does not end, and `live` has tests of its own.
        let pages = routes().into_iter().filter(|(method, path)| {
            *method == "GET"
                && *path != "/live"
                && !path.starts_with("/api/")
                && !path.starts_with("/scim/")
        });
        for (_, path) in pages {
            house.wait_seconds(7);
            let found = browser.get(&filled(&path, || fitting(house, &path))).await;
            if found.location.starts_with("/sign-in") {
                house.wait_minutes(1);
                browser = Browser::of(house).sign_in(house, who).await;
            }
            for _ in 0..2 {
                let address = format!(
                    "{}?{}",
                    filled(&path, || part(house, &path, &mut chance)),
                    query(ASKED.into_iter(), &mut chance)
                );
                let page = browser.get(&address).await;
                seen += 1;
                assert!(
                    page.status < 500 && !page.text.contains("<script>alert(1)"),
                    "{who} GET {address}: {}\n{}",
                    page.status,
                    page.text
                );
            }
            for (action, names) in forms(&found.text) {
                if action.starts_with("/sign-out") {
                    continue;
                }
                let typed: Vec<(String, String)> = names
                    .iter()
                    .map(|name| {
                        (
                            name.clone(),
                            if name == "csrf" {
                                found.field("csrf")
                            } else if chance.below(3) == 0 {
                                usual(name).as_str().unwrap().to_owned()
                            } else {
                                chance.text()
                            },
                        )
                    })
                    .collect();
                let fields: Vec<(&str, &str)> = typed
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect();
                let page = browser.clone().post(&action, &fields).await;
                sent += 1;
                assert!(
                    page.status < 500 && !page.text.contains("<script>alert(1)"),
                    "{who} POST {action} {typed:?}: {}\n{}",
                    page.status,
                    page.text
                );
                assert!(
                    page.location.is_empty() || page.location.starts_with('/'),
                    "{who} POST {action}: {}",
                    page.location
                );
            }
        }
    }
    assert!(seen > 400 && sent > 60, "{seen} {sent}");
}
