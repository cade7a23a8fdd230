//! The audit log: its entries as sentences, their proofs, and taking them away.
use super::{
    log_filter::{Acts, LogQuery, acts, outcomes},
    sentence::{Doer, Piece, doer, field_said, fields_said, kind_named, said, why},
    who::{Meant, Who},
};
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Query, Signed},
    shared::{
        Answer, Frame, answered, page,
        parts::Chip,
        record_page::{close_to, page_of},
        time,
    },
    trust::export_log::send,
};
use askama::Template;
use axum::{extract::State, http::header, response::IntoResponse};
use interpres_compliance::{ListQueries, SavedQueryView};
use interpres_gate::{
    Action, ActionKind, ExportEntries, ListEntries, LogEntry, LogPage, Permission, ProveEntry,
    Refusal,
};
use interpres_types::{LocalDate, Zone};
use std::collections::BTreeMap;

/// A record that an entry speaks of, as its details show it.
struct Touched {
    name: String,
    path: Option<String>,
    /// Everything in the log about it.
    entries: String,
    shown: String,
    changed: String,
}

/// An entry as the page shows it.
struct EntryRow {
    /// The day, with the first entry of each.
    day: Option<String>,
    clock: String,
    who: Doer,
    said: Vec<Piece>,
    shown: String,
    changed: String,
    /// How many records, where they are several: "37 appointments".
    many: String,
    number: Option<String>,
    why: Option<&'static str>,
    exported: bool,
    emergency: bool,
    records: Vec<Touched>,
    left_off: usize,
    entry: LogEntry,
}

/// How many records the details of an entry list.
const LISTED: usize = 20;

impl EntryRow {
    fn of(entry: LogEntry, day: Option<String>, zone: &Zone) -> Self {
        let touched = |record: &interpres_gate::TouchedRecord| Touched {
            name: match &record.name {
                Some(name) => format!("{} {name}", kind_named(&record.kind, false)),
                None => kind_named(&record.kind, false),
            },
            path: page_of(&record.kind, &record.id),
            entries: format!("/audit?record={}", record.id),
            shown: fields_said(record.revealed.iter()),
            changed: record
                .changed
                .iter()
                .map(|field| field_said(field))
                .collect::<Vec<_>>()
                .join(", "),
        };
        let action = Action::named(&entry.action);
        let kind = action.map(Action::kind);
        let done = entry.outcome == "done";
        Self {
            day,
            clock: time::clock(entry.at, &zone.to_string()),
            who: who_of(&entry),
            said: said(&entry),
            shown: fields_said(entry.records.iter().flat_map(|r| &r.revealed)),
            changed: changed(&entry, kind),
            many: many(&entry, kind),
            number: entry.number.map(grouped),
            why: why(&entry.outcome, entry.reason.as_deref()),
            exported: done && kind == Some(ActionKind::Export),
            emergency: done && matches!(action, Some(Action::GlassBreak | Action::GlassShow)),
            records: entry.records.iter().take(LISTED).map(touched).collect(),
            left_off: entry.records.len().saturating_sub(LISTED),
            entry,
        }
    }
    /// A hint of what stands out: nothing, that something was refused, or that a client was shown.
    fn tone(&self) -> &'static str {
        if self.why.is_some() { "bad-row" } else { "" }
    }
}

/// Who did it. Whoever comes in does it by the doorkeeper's hand, which says of whom it speaks.
fn who_of(entry: &LogEntry) -> Doer {
    let mut members = entry.records.iter().filter(|r| r.kind == "member");
    let member = members.next().filter(|_| members.next().is_none());
    match member.and_then(|member| member.name.clone()) {
        Some(name) if entry.role == "doorkeeper" => Doer {
            // Whoever was turned away may have been anybody.
            person: entry.outcome == "done",
            name: if entry.outcome == "done" {
                name
            } else {
                say::log_someone_as(name)
            },
            role: String::new(),
        },
        _ => doer(&entry.actor, entry.actor_name.as_deref(), &entry.role),
    }
}

/// What was changed of the record that the entry is about.
fn changed(entry: &LogEntry, kind: Option<ActionKind>) -> String {
    if kind == Some(ActionKind::Create) {
        return String::new();
    }
    let first = entry.records.iter().find(|r| !r.changed.is_empty());
    first.map_or_else(String::new, |record| {
        say::audit_fields_changed(fields_said(record.changed.iter()))
    })
}

/// A number with commas.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut out = String::with_capacity(digits.len() + 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % 3 == first {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// How many records an entry speaks of, where they are several of a kind.
fn many(entry: &LogEntry, of: Option<ActionKind>) -> String {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for record in &entry.records {
        *kinds.entry(record.kind.as_str()).or_default() += 1;
    }
    let told = kinds
        .into_iter()
        .filter(|(_, count)| *count > 1)
        .map(|(kind, count)| format!("{count} {}", kind_named(kind, true)))
        .collect::<Vec<_>>()
        .join(", ");
    let list = matches!(of, Some(ActionKind::List | ActionKind::Export));
    match entry.listed.filter(|_| list) {
        Some(count) if told.is_empty() => say::audit_listed(count),
        _ => told,
    }
}

/// The entries of a page, and a day's name with the first of each.
fn lines(found: LogPage, zone: &Zone, today: LocalDate) -> Vec<EntryRow> {
    let mut before = None;
    let mut lines = Vec::with_capacity(found.items.len());
    for entry in found.items {
        let day = zone.wall_time(entry.at).date;
        let new = before.replace(day) != Some(day);
        let name = if day == today {
            say::today_named(time::in_words(day))
        } else {
            say::day_of_year(time::in_words(day), day.year())
        };
        lines.push(EntryRow::of(entry, new.then_some(name), zone));
    }
    lines
}

/// Without the links that the reader can't follow.
fn open_to(frame: &Frame, mut lines: Vec<EntryRow>) -> Vec<EntryRow> {
    for line in &mut lines {
        let said = line.said.iter_mut().map(|piece| &mut piece.path);
        let touched = line.records.iter_mut().map(|record| &mut record.path);
        for path in said.chain(touched) {
            close_to(frame, path);
        }
    }
    lines
}

/// A saved filter, and the list it leads to.
struct Saved {
    query: SavedQueryView,
    path: String,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    lines: Vec<EntryRow>,
    next: Option<String>,
    /// Whether this is not the first page.
    later: bool,
    zone: String,
    zone_short: String,
    asked: LogQuery,
    who: Who,
    /// The filter as the end of an address.
    chosen: String,
    /// The filter as a form saves it.
    fields: BTreeMap<String, String>,
    chips: Vec<Chip>,
    presets: Vec<(&'static str, String)>,
    saved: Vec<Saved>,
    outcomes: [(&'static str, &'static str); 3],
    kinds: &'static [ActionKind],
    acts: Vec<Acts>,
    may_export: bool,
    problem: String,
}

impl AuditPage {
    /// The latest entries of the filter.
    fn first(&self) -> String {
        self.asked.address(&[], &[])
    }
}

pub(crate) async fn entries(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(filter): Query<ListEntries>,
) -> Answer {
    let who = Who::asked(&app, &actor, &filter.actor).await?;
    let meant = Meant::asked(&app, &actor, &filter.record).await?;
    let wanted = ListEntries {
        actor: who.id(),
        record: meant.id,
        ..filter.clone()
    };
    let (found, problem) = match [&who.problem, &meant.problem]
        .into_iter()
        .find(|p| !p.is_empty())
    {
        Some(problem) => (None, problem.clone()),
        None => answered(app.gate.view(&actor, wanted.clone()).await)?,
    };
    let found = found.unwrap_or_default();
    let later = !filter.cursor.is_blank();
    let asked = LogQuery {
        list: ListEntries {
            actor: who.typed.as_str().into(),
            ..filter
        },
        person: who.name.clone(),
        reference: meant.name,
    };
    let saved = app.gate.view(&actor, ListQueries).await?.into_inner();
    let saved = saved
        .into_iter()
        .map(|query| {
            let end = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(&query.filter)
                .finish();
            Saved {
                path: format!("/audit?{end}"),
                query,
            }
        })
        .collect();
    let (zone, today) = (actor.zone(), actor.today(app.gate.now()));
    let fields = wanted.in_words();
    let frame = Frame::of(&actor, "/audit");
    page(&AuditPage {
        next: found.next.as_deref().map(|cursor| asked.next(cursor)),
        lines: open_to(&frame, lines(found, &zone, today)),
        frame,
        later,
        zone: zone.to_string(),
        zone_short: zone.abbreviation(app.gate.now()),
        chosen: form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&fields)
            .finish(),
        fields,
        chips: asked.chips(),
        presets: asked.presets(today),
        asked,
        who,
        saved,
        outcomes: outcomes(),
        kinds: ActionKind::ALL,
        acts: acts(),
        may_export: actor.may(Permission::ExportAudit),
        problem,
    })
}

pub(crate) async fn export(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(asked): Query<ExportEntries>,
) -> Answer {
    Ok(send(&app.gate, &actor, asked).await?)
}

/// The proof of one entry as a file, for whoever wants to check it elsewhere.
pub(crate) async fn proof(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<String>,
) -> Answer {
    let found = app
        .gate
        .view(
            &actor,
            ProveEntry(id.parse().map_err(|_| Refusal::NotFound)?),
        )
        .await?
        .into_inner();
    let name = format!("attachment; filename=\"entry-{id}.tlog-proof\"");
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CONTENT_DISPOSITION, name.as_str()),
    ];
    Ok((headers, found.proof).into_response())
}
