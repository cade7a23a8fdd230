//! An entry of the log as a sentence, with the records it speaks of as links.
use super::verbs::plain_form;
use crate::shared::{filters::upper_first, record_page::page_of};
use interpres_gate::{Action, LogEntry, TouchedRecord};
use interpres_types::UserId;

/// A piece of a sentence; one with a path leads to what it names.
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) path: Option<String>,
}

/// Who did it, as people say it.
pub(crate) struct Doer {
    pub(crate) name: String,
    /// Whether it is a person, and not the program itself.
    pub(crate) person: bool,
    pub(crate) role: String,
}

/// What a person is called who is of no membership here, and what does the house's own work.
pub(crate) fn doer(id: &str, name: Option<&str>, role: &str) -> Doer {
    let person = name.is_some() || id.parse::<UserId>().is_ok();
    let stranger = || match (person, role) {
        (true, _) => say::log_stranger(),
        (false, "operator") => say::log_operator(),
        (false, _) => "Interpres",
    };
    Doer {
        name: name.map_or_else(|| stranger().to_owned(), str::to_owned),
        person,
        role: role_said(role).to_owned(),
    }
}

/// A role as people say it; nothing for the hands of the program.
pub(crate) fn role_said(role: &str) -> &'static str {
    match role {
        "owner" => say::role_owner(),
        "admin" => say::role_admin(),
        "manager" => say::role_manager(),
        "scheduler" => say::role_scheduler(),
        "billing" => say::role_billing(),
        "compliance" => say::role_compliance_short(),
        "viewer" => say::role_viewer(),
        "requester" => say::role_requester(),
        "interpreter" => say::label_interpreter(),
        "custom" => say::log_role_custom(),
        "doorkeeper" => say::sign_in_section(),
        "worker:dispatcher" => say::log_hand_dispatching(),
        "worker:sweeper" => say::log_hand_integrity(),
        "worker:reviewer" => say::log_hand_review(),
        "worker:keeper" => say::log_tab_retention(),
        "worker:steward" => say::log_hand_access(),
        "worker:provisioner" => say::nav_directory(),
        "worker:courier" => say::email(),
        _ => "",
    }
}

/// An act as it follows a name: "booked an appointment", or "book an appointment" after "tried to".
pub(crate) fn act(name: &str, tried: bool) -> String {
    let words = Action::named(name).map_or_else(
        || format!("did {}", name.replace(['.', '-'], " ")),
        |action| action.words().trim_end_matches('.').to_owned(),
    );
    let (verb, rest) = words.split_at(words.find(' ').unwrap_or(words.len()));
    let verb = if tried { plain_form(verb) } else { verb };
    format!("{}{rest}", lower_first(verb)).replace('\'', "’")
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    let small = letters.next().map(|c| c.to_lowercase().chain(letters));
    small.into_iter().flatten().collect()
}

/// An act as the register has it: "Booked an appointment".
pub(crate) fn in_register(action: Action) -> String {
    action.words().trim_end_matches('.').replace('\'', "’")
}

/// A kind of record as pages call it, of one or of several.
pub(crate) fn kind_named(kind: &str, many: bool) -> String {
    say::overheard(&kind_said(kind, many)).into_owned()
}

/// A kind of record within the log's sentences, of one or of several.
fn kind_said(kind: &str, many: bool) -> String {
    let one = match kind {
        "break_glass" => "emergency access",
        "hold" => "legal hold",
        "mode_change" => "HIPAA mode change",
        "service" => "service account",
        "user_account" => "account",
        "purge" => "deletion",
        other => other,
    };
    let one = one.replace('_', " ");
    match (many, one.strip_suffix('y')) {
        (false, _) => one,
        (true, Some(stem)) => format!("{stem}ies"),
        (true, None) if one.ends_with('s') => format!("{one}es"),
        (true, None) => format!("{one}s"),
    }
}

/// What an entry says after the name of who did it.
pub(crate) fn said(entry: &LogEntry) -> Vec<Piece> {
    said_otherwise(entry).unwrap_or_else(|| said_in_english(entry))
}

/// The records that an entry speaks of one by one, appointments first.
fn told_apart(entry: &LogEntry) -> Vec<&TouchedRecord> {
    let alone = |record: &&TouchedRecord| {
        let mut of_its_kind = entry.records.iter().filter(|r| r.kind == record.kind);
        of_its_kind.nth(1).is_none()
    };
    let mut records: Vec<&TouchedRecord> = entry.records.iter().filter(alone).collect();
    records.sort_by_key(|record| record.kind != "appointment");
    records
}

/// What it says where another language than English is spoken: names follow the act there, because they can't be put
/// into words that are looked up.
fn said_otherwise(entry: &LogEntry) -> Option<Vec<Piece>> {
    let words = in_register(Action::named(&entry.action)?);
    let told = say::overheard(&words);
    if told == words {
        return None;
    }
    let told = lower_first(&told);
    let text = match entry.outcome.as_str() {
        "done" => told,
        _ => say::log_tried(told),
    };
    let mut pieces = vec![Piece { text, path: None }];
    // Whoever comes in is named as the one who does it.
    let by_door = entry.role == "doorkeeper";
    let records = told_apart(entry).into_iter();
    for piece in records
        .filter(|record| !(by_door && record.kind == "member"))
        .filter_map(named)
    {
        pieces.push(Piece {
            text: " · ".to_owned(),
            path: None,
        });
        pieces.push(piece);
    }
    Some(pieces)
}

fn said_in_english(entry: &LogEntry) -> Vec<Piece> {
    let tried = entry.outcome != "done";
    let words = act(&entry.action, tried);
    let mut pieces = vec![Piece {
        text: if tried { say::log_tried(words) } else { words },
        path: None,
    }];
    let mut told_of = false;
    for record in told_apart(entry) {
        let in_words = put_in(&mut pieces, record);
        if !in_words
            && !told_of
            && record.kind == "appointment"
            && let Some(piece) = named(record)
        {
            pieces.push(Piece {
                text: " for ".to_owned(),
                path: None,
            });
            pieces.push(piece);
        }
        told_of |= record.kind == "appointment";
    }
    pieces
}

/// A record by its name, as a link to its page.
fn named(record: &TouchedRecord) -> Option<Piece> {
    Some(Piece {
        text: record.name.clone()?,
        path: page_of(&record.kind, &record.id),
    })
}

/// Puts a record's name where the sentence speaks of one of its kind; whether it does.
fn put_in(pieces: &mut Vec<Piece>, record: &TouchedRecord) -> bool {
    let kind = kind_said(&record.kind, false);
    let whole = |text: &str, end: usize| {
        let next = text[end..].chars().next();
        next.is_none_or(|c| !c.is_alphanumeric())
    };
    let place = pieces.iter().enumerate().find_map(|(at, piece)| {
        let article = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) {
            "an"
        } else {
            "a"
        };
        let phrase = format!(" {article} {kind}");
        let found = piece.text.find(&phrase).filter(|_| piece.path.is_none())?;
        let end = found + phrase.len();
        whole(&piece.text, end).then_some((at, found, end))
    });
    let Some((at, start, end)) = place else {
        return false;
    };
    let Some(name) = named(record).or_else(|| {
        Some(Piece {
            text: pieces[at].text[start + 1..end].to_owned(),
            path: Some(page_of(&record.kind, &record.id)?),
        })
    }) else {
        return true;
    };
    let text = pieces[at].text.clone();
    // A person's or a place's name needs no word before it; a number does.
    let before = match (record.name.is_some(), record.kind.as_str()) {
        (true, "appointment") => format!("{} appointment ", &text[..start]),
        _ => format!("{} ", &text[..start]),
    };
    let after = Piece {
        text: text[end..].to_owned(),
        path: None,
    };
    pieces.splice(
        at..=at,
        [
            Piece {
                text: before,
                path: None,
            },
            name,
            after,
        ],
    );
    true
}

/// Why something was not done, as people say it.
pub(crate) fn why(outcome: &str, reason: Option<&str>) -> Option<&'static str> {
    if outcome == "done" {
        return None;
    }
    // What was invalid follows the word: "invalid: zone".
    let word = reason.unwrap_or(outcome).split(':').next();
    Some(match word.unwrap_or_default() {
        "forbidden" => say::forbidden_title(),
        "not-found" => say::log_why_not_found(),
        "invalid" => say::log_why_invalid(),
        "conflict" => say::log_why_conflict(),
        "too-soon" => say::log_why_too_soon(),
        "disk-full" => say::log_why_disk_full(),
        "proof-needed" => say::log_why_proof(),
        "factor-needed" => say::log_why_factor(),
        "terms-needed" => say::log_why_terms(),
        "fault" => say::log_failed(),
        _ => say::log_refused(),
    })
}

/// Names of fields as people say them, at most three of them; otherwise how many.
pub(crate) fn fields_said<'f>(fields: impl Iterator<Item = &'f String>) -> String {
    let mut all: Vec<String> = fields.map(|field| field_said(field)).collect();
    all.sort_unstable();
    all.dedup();
    match all.len() {
        0..=3 => all.join(", "),
        many => say::log_many_fields(many),
    }
}

/// The name of a field as people say it.
pub(crate) fn field_said(field: &str) -> String {
    let stem = field
        .strip_suffix("_id")
        .or_else(|| field.strip_suffix("_at"))
        .unwrap_or(field);
    match stem {
        "lep_client" | "client_name" => say::clients_name().to_lowercase(),
        "team_ids" => say::kept_teams().to_lowercase(),
        other => in_small(&other.replace('_', " ")),
    }
}

/// A field's words within a sentence: they are known by their name, which begins with a capital letter.
fn in_small(words: &str) -> String {
    let name = upper_first(words);
    match say::overheard(&name) {
        said if said == name => words.to_owned(),
        said => said.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(action: &str, outcome: &str, records: &[(&str, Option<&str>)]) -> LogEntry {
        LogEntry {
            id: String::new(),
            at: interpres_types::Instant::default(),
            actor: String::new(),
            actor_name: None,
            role: "scheduler".to_owned(),
            action: action.to_owned(),
            outcome: outcome.to_owned(),
            reason: None,
            address: None,
            agent: None,
            records: records
                .iter()
                .map(|(kind, name)| TouchedRecord {
                    kind: (*kind).to_owned(),
                    id: "1".to_owned(),
                    name: name.map(str::to_owned),
                    revealed: Vec::new(),
                    changed: Vec::new(),
                })
                .collect(),
            listed: None,
            number: None,
        }
    }

    fn told(entry: &LogEntry) -> String {
        said(entry).into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn an_entry_reads_as_a_sentence() {
        let appointment = ("appointment", Some("FR-1042"));
        for (action, outcome, records, words) in [
            (
                "appointment.book",
                "done",
                &[appointment][..],
                "booked appointment FR-1042",
            ),
            (
                "appointment.show",
                "refused",
                &[appointment],
                "tried to view appointment FR-1042",
            ),
            (
                "offer.accept",
                "done",
                &[("offer", None), appointment],
                "accepted an offer for FR-1042",
            ),
            (
                "interpreter.assign",
                "done",
                &[("interpreter", Some("Ines Ruiz")), appointment],
                "assigned Ines Ruiz for FR-1042",
            ),
            (
                "appointment.candidates",
                "done",
                &[appointment],
                "viewed appointment FR-1042’s candidates",
            ),
            ("session.open", "done", &[], "signed in"),
            ("of.tomorrow", "done", &[], "did of tomorrow"),
        ] {
            assert_eq!(told(&entry(action, outcome, records)), words);
        }
    }

    #[test]
    fn what_was_tried_is_told_in_the_plain_form() {
        for action in Action::ALL {
            let tried = act(action.name(), true);
            let verb = tried.split(' ').next().unwrap_or_default();
            assert!(!verb.ends_with("ed") && !verb.is_empty(), "{tried}");
        }
        assert_eq!(act("invoice.make", true), "create an invoice");
        assert_eq!(act("appointment.cancel", true), "cancel an appointment");
    }
}
