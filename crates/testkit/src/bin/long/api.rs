//! The JSON API as its description tells it, asked by everybody in the named world.
use crate::{Chance, Failure};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use interpres_gate::Gate;
use interpres_types::AppointmentId;
use interpres_web::{Options, router};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::{Mutex, PoisonError},
};
use tower::ServiceExt;

/// One operation of the description.
struct Operation {
    method: String,
    path: String,
    name: String,
    query: Vec<String>,
    fields: Vec<String>,
}

/// A request that reached the gate, and what was answered.
pub(crate) struct Asked {
    /// The operation's name, which its entry carries.
    pub(crate) operation: String,
    /// The answer.
    pub(crate) text: String,
    /// Whether it changed a record that was there.
    pub(crate) is_edit: bool,
}

struct Answer {
    status: u16,
    tag: Option<String>,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }
    /// Whether the gate was asked: what can't be read, has no key or comes too fast never gets there.
    const fn reached_the_gate(&self) -> bool {
        !matches!(self.status, 400 | 401 | 428 | 429 | 503)
    }
}

/// The API, the people who ask, and the ids they know of.
pub(crate) struct Api {
    router: Router,
    keys: BTreeMap<String, String>,
    operations: Vec<Operation>,
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
const NOBODY: &str = "01890000-0000-7000-8000-000000000000";
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

    /// One thing that somebody does: mostly one request, sometimes a look and then a change.
    pub(crate) async fn do_something(&self, chance: &mut Chance) -> Result<Vec<Asked>, Failure> {
        match chance.below(10) {
            0..=3 => self.anything(chance).await,
            4 => self.edit(chance).await,
            5 => self.book(chance).await,
            6 => self.dispatch(chance).await,
            7 => self.answer_offers(chance).await,
            _ => self.look(chance).await,
        }
    }

    /// Any operation at all, by anybody, filled as its description says.
    async fn anything(&self, chance: &mut Chance) -> Result<Vec<Asked>, Failure> {
        let operation = &self.operations[at(chance, self.operations.len())];
        let keys: Vec<&String> = self.keys.values().collect();
        let key = keys[at(chance, keys.len())];
        let mut body = Map::new();
        for field in &operation.fields {
            if chance.below(4) > 0 {
                body.insert(field.clone(), usual(field));
            }
        }
        let path = self.filled(&operation.path, chance);
        let query: Vec<String> = operation
            .query
            .iter()
            .filter_map(|name| asked_for(name))
            .collect();
        let path = if query.is_empty() {
            path
        } else {
            format!("{path}?{}", query.join("&"))
        };
        let version = (operation.method == "PUT").then_some("\"1\"");
        Ok(self
            .ask(key, operation, &path, version, &Value::Object(body))
            .await?
            .0
            .into_iter()
            .collect())
    }

    /// A record changed by somebody who looked at it before.
    async fn edit(&self, chance: &mut Chance) -> Result<Vec<Asked>, Failure> {
        let kind = ["appointments", "customers", "interpreters"][at(chance, 3)];
        let key = &self.keys[["Dora", "Maya", "Olivia"][at(chance, 3)]];
        let path = format!("/{kind}/{}", self.known(kind, chance));
        let (mut asked, seen) = self
            .ask_for(
                key,
                "GET",
                &format!("/{kind}/{{id}}"),
                &path,
                None,
                &Value::Null,
            )
            .await?;
        let Some(tag) = seen.tag.clone() else {
            return Ok(asked);
        };
        let view = seen.json();
        let body = match kind {
            "appointments" => booking(chance, &view["reference"]),
            _ => self.as_typed(kind, &view, chance),
        };
        let (edit, answer) = self
            .ask_for(
                key,
                "PUT",
                &format!("/{kind}/{{id}}"),
                &path,
                Some(&tag),
                &body,
            )
            .await?;
        asked.extend(edit.into_iter().map(|edit| Asked {
            is_edit: answer.status == 200,
            ..edit
        }));
        Ok(asked)
    }

    async fn book(&self, chance: &mut Chance) -> Result<Vec<Asked>, Failure> {
        let key = &self.keys[["Dora", "Maya", "Rita"][at(chance, 3)]];
        let (asked, answer) = self
            .ask_for(
                key,
                "POST",
                "/appointments",
                "/appointments",
                None,
                &booking(chance, &Value::Null),
            )
            .await?;
        self.learn(
            "appointments",
            answer.json()["id"].as_str().map(str::to_owned).into_iter(),
        );
        Ok(asked)
    }

    /// Asks or assigns an interpreter, or takes an appointment back.
    async fn dispatch(&self, chance: &mut Chance) -> Result<Vec<Asked>, Failure> {
        let (id, who) = (
            self.known("appointments", chance),
            self.known("interpreters", chance),
        );
        let (what, body) = match chance.below(5) {
            0 | 1 => (
                "offers",
                json!({ "kind": "broadcast", "interpreters": [who, self.known("interpreters", chance)] }),
            ),
            2 => ("assignment", json!({ "interpreter": who })),
            3 => ("cancellation", json!({ "reason": "customer-canceled" })),
            _ => ("restoration", json!({})),
        };
        let path = format!("/appointments/{{id}}/{what}");
        Ok(self
            .ask_for(
                &self.keys["Dora"],
                "POST",
                &path,
                &path.replace("{id}", &id),
                None,
                &body,
            )
            .await?
            .0)
    }

    async fn answer_offers(&self, chance: &mut Chance) -> Result<Vec<Asked>, Failure> {
        let key = &self.keys[["Ines", "Linh"][at(chance, 2)]];
        let (mut asked, open) = self
            .ask_for(key, "GET", "/offers", "/offers", None, &Value::Null)
            .await?;
        let offers = open.json();
        let Some(id) = offers["items"]
            .as_array()
            .filter(|all| !all.is_empty())
            .and_then(|all| all[at(chance, all.len())]["id"].as_str())
        else {
            return Ok(asked);
        };
        let path = format!(
            "/offers/{{id}}/{}",
            ["acceptance", "refusal"][at(chance, 2)]
        );
        asked.extend(
            self.ask_for(
                key,
                "POST",
                &path,
                &path.replace("{id}", id),
                None,
                &json!({}),
            )
            .await?
            .0,
        );
        Ok(asked)
    }

    /// One appointment, or a page of them.
    async fn look(&self, chance: &mut Chance) -> Result<Vec<Asked>, Failure> {
        let keys: Vec<&String> = self.keys.values().collect();
        let key = keys[at(chance, keys.len())];
        if chance.below(3) == 0 {
            return Ok(self
                .ask_for(
                    key,
                    "GET",
                    "/appointments",
                    "/appointments?limit=10",
                    None,
                    &Value::Null,
                )
                .await?
                .0);
        }
        let path = format!("/appointments/{}", self.known("appointments", chance));
        Ok(self
            .ask_for(key, "GET", "/appointments/{id}", &path, None, &Value::Null)
            .await?
            .0)
    }

    async fn ask_for(
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

    async fn ask(
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

    /// What a view tells of a record, as a form would send it back, with another street.
    fn as_typed(&self, kind: &str, view: &Value, chance: &mut Chance) -> Value {
        let path = format!("/{kind}/{{id}}");
        let fields = self
            .operations
            .iter()
            .find(|o| o.method == "PUT" && o.path == path)
            .map(|o| o.fields.as_slice())
            .unwrap_or_default();
        let mut body = Map::new();
        for field in fields {
            let typed = match &view[field] {
                Value::String(text) => text.clone().into(),
                Value::Array(all) => all
                    .iter()
                    .filter_map(|v| v.as_str().or_else(|| v["name"].as_str()))
                    .collect::<Vec<_>>()
                    .join("; ")
                    .into(),
                Value::Bool(yes) => if *yes { "yes" } else { "no" }.into(),
                _ => continue,
            };
            body.insert(field.clone(), typed);
        }
        body.insert(
            "address".to_owned(),
            format!("{} Larimer St", 1 + chance.below(9_000)).into(),
        );
        Value::Object(body)
    }

    fn filled(&self, path: &str, chance: &mut Chance) -> String {
        let kind = KNOWN
            .iter()
            .find(|kind| path.starts_with(&format!("/{kind}/")));
        let id = kind.map_or_else(|| NOBODY.to_owned(), |kind| self.known(kind, chance));
        path.replace("{id}", &id)
    }
    fn known(&self, kind: &'static str, chance: &mut Chance) -> String {
        let ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        ids.get(kind).filter(|all| !all.is_empty()).map_or_else(
            || NOBODY.to_owned(),
            |all| all[at(chance, all.len())].clone(),
        )
    }
    fn learn(&self, kind: &'static str, new: impl Iterator<Item = String>) {
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

fn at(chance: &mut Chance, length: usize) -> usize {
    usize::try_from(chance.below(length as u64)).unwrap_or(0)
}

/// Every operation of the description.
fn operations(document: &Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let parameters = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|p| p["in"] == "query");
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let schema = schema["$ref"]
                .as_str()
                .and_then(|name| name.rsplit('/').next())
                .map_or(schema, |name| &document["components"]["schemas"][name]);
            all.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                name: operation["operationId"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
                query: parameters
                    .filter_map(|p| p["name"].as_str())
                    .map(str::to_owned)
                    .collect(),
                fields: schema["properties"]
                    .as_object()
                    .into_iter()
                    .flat_map(Map::keys)
                    .cloned()
                    .collect(),
            });
        }
    }
    all
}

/// What a list is asked for; most parts of an address stay unsaid.
fn asked_for(name: &str) -> Option<String> {
    let value = match name {
        "limit" => "7",
        "kind" => "appointment",
        "id" => NOBODY,
        "from_version" | "to_version" => "1",
        _ => return None,
    };
    Some(format!("{name}={value}"))
}

/// What a field of this name takes in most places.
fn usual(name: &str) -> Value {
    match name {
        "interpreters" | "members" | "lines" | "decisions" => json!([]),
        "reaches" | "values" | "columns" | "mapping" => json!({}),
        "interpreter" => NOBODY.into(),
        "date" | "from" | "to" => "2031-03-10".into(),
        "start" | "end" => "09:00".into(),
        "minutes" => "60".into(),
        "language" => "Spanish".into(),
        "service_type" => "phone".into(),
        "team" => "Denver Metro".into(),
        "customer" => "St. Brigid Hospital".into(),
        "reason" => "other".into(),
        "role" => "scheduler".into(),
        "days" | "years" => "7".into(),
        "client" | "lep_client" | "notes" | "internal_notes" | "signer" => "Rosa Kanarya".into(),
        _ => "Somebody".into(),
    }
}

fn booking(chance: &mut Chance, reference: &Value) -> Value {
    json!({
        "reference": reference.as_str().unwrap_or_default(),
        "date": format!("2031-{:02}-{:02}", 1 + chance.below(12), 1 + chance.below(28)),
        "start": format!("{:02}:{:02}", chance.below(24), chance.below(60)),
        "minutes": "60",
        "language": "Spanish",
        "service_type": "phone",
        "team": "Denver Metro",
        "customer": "St. Brigid Hospital",
        "lep_client": "Rosa Kanarya",
    })
}
