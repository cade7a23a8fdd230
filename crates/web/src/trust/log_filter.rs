//! What a list of the log is asked for: its filters as chips, and the addresses around it.
use super::sentence::in_register;
use crate::shared::{parts::Chip, time};
use interpres_gate::{Action, ActionKind, ListEntries};
use interpres_types::{Field, LocalDate};

/// The fields of a list of the log that are filters.
pub(crate) const FILTERS: [&str; 7] =
    ["record", "from", "to", "actor", "kind", "action", "outcome"];

/// How an entry ended, in the words of addresses and of people.
pub(crate) fn outcomes() -> [(&'static str, &'static str); 3] {
    [
        ("done", say::log_done()),
        ("refused", say::log_refused()),
        ("fault", say::log_failed()),
    ]
}

/// A filter of the log, with what its person and its record are called.
pub(crate) struct LogQuery {
    pub(crate) list: ListEntries,
    pub(crate) person: String,
    pub(crate) reference: String,
}

impl LogQuery {
    fn field(&self, name: &str) -> &Field {
        match name {
            "record" => &self.list.record,
            "from" => &self.list.from,
            "to" => &self.list.to,
            "actor" => &self.list.actor,
            "kind" => &self.list.kind,
            "action" => &self.list.action,
            _ => &self.list.outcome,
        }
    }

    pub(crate) fn path(&self) -> &'static str {
        "/audit"
    }

    /// The filters that are set, except a form's own fields, which a space parts.
    pub(crate) fn hidden_fields(&self, own: &str) -> Vec<(&'static str, String)> {
        let own: Vec<&str> = own.split(' ').collect();
        self.fields(&own)
    }

    fn fields(&self, without: &[&str]) -> Vec<(&'static str, String)> {
        FILTERS
            .into_iter()
            .filter(|name| !without.contains(name) && !self.field(name).is_blank())
            .map(|name| (name, self.field(name).raw().trim().to_owned()))
            .collect()
    }

    fn query(&self, without: &[&str], with: &[(&str, &str)]) -> String {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(self.fields(without))
            .extend_pairs(with)
            .finish()
    }

    /// The list without some filters, and with others.
    pub(crate) fn address(&self, without: &[&str], with: &[(&str, &str)]) -> String {
        let query = self.query(without, with);
        format!("/audit?{query}").trim_end_matches('?').to_owned()
    }

    /// The filters that are set, each with the address of the list without it.
    pub(crate) fn chips(&self) -> Vec<Chip> {
        let said = [
            (say::audit_record(), self.reference.clone(), &["record"][..]),
            (
                say::filter_dates(),
                time::dates(self.list.from.raw(), self.list.to.raw()),
                &["from", "to"],
            ),
            (say::audit_person(), self.person.clone(), &["actor"]),
            (say::activity(), self.kind(), &["kind"]),
            (say::audit_action(), self.action(), &["action"]),
            (say::audit_outcome(), self.outcome(), &["outcome"]),
        ];
        said.into_iter()
            .filter(|(_, value, _)| !value.trim().is_empty())
            .map(|(label, value, fields)| Chip {
                label,
                value,
                without: self.address(fields, &[]),
            })
            .collect()
    }

    /// The filter of this name, where it is set.
    pub(crate) fn chip(&self, label: &str) -> Option<Chip> {
        self.chips().into_iter().find(|chip| chip.label == label)
    }

    fn kind(&self) -> String {
        let word = self.list.kind.raw().trim();
        ActionKind::named(word).map_or_else(
            || word.to_owned(),
            |kind| say::overheard(kind.label()).into_owned(),
        )
    }

    fn action(&self) -> String {
        let name = self.list.action.raw().trim();
        Action::named(name).map_or_else(|| name.to_owned(), action_said)
    }

    fn outcome(&self) -> String {
        let word = self.list.outcome.raw().trim();
        let known = outcomes().into_iter().find(|(outcome, _)| *outcome == word);
        known.map_or(word, |(_, said)| said).to_owned()
    }

    /// Lists of the latest days, with what they are called.
    pub(crate) fn presets(&self, today: LocalDate) -> Vec<(&'static str, String)> {
        [
            (say::today(), 0),
            (say::audit_last_seven_days(), 6),
            (say::audit_last_thirty_days(), 29),
        ]
        .into_iter()
        .map(|(name, days)| {
            let (from, to) = (today.plus_days(-days).to_string(), today.to_string());
            let with = [("from", from.as_str()), ("to", to.as_str())];
            (name, self.address(&["from", "to"], &with))
        })
        .collect()
    }

    /// Where the list goes on.
    pub(crate) fn next(&self, cursor: &str) -> String {
        self.address(&[], &[("cursor", cursor)])
    }
}

/// An act as it is called where people choose one.
pub(crate) fn action_said(action: Action) -> String {
    say::overheard(&in_register(action)).into_owned()
}

/// Acts of one kind, to choose from: each by its name in addresses and in words.
pub(crate) struct Acts {
    pub(crate) kind: ActionKind,
    pub(crate) all: Vec<(&'static str, String)>,
}

/// Every act by kind, in the order of their words.
pub(crate) fn acts() -> Vec<Acts> {
    let of = |kind: ActionKind| {
        let mut all: Vec<_> = Action::ALL
            .iter()
            .filter(|action| action.kind() == kind)
            .map(|action| (action.name(), action_said(*action)))
            .collect();
        all.sort_by(|one, other| one.1.cmp(&other.1));
        Acts { kind, all }
    };
    ActionKind::ALL.iter().copied().map(of).collect()
}
