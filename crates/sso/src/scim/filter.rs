//! List filters (RFC 7644 section 3.4.2.2), bounded in length and depth. Attributes we do not store match nothing.
use super::bad;
use interpres_gate::Refusal;
use serde_json::Value;

const LONGEST: usize = 1000;
const DEEPEST: usize = 8;

/// A filter that was read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Filter {
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    Present(String),
    Compare(String, Op, Value),
    /// An attribute one of whose values fits the filter within.
    Within(String, Box<Filter>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Eq,
    Ne,
    Co,
    Sw,
    Ew,
    Gt,
    Ge,
    Lt,
    Le,
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

fn wrong() -> Refusal {
    bad("invalidFilter", "is no filter that can be read")
}

/// Reads a filter.
pub(crate) fn read(text: &str) -> Result<Filter, Refusal> {
    if text.len() > LONGEST {
        return Err(wrong());
    }
    let mut reader = Reader {
        rest: text.trim(),
        depth: 0,
    };
    let filter = reader.or()?;
    if reader.rest.trim().is_empty() {
        Ok(filter)
    } else {
        Err(wrong())
    }
}

impl Reader<'_> {
    fn word(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        let fits = rest
            .get(..word.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(word));
        let ends = rest.get(word.len()..).is_some_and(|after| {
            after
                .chars()
                .next()
                .is_none_or(|c| c.is_whitespace() || matches!(c, '(' | ')' | ']'))
        });
        if fits && ends {
            self.rest = &rest[word.len()..];
        }
        fits && ends
    }
    fn sign(&mut self, sign: char) -> bool {
        match self.rest.trim_start().strip_prefix(sign) {
            Some(after) => {
                self.rest = after;
                true
            }
            None => false,
        }
    }
    fn or(&mut self) -> Result<Filter, Refusal> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(wrong());
        }
        let mut left = self.and()?;
        let mut terms = 0;
        while self.word("or") {
            terms += 1;
            left = Filter::Or(Box::new(left), Box::new(self.and()?));
            if terms > 50 {
                return Err(wrong());
            }
        }
        self.depth -= 1;
        Ok(left)
    }
    fn and(&mut self) -> Result<Filter, Refusal> {
        let mut left = self.one()?;
        let mut terms = 0;
        while self.word("and") {
            terms += 1;
            left = Filter::And(Box::new(left), Box::new(self.one()?));
            if terms > 50 {
                return Err(wrong());
            }
        }
        Ok(left)
    }
    fn one(&mut self) -> Result<Filter, Refusal> {
        if self.word("not") {
            if !self.sign('(') {
                return Err(wrong());
            }
            let inner = self.or()?;
            return if self.sign(')') {
                Ok(Filter::Not(Box::new(inner)))
            } else {
                Err(wrong())
            };
        }
        if self.sign('(') {
            let inner = self.or()?;
            return if self.sign(')') {
                Ok(inner)
            } else {
                Err(wrong())
            };
        }
        let name = self.name()?;
        if self.sign('[') {
            let inner = self.or()?;
            return if self.sign(']') {
                Ok(Filter::Within(name, Box::new(inner)))
            } else {
                Err(wrong())
            };
        }
        if self.word("pr") {
            return Ok(Filter::Present(name));
        }
        let all = [
            ("eq", Op::Eq),
            ("ne", Op::Ne),
            ("co", Op::Co),
            ("sw", Op::Sw),
            ("ew", Op::Ew),
            ("gt", Op::Gt),
            ("ge", Op::Ge),
            ("lt", Op::Lt),
            ("le", Op::Le),
        ];
        let op = all
            .into_iter()
            .find(|(word, _)| self.word(word))
            .map(|(_, op)| op)
            .ok_or_else(wrong)?;
        Ok(Filter::Compare(name, op, self.value()?))
    }
    fn name(&mut self) -> Result<String, Refusal> {
        let rest = self.rest.trim_start();
        let end = rest
            .find(|c: char| {
                !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '$' | ':'))
            })
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if name.is_empty() || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Err(wrong());
        }
        self.rest = after;
        Ok(name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase())
    }
    fn value(&mut self) -> Result<Value, Refusal> {
        let rest = self.rest.trim_start();
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        match stream.next() {
            Some(Ok(value)) if !value.is_array() && !value.is_object() => {
                self.rest = &rest[stream.byte_offset()..];
                Ok(value)
            }
            // Entra writes True and False.
            _ if self.word("true") => Ok(Value::Bool(true)),
            _ if self.word("false") => Ok(Value::Bool(false)),
            _ => Err(wrong()),
        }
    }
}

/// The values of an attribute, ignoring the case of its name.
fn values<'v>(of: &'v Value, name: &str) -> Vec<&'v Value> {
    let (first, rest) = name
        .split_once('.')
        .map_or((name, None), |(a, b)| (a, Some(b)));
    let found = of
        .as_object()
        .and_then(|map| map.iter().find(|(key, _)| key.eq_ignore_ascii_case(first)))
        .map(|(_, value)| value);
    let all: Vec<&Value> = match found {
        Some(Value::Array(many)) => many.iter().collect(),
        Some(Value::Null) | None => Vec::new(),
        Some(one) => vec![one],
    };
    match rest {
        Some(rest) => all
            .into_iter()
            .flat_map(|value| values(value, rest))
            .collect(),
        None => all
            .into_iter()
            .map(|value| value.get("value").unwrap_or(value))
            .collect(),
    }
}

impl Op {
    fn holds(self, value: &Value, wanted: &Value) -> bool {
        match (value, wanted) {
            (Value::String(a), Value::String(b)) => {
                let (a, b) = (a.to_lowercase(), b.to_lowercase());
                match self {
                    Self::Eq => a == b,
                    Self::Ne => a != b,
                    Self::Co => a.contains(&b),
                    Self::Sw => a.starts_with(&b),
                    Self::Ew => a.ends_with(&b),
                    Self::Gt => a > b,
                    Self::Ge => a >= b,
                    Self::Lt => a < b,
                    Self::Le => a <= b,
                }
            }
            (Value::Bool(a), Value::String(b)) => {
                self.holds(&Value::String(a.to_string()), &Value::String(b.clone()))
            }
            (a, b) => match self {
                Self::Eq => a == b,
                Self::Ne => a != b,
                _ => false,
            },
        }
    }
}

impl Filter {
    /// Whether a resource matches.
    pub(crate) fn fits(&self, of: &Value) -> bool {
        match self {
            Self::And(a, b) => a.fits(of) && b.fits(of),
            Self::Or(a, b) => a.fits(of) || b.fits(of),
            Self::Not(inner) => !inner.fits(of),
            Self::Present(name) => !values(of, name).is_empty(),
            Self::Compare(name, op, wanted) => {
                let found = values(of, name);
                if *op == Op::Ne {
                    found.iter().all(|v| op.holds(v, wanted))
                } else {
                    found.iter().any(|v| op.holds(v, wanted))
                }
            }
            Self::Within(name, inner) => {
                let found = of
                    .as_object()
                    .and_then(|map| map.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)))
                    .map(|(_, v)| v);
                found
                    .and_then(Value::as_array)
                    .is_some_and(|many| many.iter().any(|value| inner.fits(value)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn filters_are_read_as_the_standard_says() {
        let bjensen = json!({ "userName": "bjensen", "active": true, "emails": [{ "value": "b@example.com", "type": "work" }, { "value": "babs@home.org", "type": "home" }], "meta": { "created": "2027-03-01T15:00:00Z" } });
        for (filter, fits) in [
            ("userName eq \"bjensen\"", true),
            ("USERNAME Eq \"BJensen\"", true),
            ("userName ne \"bjensen\"", false),
            ("userName sw \"bj\" and active eq true", true),
            ("userName co \"x\" or userName ew \"sen\"", true),
            ("not (userName eq \"bjensen\")", false),
            ("(userName eq \"x\" or active eq True) and emails pr", true),
            (
                "emails[type eq \"work\" and value co \"@example.com\"]",
                true,
            ),
            ("emails.type eq \"other\"", false),
            ("emails co \"home.org\"", true),
            ("meta.created gt \"2027-01-01T00:00:00Z\"", true),
            ("title pr", false),
            (
                "urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"bjensen\"",
                true,
            ),
            ("active eq \"True\"", true),
        ] {
            assert_eq!(
                read(filter).map(|f| f.fits(&bjensen)).ok(),
                Some(fits),
                "{filter}"
            );
        }
    }

    #[test]
    fn what_is_no_filter_is_refused_and_none_can_exhaust_us() {
        let deep = format!("{}userName pr{}", "(".repeat(500), ")".repeat(500));
        let wide = vec!["userName pr"; 90].join(" or ");
        let long = format!("userName eq \"{}\"", "a".repeat(2000));
        for bad in [
            "",
            "userName",
            "userName eq",
            "userName eq bjensen",
            "eq \"x\"",
            "userName xx \"y\"",
            "(userName pr",
            "userName pr)",
            "not userName pr",
            "emails[type eq \"work\"",
            "userName eq {}",
            "userName eq \"a\" and",
            "' or 1=1 --",
            &deep,
            &wide,
            &long,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
