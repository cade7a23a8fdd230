//! The API as its description tells it: operations, and what their fields take.
use crate::api::NOBODY;
use serde_json::{Map, Value, json};

/// One operation of the description.
pub(super) struct Operation {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) name: String,
    pub(super) query: Vec<String>,
    pub(super) fields: Vec<String>,
}

/// Every operation of the description.
pub(super) fn operations(document: &Value) -> Vec<Operation> {
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
pub(super) fn asked_for(name: &str) -> Option<String> {
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
pub(super) fn usual(name: &str) -> Value {
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
        "client" | "lep_client" | "notes" | "internal_notes" | "signer" | "text" => {
            "Rosa Kanarya".into()
        }
        _ => "Somebody".into(),
    }
}
