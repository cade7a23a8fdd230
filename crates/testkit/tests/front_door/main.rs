//! The front door by HTTP: what a program with a key, without one, or with bad intent gets.
#![expect(clippy::unwrap_used, reason = "a story that goes wrong should stop")]
mod accounts;
mod billing;
mod browser;
mod compliance;
mod door;
mod forms;
mod lists;
mod live;
mod mailbox;
mod scheduling;
mod sign_in;
mod sso;
mod wording;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, Response},
};
use interpres_testkit::House;
use interpres_web::{Options, router};
use serde_json::{Value, json};
use tower::ServiceExt;

use browser::Browser;

struct Door {
    router: Router,
}

impl Door {
    fn of(house: &House) -> Self {
        Self {
            router: router(house.gate.clone(), Options::default()),
        }
    }
    async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }
    async fn ask(
        &self,
        key: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (u16, Value, Response<()>) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {key}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, body) = self
            .send(request.body(Body::from(body.to_owned())).unwrap())
            .await
            .into_parts();
        let bytes = to_bytes(body, 1 << 24).await.unwrap();
        (
            parts.status.as_u16(),
            serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            Response::from_parts(parts, ()),
        )
    }
    async fn post(&self, key: &str, path: &str, body: Value) -> (u16, Value) {
        let (status, json, _) = self.ask(key, "POST", path, &[], &body.to_string()).await;
        (status, json)
    }
    async fn get(&self, key: &str, path: &str) -> (u16, Value) {
        let (status, json, _) = self.ask(key, "GET", path, &[], "").await;
        (status, json)
    }
}

fn request(reference: &str) -> Value {
    json!({
        "reference": reference, "date": "2027-03-01", "start": "07:00", "minutes": 60,
        "language": "Spanish", "service_type": "in-person", "team": "Denver Metro",
        "customer": "St. Brigid Hospital", "lep_client": "Rosa Kanarya"
    })
}
