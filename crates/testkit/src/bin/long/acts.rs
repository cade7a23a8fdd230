//! What people do with the API, by chance.
use crate::{Chance, Failure};
use crate::{
    api::{Api, Asked, at},
    description::{asked_for, usual},
};
use serde_json::{Map, Value, json};

impl Api {
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
                json!({
                    "kind": "broadcast",
                    "interpreters": [who, self.known("interpreters", chance)]
                }),
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
