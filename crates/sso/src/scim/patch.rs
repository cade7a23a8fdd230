//! Changing a resource by operations (RFC 7644 section 3.5.2), and by what Okta and Entra send.
use super::{
    bad,
    filter::{self, Filter},
};
use interpres_gate::Refusal;
use serde_json::{Map, Value, json};

const MOST_OPERATIONS: usize = 1000;

/// Attributes of a kind of resource that can be written; several values in those that say so.
pub(crate) struct WritableAttributes {
    pub(crate) names: &'static [(&'static str, bool)],
}

impl WritableAttributes {
    /// The attribute of this name, however it is written, and whether it has several values.
    pub(crate) fn find(&self, name: &str) -> Option<(&'static str, bool)> {
        self.names
            .iter()
            .copied()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
    }
}

/// An operation's target: an attribute, a selection of its values, and a sub-attribute.
struct Path {
    name: &'static str,
    many: bool,
    which: Option<Filter>,
    part: Option<String>,
}

fn path(known: &WritableAttributes, text: &str) -> Result<Option<Path>, Refusal> {
    let text = text.trim();
    let text = text
        .rfind(":User:")
        .or_else(|| text.rfind(":Group:"))
        .map_or(text, |at| {
            text[at + 1..]
                .split_once(':')
                .map_or(text, |(_, rest)| rest)
        });
    let (head, which, tail) = match (text.find('['), text.rfind(']')) {
        (Some(open), Some(close)) if open < close => (
            &text[..open],
            Some(
                filter::read(&text[open + 1..close])
                    .map_err(|_| bad("invalidPath", "holds a filter that can't be read"))?,
            ),
            &text[close + 1..],
        ),
        (None, None) => (text, None, ""),
        _ => return Err(bad("invalidPath", "can't be read")),
    };
    let (head, inner) = head
        .split_once('.')
        .map_or((head, None), |(a, b)| (a, Some(b)));
    let part = inner.or_else(|| tail.strip_prefix('.')).map(str::to_owned);
    if head.is_empty()
        || head
            .chars()
            .any(|c| !(c.is_ascii_alphanumeric() || matches!(c, '$' | '_' | '-')))
    {
        return Err(bad("invalidPath", "can't be read"));
    }
    // Ignore attributes we do not store: directories send everything.
    Ok(known.find(head).map(|(name, many)| Path {
        name,
        many,
        which,
        part,
    }))
}

/// Applies operations to a resource, all or none.
pub(crate) fn patch(
    known: &WritableAttributes,
    resource: &mut Value,
    body: &Value,
) -> Result<(), Refusal> {
    let operations = body
        .as_object()
        .and_then(|map| {
            map.iter()
                .find(|(name, _)| name.eq_ignore_ascii_case("operations"))
        })
        .and_then(|(_, value)| value.as_array());
    let operations = operations
        .filter(|all| !all.is_empty() && all.len() <= MOST_OPERATIONS)
        .ok_or_else(|| bad("invalidSyntax", "must hold Operations"))?;
    let mut changed = resource.clone();
    for operation in operations {
        one(known, &mut changed, operation)?;
    }
    *resource = changed;
    Ok(())
}

fn one(known: &WritableAttributes, resource: &mut Value, operation: &Value) -> Result<(), Refusal> {
    let op = operation["op"]
        .as_str()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let value = operation.get("value").cloned();
    match (op.as_str(), operation.get("path").and_then(Value::as_str)) {
        ("add" | "replace", None) => {
            let Some(Value::Object(values)) = value else {
                return Err(bad(
                    "invalidValue",
                    "must be an object where there is no path",
                ));
            };
            for (name, value) in values {
                // Okta and Entra write paths as names.
                if let Some(path) = path(known, &name)? {
                    put(resource, &path, value, op == "add")?;
                }
            }
            Ok(())
        }
        ("add" | "replace", Some(text)) => match path(known, text)? {
            Some(path) => put(
                resource,
                &path,
                value.ok_or_else(|| bad("invalidValue", "is required"))?,
                op == "add",
            ),
            None => Ok(()),
        },
        ("remove", Some(text)) => match path(known, text)? {
            Some(path) => remove(resource, &path, value.as_ref()),
            None => Ok(()),
        },
        ("remove", None) => Err(bad("noTarget", "needs a path to remove at")),
        _ => Err(bad("invalidSyntax", "must be add, replace or remove")),
    }
}

fn object(resource: &mut Value) -> &mut Map<String, Value> {
    if !resource.is_object() {
        *resource = json!({});
    }
    match resource {
        Value::Object(map) => map,
        _ => unreachable!("it was made an object just now"),
    }
}

fn put(resource: &mut Value, path: &Path, value: Value, add: bool) -> Result<(), Refusal> {
    let slot = object(resource).entry(path.name).or_insert(if path.many {
        json!([])
    } else {
        Value::Null
    });
    match (path.many, &path.which, &path.part) {
        (false, None, None) => *slot = value,
        (false, None, Some(part)) => {
            object(slot).insert(part.clone(), value);
        }
        (false, Some(_), _) => {
            return Err(bad(
                "invalidPath",
                "asks which value of an attribute that has one",
            ));
        }
        (true, None, None) => {
            let new = if let Value::Array(all) = value {
                all
            } else {
                vec![value]
            };
            if !add {
                *slot = json!([]);
            }
            let list = list(slot);
            for one in new {
                if !list
                    .iter()
                    .any(|old| old.get("value") == one.get("value") && one.get("value").is_some())
                {
                    list.push(one);
                }
            }
        }
        (true, None, Some(part)) => list(slot).iter_mut().for_each(|old| {
            object(old).insert(part.clone(), value.clone());
        }),
        (true, Some(which), part) => {
            let list = list(slot);
            let fitting: Vec<usize> = (0..list.len()).filter(|i| which.fits(&list[*i])).collect();
            if fitting.is_empty() {
                // Entra sets emails[type eq "work"].value before there is one.
                let (Filter::Compare(name, filter::Op::Eq, wanted), Some(part)) = (which, part)
                else {
                    return Err(bad("noTarget", "fits no value"));
                };
                list.push(json!({ name.clone(): wanted, part.clone(): value }));
                return Ok(());
            }
            for i in fitting {
                match part {
                    Some(part) => {
                        object(&mut list[i]).insert(part.clone(), value.clone());
                    }
                    None => list[i] = value.clone(),
                }
            }
        }
    }
    Ok(())
}

fn list(slot: &mut Value) -> &mut Vec<Value> {
    if !slot.is_array() {
        *slot = json!([]);
    }
    match slot {
        Value::Array(all) => all,
        _ => unreachable!("it was made a list just now"),
    }
}

fn remove(resource: &mut Value, path: &Path, value: Option<&Value>) -> Result<(), Refusal> {
    let map = object(resource);
    let Some(slot) = map.get_mut(path.name) else {
        return Ok(());
    };
    match (&path.which, &path.part, value) {
        (None, None, Some(Value::Array(gone))) if path.many => {
            // Entra names what to remove in the value.
            let ids: Vec<&Value> = gone.iter().filter_map(|g| g.get("value")).collect();
            list(slot).retain(|old| old.get("value").is_none_or(|v| !ids.contains(&v)));
        }
        (None, None, _) => {
            map.remove(path.name);
        }
        (None, Some(part), _) => {
            let each: Vec<&mut Value> = if path.many {
                list(slot).iter_mut().collect()
            } else {
                vec![slot]
            };
            for one in each {
                object(one).remove(part);
            }
        }
        (Some(which), None, _) => list(slot).retain(|old| !which.fits(old)),
        (Some(which), Some(part), _) => list(slot)
            .iter_mut()
            .filter(|old| which.fits(old))
            .for_each(|old| {
                object(old).remove(part);
            }),
    }
    Ok(())
}
