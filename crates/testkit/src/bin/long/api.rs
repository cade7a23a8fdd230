//! The JSON API as its description tells it, asked by everybody in the named world.
use crate::{
    Chance, Failure,
    description::{Operation, operations},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use interpres_gate::Gate;
use interpres_types::AppointmentId;
use interpres_web::{Options, router};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::{Mutex, PoisonError},
};
use tower::ServiceExt;

/// A request that reached the gate, and what was answered.
pub(crate) struct Asked {
    /// The operation's name, which its entry carries.
    pub(crate) operation: String,
    /// The answer.
    pub(crate) text: String,
    /// Whether it changed a record that was there.
    pub(crate) is_edit: bool,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) tag: Option<String>,
    text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }
    /// Whether the gate was asked: what can't be read, has no key or comes too fast never gets
    /// there.
    const fn reached_the_gate(&self) -> bool {
        !matches!(self.status, 400 | 401 | 428 | 429 | 503)
    }
}

/// The API, the people who ask, and the ids they know of.
pub(crate) struct Api {
    router: Router,
    pub(crate) keys: BTreeMap<String, String>,
    pub(crate) operations: Vec<Operation>,
    ids: Mutex<BTreeMap<&'static str, Vec<String>>>,
    used: Mutex<BTreeSet<String>>,
}

/// What is done to records by their ids, so that answers to lists can be asked about.
const KNOWN: [&str; 6] = [
    "appointments",
    "interpreters",
    "customers",
    "offers",
    "vouchers",
    "invoices",
];
/// No such record, in any workspace.
pub(crate) const NOBODY: &str = "01890000-0000-7000-8000-000000000000";
const LATEST_IDS: usize = 400;

impl Api {
    pub(crate) async fn of(
        gate: &Gate,
        folder: &Path,
        appointments: Vec<AppointmentId>,
    ) -> Result<Self, Failure> {
        let file: Value = serde_json::from_slice(&fs::read(folder.join("demo.json"))?)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let keys = file["people"].as_array().into_iter().flatten();
        let keys = keys
            .map(|person| {
                (
                    text(&person["name"])
                        .split(' ')
                        .next()
                        .unwrap_or_default()
                        .to_owned(),
                    text(&person["api_key"]),
                )
            })
            .collect();
        let mut api = Self {
            router: router(gate.clone(), Options::default()),
            keys,
            operations: Vec::new(),
            ids: Mutex::default(),
            used: Mutex::default(),
        };
        api.operations = operations(
            &api.send("", "GET", "/openapi.json", None, &Value::Null)
                .await?
                .json(),
        );
        api.learn("appointments", appointments.iter().map(ToString::to_string));
        for kind in ["interpreters", "customers"] {
            api.learn_from(
                kind,
                &api.send(
                    &api.keys["Olivia"],
                    "GET",
                    &format!("/{kind}?limit=50"),
                    None,
                    &Value::Null,
                )
                .await?,
            );
        }
        Ok(api)
    }

    pub(crate) fn operations_used(&self) -> usize {
        self.used
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }
    pub(crate) fn operations_not_used(&self) -> Vec<String> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        self.operations
            .iter()
            .map(|o| format!("{} {}", o.method, o.path))
            .filter(|name| !used.contains(name))
            .collect()
    }

    pub(crate) async fn ask_for(
        &self,
        key: &str,
        method: &str,
        path: &str,
        filled: &str,
        version: Option<&str>,
        body: &Value,
    ) -> Result<(Vec<Asked>, Answer), Failure> {
        let operation = self
            .operations
            .iter()
            .find(|o| o.method == method && o.path == path)
            .ok_or_else(|| format!("{method} {path} is not described"))?;
        let (asked, answer) = self.ask(key, operation, filled, version, body).await?;
        Ok((asked.into_iter().collect(), answer))
    }

    pub(crate) async fn ask(
        &self,
        key: &str,
        operation: &Operation,
        path: &str,
        version: Option<&str>,
        body: &Value,
    ) -> Result<(Option<Asked>, Answer), Failure> {
        let answer = self
            .send(key, &operation.method, path, version, body)
            .await?;
        if answer.status >= 500 && answer.status != 503 {
            return Err(format!(
                "{} {path}: {} {}",
                operation.method, answer.status, answer.text
            )
            .into());
        }
        if !answer.reached_the_gate() {
            return Ok((None, answer));
        }
        self.used
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(format!("{} {}", operation.method, operation.path));
        if let Some(kind) = KNOWN
            .iter()
            .find(|kind| operation.path == format!("/{kind}"))
        {
            self.learn_from(kind, &answer);
        }
        Ok((
            Some(Asked {
                operation: operation.name.clone(),
                text: answer.text.clone(),
                is_edit: false,
            }),
            answer,
        ))
    }

    async fn send(
        &self,
        key: &str,
        method: &str,
        path: &str,
        version: Option<&str>,
        body: &Value,
    ) -> Result<Answer, Failure> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {key}"));
        if let Some(version) = version {
            request = request.header("if-match", version);
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            Body::from(body.to_string())
        };
        let (parts, body) = self
            .router
            .clone()
            .oneshot(request.body(body)?)
            .await?
            .into_parts();
        let text = String::from_utf8_lossy(&to_bytes(body, 1 << 24).await?).into_owned();
        let tag = parts
            .headers
            .get("etag")
            .and_then(|tag| tag.to_str().ok())
            .map(str::to_owned);
        Ok(Answer {
            status: parts.status.as_u16(),
            tag,
            text,
        })
    }

    pub(crate) fn filled(&self, path: &str, chance: &mut Chance) -> String {
        // Lists are called by name; another word is no address, and nothing that the gate is asked.
        if path.starts_with("/lists/") {
            return path.replace("{id}", "appointments");
        }
        let kind = KNOWN
            .iter()
            .find(|kind| path.starts_with(&format!("/{kind}/")));
        let id = kind.map_or_else(|| NOBODY.to_owned(), |kind| self.known(kind, chance));
        path.replace("{id}", &id)
    }
    pub(crate) fn known(&self, kind: &'static str, chance: &mut Chance) -> String {
        let ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        ids.get(kind).filter(|all| !all.is_empty()).map_or_else(
            || NOBODY.to_owned(),
            |all| all[at(chance, all.len())].clone(),
        )
    }
    pub(crate) fn learn(&self, kind: &'static str, new: impl Iterator<Item = String>) {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let all = ids.entry(kind).or_default();
        for id in new.filter(|id| !all.contains(id)).collect::<Vec<_>>() {
            all.push(id);
        }
        let surplus = all.len().saturating_sub(LATEST_IDS);
        all.drain(..surplus);
    }
    fn learn_from(&self, kind: &'static str, answer: &Answer) {
        let found = answer.json();
        self.learn(
            kind,
            found["items"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|item| item["id"].as_str())
                .map(str::to_owned),
        );
    }
}

pub(crate) fn at(chance: &mut Chance, length: usize) -> usize {
    usize::try_from(chance.below(length as u64)).unwrap_or(0)
}
