//! What happened to a record, in sentences.
use super::{Refused, time};
use crate::App;
use interpres_gate::{Actor, Permission as P, RecordVersion, ShowHistory};
use interpres_types::Instant;
use std::fmt;

/// Something that happened.
pub(crate) struct Happened {
    pub(crate) sign: &'static str,
    pub(crate) who: String,
    /// What they did, after their name.
    pub(crate) what: String,
    pub(crate) when: String,
}

/// What happened to a record lately, the latest first, and where its versions are compared.
pub(crate) struct Story {
    pub(crate) versions: String,
    pub(crate) happened: Vec<Happened>,
}

/// What somebody did.
pub(crate) struct Deed {
    pub(crate) sign: &'static str,
    pub(crate) what: String,
}

/// How the versions of a kind of record are told.
pub(crate) struct Teller {
    pub(crate) kind: &'static str,
    /// How many of the latest are told.
    pub(crate) most: &'static str,
    pub(crate) deed: fn(&RecordVersion) -> Deed,
}

impl Teller {
    /// The story of a record, its times told by `when`; an empty one for those who see no history.
    pub(crate) async fn tell(
        &self,
        app: &App,
        actor: &Actor,
        id: impl fmt::Display,
        when: impl Fn(Instant) -> String,
    ) -> Result<Story, Refused> {
        let mut story = Story {
            versions: format!("/history/{}/{id}", self.kind),
            happened: Vec::new(),
        };
        if !actor.may(P::ViewHistory) {
            return Ok(story);
        }
        let asked = ShowHistory {
            limit: self.most.into(),
            ..ShowHistory::of(self.kind, id)
        };
        let versions = app.gate.view(actor, asked).await?.into_inner();
        story.happened = versions
            .items
            .into_iter()
            .map(|version| self.told(version, &when))
            .collect();
        Ok(story)
    }

    fn told(&self, version: RecordVersion, when: impl Fn(Instant) -> String) -> Happened {
        let Deed { sign, what } = (self.deed)(&version);
        let who = version
            .actor_name
            .unwrap_or_else(|| match version.actor.as_str() {
                "operator" => say::story_operator().to_owned(),
                _ => "Interpres".to_owned(),
            });
        Happened {
            sign,
            who,
            what,
            when: when(version.at),
        }
    }
}

/// That fields were changed, by what people call them; without one of these, that the record was.
pub(crate) fn changed(
    version: &RecordVersion,
    called: &[(&str, &'static str)],
    record: &str,
) -> Deed {
    let mut fields: Vec<&str> = Vec::new();
    for change in &version.changes {
        let known = called.iter().find(|(field, _)| *field == change.field);
        if let Some((_, words)) = known.filter(|(_, words)| !fields.contains(words)) {
            fields.push(words);
        }
    }
    let what = match fields.as_slice() {
        [] => say::story_changed(record),
        [one] => say::story_changed(one),
        [some @ .., last] => say::story_changed(say::story_and(last, some.join(", "))),
    };
    Deed { sign: "edit", what }
}

/// A time where the appointment takes place, in a few letters: "Sat, Nov 28, 1:00 PM".
pub(crate) fn short(at: Instant, zone: &str) -> String {
    format!("{}, {}", time::day(at, zone), time::clock(at, zone))
}

#[cfg(test)]
pub(crate) mod samples {
    use interpres_gate::{Change, RecordVersion};
    use interpres_types::Instant;

    /// A version in which these fields went from one value to another.
    pub(crate) fn version(number: i64, changes: &[(&str, &str, &str)]) -> RecordVersion {
        let change = |(field, before, after): &(&str, &str, &str)| Change {
            field: (*field).to_owned(),
            before: Some((*before).to_owned()),
            after: Some((*after).to_owned()),
            before_name: None,
            after_name: None,
        };
        RecordVersion {
            version: number,
            at: Instant::default(),
            actor: "x".to_owned(),
            actor_name: Some("Dora".to_owned()),
            changes: changes.iter().map(change).collect(),
        }
    }
}
