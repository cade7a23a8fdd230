//! Aggregates one hour of the log per actor, and matches patterns: pure functions.
use crate::Pattern;
use interpres_accounts::Holidays;
use interpres_gate::{
    Action,
    audit_log::{Entry, Outcome},
    is_file,
};
use interpres_types::{Instant, Zone};
use std::collections::{BTreeMap, BTreeSet};

const MANY_RECORDS: usize = 100;
const MANY_REFUSALS: u32 = 10;
const MANY_PASSWORDS: u32 = 5;
pub(crate) const MANY_EXPORTS: usize = 3;
const OFTEN: u32 = 10;
const MANY_OLD: usize = 5;
const NEAR_MICROS: i64 = 10 * 60 * 1_000_000;
/// From then to then the office sleeps.
const NIGHT: [u16; 2] = [22, 6];

/// An actor's actions within an hour.
#[derive(Default, Debug)]
pub(crate) struct Acts {
    first: String,
    /// Whether it is a person.
    pub(crate) person: bool,
    /// Records whose protected fields were opened, with how often; only appointments bear names.
    pub(crate) opened: BTreeMap<String, u32>,
    late: BTreeSet<String>,
    refused: u32,
    pub(crate) exports: usize,
    /// Addresses, with the last time each was seen, and those that were seen near another.
    pub(crate) addresses: BTreeMap<String, Instant>,
    near: BTreeSet<String>,
}

/// An actor's history beyond the hour.
#[derive(Default, Debug)]
pub(crate) struct ActorHistory {
    /// The addresses of their latest entries; empty for someone new.
    pub(crate) addresses: BTreeSet<String>,
    /// Whether they were inactive for a long time.
    pub(crate) long_silent: bool,
    /// Number of exports in the day before.
    pub(crate) exports: usize,
    /// Opened records that bear their name, their surname, a watched name, or are long over.
    pub(crate) own_name: Vec<String>,
    pub(crate) own_surname: Vec<String>,
    pub(crate) watched: Vec<String>,
    pub(crate) long_over: Vec<String>,
}

/// An hour, actor by actor.
#[derive(Default, Debug)]
pub(crate) struct Hour {
    pub(crate) actors: BTreeMap<String, Acts>,
    /// Wrong passwords by address and by member, each with its first entry.
    guesses: BTreeMap<(&'static str, String), (u32, String)>,
}

/// Something that fits a pattern.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub(crate) struct Suspicion {
    pub(crate) pattern: Pattern,
    pub(crate) who: String,
    pub(crate) address: Option<String>,
    pub(crate) first_entry: String,
    pub(crate) times: i64,
    pub(crate) records: Vec<String>,
}

/// The network of an address, which stays the same for a while on the move: /16 for IPv4, /48 for IPv6.
fn network(address: &str) -> String {
    let (mark, parts) = if address.contains(':') {
        (':', 3)
    } else {
        ('.', 2)
    };
    address
        .split(mark)
        .take(parts)
        .collect::<Vec<_>>()
        .join(&mark.to_string())
}

impl Hour {
    /// Takes one more entry in.
    pub(crate) fn take(&mut self, entry: &Entry, zone: &Zone, holidays: &Holidays) {
        let at: Instant = entry.at.parse().unwrap_or_default();
        if entry.role == "doorkeeper" {
            self.guess(entry);
            return;
        }
        let acts = self
            .actors
            .entry(entry.actor.clone())
            .or_insert_with(|| Acts {
                first: entry.id.clone(),
                person: entry.actor != entry.role,
                ..Acts::default()
            });
        acts.refused += u32::from(entry.outcome == Outcome::Refused);
        acts.exports += usize::from(is_file(entry));
        if let Some(address) = &entry.address {
            let here = network(address);
            let elsewhere = acts.addresses.iter().filter(|(other, seen)| {
                network(other) != here && at.micros() - seen.micros() < NEAR_MICROS
            });
            let others: Vec<String> = elsewhere.map(|(other, _)| other.clone()).collect();
            if !others.is_empty() {
                acts.near.insert(address.clone());
                acts.near.extend(others);
            }
            acts.addresses.insert(address.clone(), at);
        }
        let wall = zone.wall_time(at);
        let closed = wall.hour() >= NIGHT[0] || wall.hour() < NIGHT[1] || holidays.hold(wall.date);
        // A client who was shown with an appointment counts as that.
        let opened = || entry.records.iter().filter(|r| !r.revealed.is_empty());
        let with_another = opened().any(|r| r.kind == "appointment");
        for record in opened().filter(|r| !(with_another && r.kind == "client")) {
            *acts.opened.entry(record.id.clone()).or_default() += 1;
            if closed {
                acts.late.insert(record.id.clone());
            }
        }
    }

    fn guess(&mut self, entry: &Entry) {
        if entry.action != Action::SessionOpen.name() || entry.outcome != Outcome::Refused {
            return;
        }
        let members = entry
            .records
            .iter()
            .filter(|r| r.kind == "member")
            .map(|r| ("member", r.id.clone()));
        for by in entry
            .address
            .iter()
            .map(|a| ("address", a.clone()))
            .chain(members)
        {
            self.guesses
                .entry(by)
                .or_insert_with(|| (0, entry.id.clone()))
                .0 += 1;
        }
    }

    /// Everything in this hour that fits a pattern.
    pub(crate) fn judge(&self, known: &BTreeMap<String, ActorHistory>) -> Vec<Suspicion> {
        let nobody = ActorHistory::default();
        let people = self.actors.iter().filter(|(_, acts)| acts.person);
        let mut out: Vec<Suspicion> = people
            .flat_map(|(who, acts)| acts.judge(who, known.get(who).unwrap_or(&nobody)))
            .collect();
        for ((by, name), (times, first)) in &self.guesses {
            if *times >= MANY_PASSWORDS {
                out.push(Suspicion {
                    pattern: Pattern::PasswordGuessing,
                    who: "doorkeeper".to_owned(),
                    address: (*by == "address").then(|| name.clone()),
                    first_entry: first.clone(),
                    times: i64::from(*times),
                    records: if *by == "member" {
                        vec![name.clone()]
                    } else {
                        Vec::new()
                    },
                });
            }
        }
        out
    }
}

impl Acts {
    fn judge(&self, who: &str, known: &ActorHistory) -> Vec<Suspicion> {
        let keys = || self.opened.keys().cloned().collect::<Vec<_>>();
        let none = Vec::new;
        let often: Vec<String> = self
            .opened
            .iter()
            .filter(|(_, n)| **n >= OFTEN)
            .map(|(id, _)| id.clone())
            .collect();
        let fresh =
            |address: &&String| !known.addresses.is_empty() && !known.addresses.contains(*address);
        let new_address = self.addresses.keys().find(fresh).cloned();
        let exports = self.exports + known.exports;
        let long_over = if known.long_over.len() >= MANY_OLD {
            known.long_over.clone()
        } else {
            none()
        };
        let opened = self.opened.len();
        let cases = [
            (
                Pattern::BulkViews,
                opened >= MANY_RECORDS,
                opened,
                keys(),
                None,
            ),
            (
                Pattern::AfterHours,
                !self.late.is_empty(),
                self.late.len(),
                self.late.iter().cloned().collect(),
                None,
            ),
            (
                Pattern::OwnName,
                !known.own_name.is_empty(),
                known.own_name.len(),
                known.own_name.clone(),
                None,
            ),
            (
                Pattern::OwnSurname,
                !known.own_surname.is_empty(),
                known.own_surname.len(),
                known.own_surname.clone(),
                None,
            ),
            (
                Pattern::WatchedClient,
                !known.watched.is_empty(),
                known.watched.len(),
                known.watched.clone(),
                None,
            ),
            (
                Pattern::ManyRefusals,
                self.refused >= MANY_REFUSALS,
                self.refused as usize,
                none(),
                None,
            ),
            (
                Pattern::ManyExports,
                self.exports > 0 && exports >= MANY_EXPORTS,
                exports,
                none(),
                None,
            ),
            (
                Pattern::NewAddress,
                opened > 0 && new_address.is_some(),
                1,
                none(),
                new_address,
            ),
            (
                Pattern::TwoPlaces,
                !self.near.is_empty(),
                self.near.len(),
                none(),
                self.near.first().cloned(),
            ),
            (Pattern::LongSilent, known.long_silent, 1, none(), None),
            (
                Pattern::SameRecord,
                !often.is_empty(),
                often.len(),
                often.clone(),
                None,
            ),
            (
                Pattern::LongOver,
                !long_over.is_empty(),
                long_over.len(),
                long_over.clone(),
                None,
            ),
        ];
        let fits = cases.into_iter().filter(|case| case.1);
        fits.map(|(pattern, _, times, mut records, address)| {
            records.truncate(20);
            let times = i64::try_from(times).unwrap_or(i64::MAX);
            Suspicion {
                pattern,
                who: who.to_owned(),
                address,
                first_entry: self.first.clone(),
                times,
                records,
            }
        })
        .collect()
    }
}
