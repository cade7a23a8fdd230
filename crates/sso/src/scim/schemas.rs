//! SCIM discovery (RFC 7643 sections 5 to 7).
use serde_json::{Value, json};

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

fn text(name: &str, required: bool, unique: bool, about: &str) -> Value {
    json!({ "name": name, "type": "string", "multiValued": false, "description": about, "required": required, "caseExact": false, "mutability": "readWrite", "returned": "default", "uniqueness": if unique { "server" } else { "none" } })
}

fn many(name: &str, about: &str, mutability: &str, parts: Value) -> Value {
    json!({ "name": name, "type": "complex", "multiValued": true, "description": about, "required": false, "mutability": mutability, "returned": "default", "subAttributes": parts })
}

fn reference(kinds: &[&str], mutability: &str) -> Value {
    json!({ "name": "$ref", "type": "reference", "referenceTypes": kinds, "multiValued": false, "description": "Its address.", "required": false, "caseExact": true, "mutability": mutability, "returned": "default", "uniqueness": "none" })
}

fn bound(mut part: Value, mutability: &str) -> Value {
    part["mutability"] = mutability.into();
    part
}

fn user() -> Value {
    let name = json!({ "name": "name", "type": "complex", "multiValued": false, "description": "The person's name.", "required": false, "mutability": "readWrite", "returned": "default", "uniqueness": "none",
        "subAttributes": [text("formatted", false, false, "The whole name."), text("familyName", false, false, "The last name."), text("givenName", false, false, "The first name.")] });
    let active = json!({ "name": "active", "type": "boolean", "multiValued": false, "description": "Whether they can come in.", "required": true, "mutability": "readWrite", "returned": "default" });
    let primary = json!({ "name": "primary", "type": "boolean", "multiValued": false, "description": "Whether it is the one to use.", "required": false, "mutability": "readWrite", "returned": "default" });
    let emails = many(
        "emails",
        "Addresses.",
        "readWrite",
        json!([
            text("value", false, false, "The address."),
            text("type", false, false, "What it is for."),
            primary
        ]),
    );
    let groups = many(
        "groups",
        "Groups that hold them.",
        "readOnly",
        json!([
            bound(text("value", false, false, "The group's id."), "readOnly"),
            reference(&["Group"], "readOnly"),
            bound(
                text("display", false, false, "The group's name."),
                "readOnly"
            )
        ]),
    );
    json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": USER, "name": "User", "description": "A member of the workspace.", "attributes": [text("userName", true, true, "What they sign in as."), name, text("displayName", false, false, "The name shown."), active, emails, groups], "meta": { "resourceType": "Schema", "location": format!("/scim/v2/Schemas/{USER}") } })
}

fn group() -> Value {
    let kind = json!({ "name": "type", "type": "string", "multiValued": false, "description": "What the member is.", "required": false, "caseExact": false, "canonicalValues": ["User"], "mutability": "immutable", "returned": "default", "uniqueness": "none" });
    let members = many(
        "members",
        "Who is in it.",
        "readWrite",
        json!([
            bound(text("value", false, false, "The member's id."), "immutable"),
            reference(&["User"], "immutable"),
            kind
        ]),
    );
    json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": GROUP, "name": "Group", "description": "A group of people; its name may give a role or a team.", "attributes": [text("displayName", true, false, "Its name."), members], "meta": { "resourceType": "Schema", "location": format!("/scim/v2/Schemas/{GROUP}") } })
}

/// Every schema.
#[must_use]
pub fn schemas() -> Vec<Value> {
    vec![user(), group()]
}

/// The schema of this name.
#[must_use]
pub fn schema(id: &str) -> Option<Value> {
    schemas().into_iter().find(|schema| schema["id"] == id)
}

/// Every kind of resource.
#[must_use]
pub fn resource_types() -> Vec<Value> {
    let kind = |name: &str, place: &str, schema: &str| json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"], "id": name, "name": name, "endpoint": place, "description": name, "schema": schema, "meta": { "resourceType": "ResourceType", "location": format!("/scim/v2/ResourceTypes/{name}") } });
    vec![
        kind("User", "/Users", USER),
        kind("Group", "/Groups", GROUP),
    ]
}

/// The kind of resource of this name.
#[must_use]
pub fn resource_type(id: &str) -> Option<Value> {
    resource_types().into_iter().find(|kind| kind["id"] == id)
}

/// Our capabilities.
#[must_use]
pub fn service_provider_config() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true }, "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 }, "filter": { "supported": true, "maxResults": super::MOST },
        "changePassword": { "supported": false }, "sort": { "supported": false }, "etag": { "supported": true },
        "authenticationSchemes": [{ "type": "oauthbearertoken", "name": "Token", "description": "A token made under Settings, Identity providers.", "primary": true }],
        "meta": { "resourceType": "ServiceProviderConfig", "location": "/scim/v2/ServiceProviderConfig" }
    })
}
