//! Every operation of the API, tried by everybody: a new one is tried as soon as it has its line.
use super::{Answer, Attempt};
use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use interpres_gate::Action;
use interpres_testkit::House;
use interpres_types::AppointmentId;
use interpres_web::{Operation, Options, operations, router};
use serde_json::{Value, json};
use tower::ServiceExt;

/// Whose records the operations are tried on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    /// Nobody's, so that nothing happens to them.
    NoRecord,
    /// Front Range's, by the operations that are of one.
    FrontRange,
}

/// What is sent where nothing would be refused or done before it is known whose record it is. A
/// command that looks for its record before it reads what was sent needs no line here.
fn body(house: &House, action: Action) -> Value {
    match action {
        Action::AppointmentCancel => json!({ "reason": "other" }),
        Action::AppointmentMiss => json!({ "by": "client" }),
        Action::AppointmentRecalculate | Action::ClientErase => json!({ "reason": "agreed anew" }),
        Action::LegalHoldBegin => json!({ "matter": "M-1" }),
        Action::InterpreterAssign => json!({ "interpreter": house.world.interpreters["Ines"] }),
        Action::InterpreterOverride => {
            json!({ "interpreter": house.world.interpreters["Ines"], "reason": "urgent" })
        }
        Action::HipaaExporters => json!({ "members": [AppointmentId::NONE.to_string()] }),
        Action::RetentionSet => json!({ "years": "x" }),
        _ => json!({}),
    }
}

/// Where the records of Front Range are that an address is of; nothing for what is of none of them.
fn of_front_range(house: &House, path: &str) -> Option<String> {
    let world = &house.world;
    let records = [
        (
            "/appointments/{id}",
            world.appointments["FR-1001"].to_string(),
        ),
        (
            "/interpreters/{id}",
            world.interpreters["Pablo"].to_string(),
        ),
        (
            "/customers/{id}",
            world.customers["St. Brigid Hospital"].to_string(),
        ),
    ];
    let of =
        |(prefix, id): &(&str, String)| path.starts_with(prefix).then(|| path.replace("{id}", id));
    records.iter().find_map(of)
}

/// Tries every operation with somebody's key.
pub(super) async fn tried(house: &House, first: &str, on: On) -> Vec<Attempt> {
    let door = router(house.gate.clone(), Options::default());
    let key = &house.person(first).api_key;
    let mut all = Vec::new();
    for Operation {
        action,
        permission,
        method,
        path,
    } in operations()
    {
        let path = match on {
            On::NoRecord => path.replace("{id}", &AppointmentId::NONE.to_string()),
            On::FrontRange => match of_front_range(house, path) {
                Some(path) => path,
                None => continue,
            },
        };
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {key}"))
            .header("if-match", "\"0\"")
            .body(Body::from(if method == "GET" {
                String::new()
            } else {
                body(house, action).to_string()
            }))
            .unwrap();
        let (parts, told) = door.clone().oneshot(request).await.unwrap().into_parts();
        let told = to_bytes(told, 1 << 24).await.unwrap();
        let told: Value = serde_json::from_slice(&told).unwrap_or_else(|_| "no JSON".into());
        let answer = match (parts.status.as_u16(), told["type"].as_str()) {
            (403, Some("/problems/forbidden")) => Answer::Forbidden,
            (404, _) => Answer::NotFound,
            // There may be none yet of what is there once.
            (200, _) if told.is_null() && action == Action::AppointmentVoucher => Answer::NotFound,
            (status, _) => Answer::Other(format!("{method} {path}: {status} {}", told["detail"])),
        };
        all.push(Attempt {
            action,
            permission,
            answer,
        });
    }
    all
}
