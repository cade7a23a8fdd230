//! What nobody types, made from a seed: texts, addresses, bodies and files.
use interpres_testkit::House;
use serde_json::{Map, Value, json};

/// Stands in every text that nobody should be told again.
pub(super) const MARK: &str = "Zaphod7";

/// Numbers without end from a seed (xorshift64*, G. Marsaglia and S. Vigna).
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap() % n
    }
    pub(super) fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
    /// What nobody types, or not here.
    pub(super) fn text(&mut self) -> String {
        let odd = [
            "",
            " ",
            "'; drop table appointment_row; --",
            "<script>alert(1)</script>",
            "\u{0}",
            "\u{202e}\u{200b}",
            "=cmd|' /C calc'!A0",
            "../../etc/passwd",
            "%00%2e%2e",
            "-1",
            "0",
            "99999999999999999999",
            "9223372036854775807",
            "-9223372036854775808",
            "NaN",
            "1e309",
            "0x10",
            "1,5",
            "٣",
            "2027-02-30",
            "0000-00-00",
            "9999-12-31",
            "-0001-01-01",
            "25:61",
            "02:30",
            "America/Denver",
            "Mars/Olympus",
            "null",
            "[]",
            "{}",
            "a@b",
            "@",
            "http://169.254.169.254/",
            "javascript:alert(1)",
            "$1",
            "%s",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "e\u{301}\u{301}\u{301}",
            "🦀",
            "\r\nset-cookie: a=b",
            "~",
            "1~1",
            "yes",
            "on",
            "Spanish",
        ];
        match self.below(8) {
            0 => format!("{MARK}{}", "x".repeat(*self.of(&[100, 5_000, 70_000]))),
            1 => format!("{MARK}{}", self.of(&odd)),
            _ => (*self.of(&odd)).to_owned(),
        }
    }
    pub(super) fn json(&mut self, depth: usize) -> Value {
        match self.below(9) {
            0 => Value::Null,
            1 => json!(self.below(2) == 0),
            2 => json!(*self.of(&[0_i64, -1, 1, i64::MAX, i64::MIN])),
            3 => json!(*self.of(&[0.5, -1e300, 1e-300])),
            4 if depth > 0 => (0..self.below(4)).map(|_| self.json(depth - 1)).collect(),
            5 if depth > 0 => json!({ MARK: self.json(depth - 1) }),
            _ => self.text().into(),
        }
    }
}

/// What a field of this name takes in most places, so that not every request ends at its first
/// field.
pub(super) fn usual(name: &str) -> Value {
    match name {
        "date" | "from" | "to" | "start_date" => "2027-03-10".into(),
        "start" | "end" => "09:00".into(),
        "minutes" => "60".into(),
        "language" => "Spanish".into(),
        "service_type" => "phone".into(),
        "team" => "Denver Metro".into(),
        "customer" => "St. Brigid Hospital".into(),
        "reason" => "other".into(),
        "email" => "somebody@frontrange.example".into(),
        "role" => "scheduler".into(),
        "days" | "limit" | "years" => "7".into(),
        _ => "Somebody".into(),
    }
}

/// An id that there is, for a part of a path.
pub(super) fn fitting(house: &House, path: &str) -> String {
    match path {
        path if path.contains("interpreter") => house.world.interpreters["Ines"].to_string(),
        path if path.contains("customer") => {
            house.world.customers["St. Brigid Hospital"].to_string()
        }
        _ => house.world.appointments["FR-1001"].to_string(),
    }
}

/// An id for a part of a path: one that there is, or not, or none at all.
pub(super) fn part(house: &House, path: &str, chance: &mut Chance) -> String {
    match chance.below(4) {
        0 => form_urlencoded::byte_serialize(
            chance
                .text()
                .chars()
                .take(500)
                .collect::<String>()
                .as_bytes(),
        )
        .collect::<String>()
        .replace('+', "%20"),
        1 => "01890000-0000-7000-8000-000000000000".to_owned(),
        _ => fitting(house, path),
    }
}

pub(super) fn filled(path: &str, mut part: impl FnMut() -> String) -> String {
    path.split('/')
        .map(|piece| {
            if piece.starts_with('{') {
                part()
            } else {
                piece.to_owned()
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}

pub(super) fn query<'a>(names: impl Iterator<Item = &'a str>, chance: &mut Chance) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    for name in names {
        if chance.below(3) > 0 {
            out.append_pair(name, &chance.text().chars().take(300).collect::<String>());
        }
    }
    out.finish()
}

/// A body for an operation by its description.
pub(super) fn body(document: &Value, operation: &Value, chance: &mut Chance) -> Vec<u8> {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let schema = schema["$ref"].as_str().map_or(schema, |name| {
        &document["components"]["schemas"][name.rsplit('/').next().unwrap()]
    });
    if chance.below(6) == 0 {
        let raw: [&[u8]; 6] = [
            b"",
            b"{",
            b"[1]",
            b"\xff\xfe",
            b"{\"a\":",
            &b"[".repeat(20_000),
        ];
        return chance.of(&raw).to_vec();
    }
    let mut out = Map::new();
    for name in schema["properties"]
        .as_object()
        .into_iter()
        .flat_map(Map::keys)
    {
        match chance.below(4) {
            0 => {}
            1 => drop(out.insert(name.clone(), chance.json(3))),
            2 => drop(out.insert(name.clone(), chance.text().into())),
            _ => drop(out.insert(name.clone(), usual(name))),
        }
    }
    Value::Object(out).to_string().into_bytes()
}

/// A file of a kind: columns that it knows, and cells that nobody types; sometimes not even text.
pub(super) fn file(columns: &[&str], chance: &mut Chance) -> Vec<u8> {
    let cell = |chance: &mut Chance, usual: Value| {
        let text = if chance.below(3) == 0 {
            chance.text().chars().take(6_000).collect()
        } else {
            usual.as_str().unwrap_or_default().to_owned()
        };
        if chance.below(20) == 0 {
            text
        } else {
            format!("\"{}\"", text.replace('"', "\"\""))
        }
    };
    let mut out = columns.join(",").into_bytes();
    for _ in 0..chance.below(6) {
        let mut row: Vec<String> = columns
            .iter()
            .map(|column| cell(chance, usual(&column.replace(' ', "_"))))
            .collect();
        if chance.below(5) == 0 {
            row.resize(chance.below(2 * columns.len()), "more".to_owned());
        }
        out.extend_from_slice(format!("\r\n{}", row.join(",")).as_bytes());
    }
    if chance.below(6) == 0 {
        let at = chance.below(out.len());
        out[at] = u8::try_from(chance.below(256)).unwrap();
    }
    out
}
