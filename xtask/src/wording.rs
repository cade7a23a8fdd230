//! Templates speak through messages and have no words of their own.

/// What is the same in every language: names, keys, samples of people and places.
const NAMES: [&str; 14] = [
    "Interpres",
    "Ctrl K",
    "Ctrl",
    "Esc",
    "Enter",
    "Shift",
    "MST",
    "USD",
    "Pablo Reyes",
    "Mei Zhou",
    "Cedar Family Clinic",
    "Copperline Dialysis",
    "St. Brigid Hospital",
    "88 Tanager Street, Denver",
];
const READ_OUT: [&str; 4] = ["title", "aria-label", "placeholder", "alt"];

/// Looks at one template.
pub(crate) fn look(name: &str, text: &str, found: &mut Vec<String>) {
    if let Some(words) = own_words(text) {
        found.push(format!(
            "{name} says “{words}” itself; make it a message in crates/wording/messages/en and say it by `say::`"
        ));
    }
}

/// Files whose messages are looked up by their English rather than said by name.
const OVERHEARD: [&str; 4] = ["labels.ftl", "letters.ftl", "rules.ftl", "fields.ftl"];

/// The messages of a file: each one's id, and its text as far as it stands on the same line.
fn messages_of(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" ="))
        .map(|(id, english)| (id, english.trim_start()))
}

/// Messages that nothing in these sources says.
pub(crate) fn unsaid(messages: &[(String, String)], sources: &str, found: &mut Vec<String>) {
    let said: std::collections::HashSet<&str> = sources
        .split("say::")
        .skip(1)
        .filter_map(|rest| {
            rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .next()
        })
        .collect();
    for (file, text) in messages {
        if OVERHEARD.iter().any(|name| file.ends_with(name)) {
            continue;
        }
        for (id, _) in messages_of(text) {
            if !said.contains(id.replace('-', "_").as_str()) {
                found.push(format!("{file}: nobody says {id}; delete it"));
            }
        }
    }
}

/// Messages that are looked up by the same English, so that one of them is never found.
pub(crate) fn heard_twice(messages: &[(String, String)], found: &mut Vec<String>) {
    let mut heard = std::collections::HashMap::new();
    for (file, text) in messages {
        if !OVERHEARD.iter().any(|name| file.ends_with(name)) {
            continue;
        }
        for (id, english) in messages_of(text).filter(|(_, english)| !english.is_empty()) {
            heard
                .entry(without_gaps(english))
                .or_insert_with(Vec::new)
                .push(id.to_owned());
        }
    }
    for (english, ids) in heard.into_iter().filter(|(_, ids)| ids.len() > 1) {
        found.push(format!(
            "“{english}” is looked up by its English and is there as {}; keep one",
            ids.join(" and ")
        ));
    }
}

fn without_gaps(text: &str) -> String {
    text.split('{')
        .enumerate()
        .map(|(n, part)| match (n, part.split_once('}')) {
            (0, _) | (_, None) => part.to_owned(),
            (_, Some((_, after))) => format!("{{}}{after}"),
        })
        .collect()
}

/// Notices and letters of a source whose words are no message of `letters.ftl`, so that they are read in English
/// whatever language somebody chose.
pub(crate) fn unheard(name: &str, source: &str, letters: &str, found: &mut Vec<String>) {
    if !name.starts_with("crates/") || name.contains("/tests/") {
        return;
    }
    for begun in ["Notice::new(", " about(", "let words = "] {
        if begun == "let words = " && !source.contains("Notice::new(") {
            continue;
        }
        for rest in source.split(begun).skip(1) {
            let said = texts_of(rest, begun.ends_with('('));
            for words in said.iter().filter(|words| words.contains(' ')) {
                if !messages_of(letters).any(|(_, english)| english.starts_with(words.as_str())) {
                    found.push(format!(
                        "{name} tells people “{words}”, which is no message of letters.ftl"
                    ));
                }
            }
        }
    }
}

/// The string literals up to the bracket that closes, or to the end of the statement.
fn texts_of(source: &str, of_call: bool) -> Vec<String> {
    let (mut found, mut depth, mut rest) = (Vec::new(), 0_i32, source.chars());
    while let Some(c) = rest.next() {
        match c {
            '"' => {
                let mut text = String::new();
                while let Some(c) = rest.next() {
                    match c {
                        '"' => break,
                        '\\' => text.extend(rest.next()),
                        c => text.push(c),
                    }
                }
                found.push(text.replace('\n', ""));
            }
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' if of_call && depth == 0 => break,
            ')' | '}' | ']' => depth -= 1,
            ';' if !of_call && depth == 0 => break,
            _ => {}
        }
    }
    found
}

/// A piece of a template.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Piece<'t> {
    /// What is printed as it is.
    Text(&'t str),
    /// A tag of HTML, with what stands in it.
    Tag(&'t str),
    /// An expression, or a block of the template's language.
    Code(&'t str),
}

/// The first words of a template's own.
fn own_words(text: &str) -> Option<String> {
    let mut quiet = false;
    pieces(text)
        .into_iter()
        .find_map(|piece| match piece {
            Piece::Code(code) => {
                quiet = is_quiet(code, quiet);
                literals(code).find(|words| are_words(words) && begins_like_words(words))
            }
            Piece::Text(_) | Piece::Tag(_) if quiet => None,
            Piece::Text(text) => Some(text).filter(|text| are_words(text)),
            Piece::Tag(tag) => read_out(tag).find(|words| are_words(words)),
        })
        .map(|words| words.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether what follows are attributes and classes rather than text.
fn is_quiet(code: &str, before: bool) -> bool {
    let code = code.trim_matches(['{', '}', '%', '-', ' ']);
    let begins = [
        "block kind",
        "block live",
        "block wide",
        "block frame",
        "block resumed",
        "block scripts",
        "macro said",
    ]
    .iter()
    .any(|quiet| code.starts_with(quiet));
    begins || (before && !code.starts_with("endblock") && !code.starts_with("endmacro"))
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut found, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let end = match rest.get(..2) {
            Some("{{") => past(rest, "}}"),
            Some("{%") => past(rest, "%}"),
            Some("{#") => past(rest, "#}"),
            _ if is_tag(rest) => tag_end(rest),
            _ => 0,
        };
        if end > 0 {
            let (piece, after) = rest.split_at(end);
            match piece.get(..2) {
                Some("{#") => {}
                Some("{{" | "{%") => found.push(Piece::Code(piece)),
                _ => found.push(Piece::Tag(piece)),
            }
            rest = after;
            continue;
        }
        let mut next = rest.char_indices().skip(1).map(|(at, _)| at);
        let end = next
            .find(|at| {
                let ahead = &rest[*at..];
                ["{{", "{%", "{#"]
                    .iter()
                    .any(|mark| ahead.starts_with(mark))
                    || is_tag(ahead)
            })
            .unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        found.push(Piece::Text(piece));
        rest = after;
    }
    found
}

fn past(text: &str, mark: &str) -> usize {
    text.find(mark).map_or(text.len(), |at| at + mark.len())
}

fn is_tag(text: &str) -> bool {
    text.strip_prefix('<')
        .and_then(|rest| rest.chars().next())
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '/' || c == '!')
}

/// Where a tag ends: at a `>` that stands in no quotes and in no code.
fn tag_end(text: &str) -> usize {
    let (mut at, mut quoted) = (0, false);
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("{{") {
            at += past(rest, "}}");
        } else if rest.starts_with("{%") {
            at += past(rest, "%}");
        } else {
            let c = rest.chars().next().unwrap_or('>');
            quoted ^= c == '"';
            at += c.len_utf8();
            if c == '>' && !quoted {
                break;
            }
        }
    }
    at
}

/// What a tag's attributes have to read, without code.
fn read_out(tag: &str) -> impl Iterator<Item = &str> {
    READ_OUT.iter().flat_map(move |name| {
        let mark = format!(" {name}=\"");
        let value = tag
            .replace('\n', " ")
            .find(&mark)
            .map(|at| &tag[at + mark.len()..]);
        let texts = value.map(|value| {
            let mut texts = Vec::new();
            for piece in pieces(value) {
                match piece {
                    Piece::Text(text) => match text.split_once('"') {
                        Some((last, _)) => {
                            texts.push(last);
                            break;
                        }
                        None => texts.push(text),
                    },
                    Piece::Code(_) => {}
                    Piece::Tag(_) => break,
                }
            }
            texts
        });
        texts.unwrap_or_default()
    })
}

/// The literal texts in a piece of code.
fn literals(code: &str) -> impl Iterator<Item = &str> {
    let is_import = ["import", "extends", "include"].iter().any(|word| {
        code.trim_start_matches(['{', '%', '-', ' '])
            .starts_with(word)
    });
    code.split('"')
        .skip(1)
        .step_by(2)
        .filter(move |_| !is_import)
}

fn are_words(text: &str) -> bool {
    let mut letters = 0;
    let two_letters = text.chars().any(|c| {
        letters = if c.is_ascii_alphabetic() {
            letters + 1
        } else {
            0
        };
        letters == 2
    });
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || "·–(),".contains(c));
    two_letters && !NAMES.contains(&trimmed) && !text.trim_start().starts_with('&')
}

/// A literal in code is a name or a class unless it begins as a sentence does.
fn begins_like_words(text: &str) -> bool {
    text.chars()
        .next()
        .is_some_and(|c| c.is_uppercase() || c == '“')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_nobody_says_is_found() {
        let files = [(
            "en/phone.ftl".to_owned(),
            "see-offers = See\nold = Old\n".to_owned(),
        )];
        let mut found = Vec::new();
        unsaid(&files, "{{ say::see_offers() }}", &mut found);
        assert_eq!(found, ["en/phone.ftl: nobody says old; delete it"]);
    }

    #[test]
    fn two_messages_of_the_same_english_are_found_where_english_looks_them_up() {
        let files = [(
            "en/labels.ftl".to_owned(),
            "kind-role = of { $count }\nrecord-role = of { $n }\nother = Other\n".to_owned(),
        )];
        let mut found = Vec::new();
        heard_twice(&files, &mut found);
        assert_eq!(
            found,
            [
                "“of {}” is looked up by its English and is there as kind-role and record-role; keep one"
            ]
        );
    }

    #[test]
    fn a_notice_that_is_no_message_is_found() {
        let letters = "notice-over = No longer available: { $reference }\n";
        let source = r#"tell(Notice::new("offer", "No longer available: ").say(", "));
            let words = "Somebody has joined.";
            about(a, "offer.new", "New offer: ")"#;
        let mut found = Vec::new();
        unheard("crates/a.rs", source, letters, &mut found);
        let of = |words| {
            format!("crates/a.rs tells people “{words}”, which is no message of letters.ftl")
        };
        assert_eq!(found, [of("New offer: "), of("Somebody has joined.")]);
    }

    #[test]
    fn a_word_of_its_own_is_found_wherever_a_template_can_have_one() {
        for (template, words) in [
            ("<p>Nothing yet</p>", Some("Nothing yet")),
            ("<p>{{ say::nothing_yet() }} · {{ day }}</p>", None),
            ("<a title=\"Go back\">{{ x }}</a>", Some("Go back")),
            ("<a class=\"first big\" href=\"/offers\"></a>", None),
            ("<a aria-label=\"{{ say::back() }}\"></a>", None),
            (
                "{{ fields::text(problems, \"start\", \"Started\", x) }}",
                Some("Started"),
            ),
            ("{{ ui::icon(\"right\", \"xs flip\") }}", None),
            ("{% block kind %}page narrow{% endblock %}", None),
            ("{% import \"parts/Ui.html\" as ui %}", None),
            ("{% if a %}s{% endif %} {# a remark #}", None),
            ("<title>{{ t }} · Interpres</title>", None),
        ] {
            assert_eq!(own_words(template).as_deref(), words, "{template}");
        }
    }
}
