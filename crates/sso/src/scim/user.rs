//! People as a directory speaks of them, and the memberships that follow.
use crate::scim::{bad, patch::WritableAttributes, schemas::USER};
use interpres_gate::{Json, Refusal, record};
use interpres_types::{Email, Instant, Line, MemberId, RecordId};
use serde_json::{Map, Value, json};

record! {
    /// A person as the directory knows them.
    pub struct ScimUser from NewScimUser in "scim_user" by RecordId {
        /// The user name, as the directory writes it.
        user_name: Line<254>,
        /// The user name in lower case; unique.
        name_key: String,
        /// The directory's own id.
        external_id: Option<String>,
        /// Attributes: name, displayName, emails.
        attributes: Json<Value>,
        /// Whether they may sign in.
        active: bool,
        /// The membership that follows, once there is one.
        member_id: Option<MemberId>,
        /// When it was created.
        created_at: Instant,
        /// When it was last changed.
        changed_at: Instant,
        /// When it was deleted.
        ended_at: Option<Instant>,
    }
}

pub(crate) const KNOWN: WritableAttributes = WritableAttributes {
    names: &[
        ("userName", false),
        ("externalId", false),
        ("name", false),
        ("displayName", false),
        ("active", false),
        ("emails", true),
    ],
};

const LONGEST: usize = 16 * 1024;

impl ScimUser {
    /// The SCIM representation, with the person's groups.
    pub(crate) fn told(&self, groups: &[(RecordId, String)]) -> Value {
        let mut out = self.attributes.0.as_object().cloned().unwrap_or_default();
        out.insert("schemas".into(), json!([USER]));
        out.insert("id".into(), self.id.to_string().into());
        out.insert("userName".into(), self.user_name.to_string().into());
        out.insert("active".into(), self.active.into());
        if let Some(id) = &self.external_id {
            out.insert("externalId".into(), id.clone().into());
        }
        if !groups.is_empty() {
            out.insert(
                "groups".into(),
                groups.iter().map(|(id, name)| json!({ "value": id.to_string(), "$ref": format!("/scim/v2/Groups/{id}"), "display": name })).collect(),
            );
        }
        out.insert("meta".into(), json!({ "resourceType": "User", "created": self.created_at.to_string(), "lastModified": self.changed_at.to_string(), "location": format!("/scim/v2/Users/{}", self.id), "version": format!("W/\"{}\"", self.version) }));
        Value::Object(out)
    }

    pub(super) fn writable(&self) -> Value {
        let mut out = self.attributes.0.as_object().cloned().unwrap_or_default();
        out.insert("userName".into(), self.user_name.to_string().into());
        out.insert("active".into(), self.active.into());
        out.extend(
            self.external_id
                .clone()
                .map(|id| ("externalId".to_owned(), id.into())),
        );
        Value::Object(out)
    }

    /// Applies a directory's attributes; ignores those we do not store.
    pub(super) fn write(mut self, body: &Value, now: Instant) -> Result<Self, Refusal> {
        let map = body
            .as_object()
            .ok_or_else(|| bad("invalidSyntax", "must be an object"))?;
        if body.to_string().len() > LONGEST {
            return Err(bad("invalidValue", "is too much for one person"));
        }
        let find = |name: &str| {
            map.iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
                .filter(|v| !v.is_null())
        };
        let name = find("userName")
            .and_then(Value::as_str)
            .filter(|n| !n.trim().is_empty())
            .ok_or_else(|| bad("invalidValue", "userName is required"))?;
        self.user_name = name.parse().map_err(|_| {
            bad(
                "invalidValue",
                "userName must be a line of at most 254 characters",
            )
        })?;
        self.name_key = self.user_name.as_str().to_lowercase();
        self.external_id = find("externalId")
            .and_then(Value::as_str)
            .map(|id| id.chars().take(200).collect());
        self.active = match find("active") {
            // Omitting it reactivates no one.
            None => self.active,
            Some(Value::Bool(on)) => *on,
            // Entra writes True and False as text.
            Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
            Some(_) => return Err(bad("invalidValue", "active must be true or false")),
        };
        let mut kept = Map::new();
        if let Some(name) = find("name") {
            let parts = name
                .as_object()
                .ok_or_else(|| bad("invalidValue", "name must be an object"))?;
            let known = ["formatted", "familyName", "givenName"]
                .into_iter()
                .filter_map(|part| Some((part.to_owned(), parts.get(part)?.as_str()?.into())));
            kept.insert("name".into(), Value::Object(known.collect()));
        }
        kept.extend(
            find("displayName")
                .and_then(Value::as_str)
                .map(|n| ("displayName".to_owned(), n.into())),
        );
        if let Some(emails) = find("emails") {
            let many = emails
                .as_array()
                .ok_or_else(|| bad("invalidValue", "emails must be a list"))?;
            let email = |e: &Value| {
                let mut out = Map::new();
                out.extend(
                    e.get("value")
                        .and_then(Value::as_str)
                        .map(|v| ("value".to_owned(), v.into())),
                );
                out.extend(
                    e.get("type")
                        .and_then(Value::as_str)
                        .map(|v| ("type".to_owned(), v.into())),
                );
                out.extend(
                    e.get("primary")
                        .and_then(Value::as_bool)
                        .map(|v| ("primary".to_owned(), v.into())),
                );
                Value::Object(out)
            };
            kept.insert("emails".into(), many.iter().take(20).map(email).collect());
        }
        self.attributes = Json(Value::Object(kept));
        self.changed_at = now;
        Ok(self)
    }

    /// The address they sign in by: the userName where it is one, otherwise the primary address.
    pub(crate) fn email(&self) -> Option<Email> {
        let primary = || {
            let all = self.attributes.0["emails"].as_array()?;
            let found = all
                .iter()
                .find(|e| e["primary"] == true)
                .or_else(|| all.first())?;
            found["value"].as_str()?.parse().ok()
        };
        self.user_name.as_str().parse().ok().or_else(primary)
    }

    /// The name shown.
    pub(crate) fn name(&self) -> Option<Line<120>> {
        let a = &self.attributes.0;
        let whole = [&a["displayName"], &a["name"]["formatted"]]
            .into_iter()
            .find_map(|v| {
                v.as_str()
                    .filter(|t| !t.trim().is_empty())
                    .map(str::to_owned)
            });
        let both = || {
            let part = |name: &str| a["name"][name].as_str().unwrap_or_default();
            Some(
                format!("{} {}", part("givenName"), part("familyName"))
                    .trim()
                    .to_owned(),
            )
            .filter(|n| !n.is_empty())
        };
        whole
            .or_else(both)
            .unwrap_or_else(|| self.user_name.to_string())
            .parse()
            .ok()
    }
}
