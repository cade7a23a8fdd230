//! What rooms below the pages say in English: rules that a field breaks, refusals, letters, names of states. They stay
//! English where they are made, for the API and the log; here they are found among the English messages of the files in
//! [`OVERHEARD`], with what stands in their gaps, and said in the language that is spoken.
use crate::{
    bundle::{files, filled},
    speech::spoken,
};
use fluent_bundle::{FluentArgs, FluentValue};
use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, PatternElement},
    parser,
};
use interpres_types::PageLanguage;
use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

/// The files that hold what is said below.
const OVERHEARD: [&str; 4] = ["labels", "letters", "rules", "fields"];
/// The file of days and months, and the messages in it by which a gap of that name is read.
const CALENDAR: &str = "calendar";
const READ_BY: [(&str, &str); 2] = [("date", "date-long"), ("time", "clock-time")];

enum Piece {
    Text(&'static str),
    Gap(&'static str),
}

#[derive(Default)]
struct MessageIndex {
    whole: HashMap<&'static str, &'static str>,
    /// Messages with gaps, those with the most text first.
    gapped: Vec<(&'static str, Vec<Piece>)>,
    /// Messages that only gaps of a certain name are held against.
    within: HashMap<&'static str, Vec<Piece>>,
}

static KNOWN: LazyLock<MessageIndex> = LazyLock::new(|| {
    let mut known = MessageIndex::default();
    for (name, text) in files(PageLanguage::English)
        .iter()
        .filter(|(name, _)| OVERHEARD.contains(name) || *name == CALENDAR)
    {
        let Ok(resource) = parser::parse(*text) else {
            continue;
        };
        for entry in resource.body {
            let Entry::Message(message) = entry else {
                continue;
            };
            let pieces: Option<Vec<Piece>> = message
                .value
                .iter()
                .flat_map(|pattern| &pattern.elements)
                .map(piece)
                .collect();
            match pieces.as_deref() {
                Some([Piece::Text(whole)]) => {
                    known.whole.insert(whole, message.id.name);
                }
                Some(_) if *name == CALENDAR => {
                    known
                        .within
                        .extend(pieces.map(|pieces| (message.id.name, pieces)));
                }
                Some(_) => known
                    .gapped
                    .extend(pieces.map(|pieces| (message.id.name, pieces))),
                None => {}
            }
        }
    }
    known
        .gapped
        .sort_by_key(|(_, pieces)| std::cmp::Reverse(length(pieces)));
    known
});

fn piece(element: &PatternElement<&'static str>) -> Option<Piece> {
    match element {
        PatternElement::TextElement { value } => Some(Piece::Text(value)),
        PatternElement::Placeable {
            expression: Expression::Inline(InlineExpression::VariableReference { id }),
        } => Some(Piece::Gap(id.name)),
        PatternElement::Placeable { .. } => None,
    }
}

fn length(pieces: &[Piece]) -> usize {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Gap(_) => 0,
        })
        .sum()
}

/// What stands in the gaps, where a text is made of these pieces. Between two gaps there is text.
fn gaps<'t>(mut text: &'t str, pieces: &[Piece]) -> Option<Vec<(&'static str, &'t str)>> {
    let (mut found, mut open) = (Vec::new(), None);
    for piece in pieces {
        match (piece, open.take()) {
            (Piece::Text(said), None) => text = text.strip_prefix(said)?,
            (Piece::Text(said), Some(name)) => {
                let (gap, rest) = text.split_once(said)?;
                found.push((name, gap));
                text = rest;
            }
            (Piece::Gap(name), None) => open = Some(*name),
            (Piece::Gap(_), Some(_)) => return None,
        }
    }
    match open {
        Some(name) => found.push((name, text)),
        None if text.is_empty() => {}
        None => return None,
    }
    (found.iter().all(|(_, gap)| !gap.is_empty())).then_some(found)
}

/// The longest text that is looked up, in bytes: messages are a few sentences.
const LONGEST: usize = 2_048;
/// How deep messages within messages are looked up. What stands in a gap may be anybody's text, and can be made to hold
/// messages within messages without end.
const DEEPEST: usize = 3;

/// What was said in English, in the language that is spoken; nothing where it is in no message.
#[must_use]
pub fn reworded(text: &str) -> Option<String> {
    reworded_at(text, 0)
}

fn reworded_at(text: &str, depth: usize) -> Option<String> {
    if text.len() > LONGEST || depth > DEEPEST {
        return None;
    }
    if let Some(id) = KNOWN.whole.get(text) {
        return Some(filled(id, &FluentArgs::new()));
    }
    KNOWN.gapped.iter().find_map(|(id, pieces)| {
        let arguments: FluentArgs<'_> = gaps(text, pieces)?
            .into_iter()
            .map(|(name, gap)| (name, FluentValue::from(in_gap(name, gap, depth))))
            .collect();
        Some(filled(id, &arguments))
    })
}

/// What stands in a gap: a date or a time by its name, and otherwise what may be a message itself.
fn in_gap(name: &str, gap: &str, depth: usize) -> String {
    let read = READ_BY
        .iter()
        .find(|(of, _)| name.strip_prefix("former-").unwrap_or(name) == *of)
        .and_then(|(_, id)| {
            let found = gaps(gap, KNOWN.within.get(id)?)?;
            let arguments: FluentArgs<'_> = found
                .into_iter()
                .map(|(name, part)| (name, FluentValue::from(overheard(part).into_owned())))
                .collect();
            Some(filled(id, &arguments))
        });
    read.or_else(|| reworded_at(gap, depth + 1))
        .unwrap_or_else(|| gap.to_owned())
}

/// What was said in English, in the language that is spoken; as it is where it is in no message.
#[must_use]
pub fn overheard(text: &str) -> Cow<'_, str> {
    if spoken() == PageLanguage::English {
        return Cow::Borrowed(text);
    }
    reworded(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech::within_sync;

    fn in_spanish(text: &str) -> String {
        within_sync(PageLanguage::Spanish, || overheard(text).into_owned())
    }

    #[test]
    fn what_is_said_below_is_found_with_what_stands_in_its_gaps() {
        assert_eq!(
            in_spanish("You are assigned: A-1001, Spanish, Sat, Nov 28, 2026 at 1:00 PM"),
            "Tiene una cita asignada: A-1001, español, sáb, 28 nov 2026, 1:00 p. m."
        );
        assert_eq!(
            in_spanish(
                "Your appointment was changed: A-1001, Spanish, Sat, Nov 28, 2026 at 1:00 PM, before it was Fri, Nov 27, 2026 at 9:30 AM"
            ),
            "Su cita cambió: A-1001, español, sáb, 28 nov 2026, 1:00 p. m.; antes era vie, 27 nov 2026, 9:30 a. m."
        );
        assert_eq!(
            in_spanish("must be at most 80 characters"),
            "puede tener como máximo 80 caracteres"
        );
        assert_eq!(in_spanish("In person"), "Presencial");
    }

    #[test]
    fn messages_within_messages_come_to_an_end() {
        for message in [
            "must be at most ",
            "does not fit. ",
            "This voucher is must be 1 to ",
        ] {
            for times in [1, 4, 100, 10_000] {
                let text = format!("{}x", message.repeat(times));
                assert!(in_spanish(&text).ends_with('x'), "{times}");
            }
        }
    }

    #[test]
    fn what_is_in_no_message_stays_as_it_is() {
        assert_eq!(in_spanish("Chinese, Min Nan 3"), "Chinese, Min Nan 3");
        assert_eq!(overheard("In person"), "In person");
    }
}
