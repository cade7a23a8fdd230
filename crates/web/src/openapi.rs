//! OpenAPI 3.1, made from the types that are read and written. A route and its description are
//! one line of [`crate::api`], so neither can be without the other.
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The document as it grows.
pub(crate) struct Document {
    generator: SchemaGenerator,
    paths: Map<String, Value>,
}

/// One operation.
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) action: &'static str,
    pub(crate) permission: String,
    pub(crate) query: Option<Schema>,
    pub(crate) body: Option<Schema>,
    pub(crate) answer: Schema,
}

impl Document {
    pub(crate) fn new() -> Self {
        let settings = SchemaSettings::draft2020_12()
            .with(|s| s.definitions_path = "/components/schemas".into());
        Self {
            generator: settings.into_generator(),
            paths: Map::new(),
        }
    }

    /// The schema of a type, by reference.
    pub(crate) fn schema<T: JsonSchema>(&mut self) -> Schema {
        self.generator.subschema_for::<T>()
    }
    /// The schema of a type, in place.
    pub(crate) fn inline<T: JsonSchema>(&mut self) -> Schema {
        T::json_schema(&mut self.generator)
    }

    pub(crate) fn add(&mut self, operation: Operation) {
        let mut parameters: Vec<Value> = path_parameters(operation.path);
        if let Some(query) = &operation.query {
            let fields = query
                .get("properties")
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default();
            parameters.extend(fields.into_iter().map(|(name, schema)| json!({ "name": name, "in": "query", "required": false, "description": schema.get("description").cloned().unwrap_or_default(), "schema": { "type": "string" } })));
        }
        if operation.method == "POST" {
            parameters.push(json!({ "name": "Idempotency-Key", "in": "header", "required": false, "description": "The same key with the same request has one effect and one answer.", "schema": { "type": "string", "maxLength": 200 } }));
        }
        if operation.method == "PUT" {
            parameters.push(json!({ "name": "If-Match", "in": "header", "required": true, "description": "The ETag of the version you saw.", "schema": { "type": "string" } }));
        }
        // A plain list is answered as a page without a next one.
        let list = operation.answer.get("type").is_some_and(|t| t == "array");
        let answer = if list {
            json!({ "type": "object", "properties": { "items": operation.answer, "next": { "type": ["string", "null"] } } })
        } else {
            operation.answer.to_value()
        };
        let success = if operation.method == "POST" {
            "201"
        } else {
            "200"
        };
        let mut entry = json!({
            "operationId": operation.action,
            "summary": operation.summary,
            "description": format!("Needs the permission {}.", operation.permission),
            "parameters": parameters,
            "responses": {
                success: { "description": "Done.", "content": { "application/json": { "schema": answer } } },
                "default": { "description": "Refused.", "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } } }
            }
        });
        if let Some(body) = operation.body {
            entry["requestBody"] =
                json!({ "required": true, "content": { "application/json": { "schema": body } } });
        }
        let path = self
            .paths
            .entry(operation.path.to_owned())
            .or_insert_with(|| json!({}));
        path[operation.method.to_ascii_lowercase()] = entry;
    }

    /// The finished document.
    pub(crate) fn finish(mut self) -> String {
        self.generator.subschema_for::<crate::problem::Problem>();
        let schemas = self.generator.take_definitions(true);
        let scopes: BTreeMap<String, String> = crate::oauth::scopes()
            .map(|name| {
                (
                    name.clone(),
                    format!("The permission {name}, as far as the service's role has it."),
                )
            })
            .collect();
        let document = json!({
            "openapi": "3.1.0",
            "info": { "title": "Interpres", "version": env!("CARGO_PKG_VERSION"), "description": "Scheduling, dispatch and billing of interpreting appointments. Every access is authorised, scoped and audited; what a key may not see is not there." },
            "servers": [{ "url": "/api/v1" }],
            "security": [{ "key": [] }, { "service": [] }],
            "paths": self.paths,
            "components": { "schemas": schemas, "securitySchemes": { "key": { "type": "http", "scheme": "bearer" }, "service": { "type": "oauth2", "flows": { "clientCredentials": { "tokenUrl": "/oauth/token", "scopes": scopes } } } } }
        });
        serde_json::to_string_pretty(&document).unwrap_or_default()
    }
}

fn path_parameters(path: &str) -> Vec<Value> {
    let names = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } })).collect()
}
