use super::{Answer, Frame, answered, filters, go, page};
use crate::{
    App,
    door::{Path, Posted, Query, Signed},
};
use askama::Template;
use axum::{extract::State, http::header, response::IntoResponse};
use interpres_accounts::{FindPerson, ListPeople};
use interpres_compliance::{ListQueries, SavedQueryView};
use interpres_gate::{
    Action, Actor, CompareVersions, Comparison, Drill, ExportEntries, Incident, IntegrityView,
    ListDrills, ListEntries, LogEntry, Page, Permission, ProveEntry, RecordVersion, Refusal,
    RestoreInput, RestoreRecord, ShowHistory, ShowIntegrity,
};
use interpres_types::{Field, Instant, RecordId, UserId, Zone};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A filter as the end of an address.
fn chosen(fields: &BTreeMap<String, String>) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

/// Records of one kind that were treated alike, so that a long list is one line.
struct Alike {
    kind: String,
    ids: Vec<String>,
    revealed: Vec<String>,
    changed: Vec<String>,
}

fn alike(entry: &LogEntry) -> Vec<Alike> {
    let mut out: Vec<Alike> = Vec::new();
    for r in &entry.records {
        match out
            .iter_mut()
            .find(|a| (&a.kind, &a.revealed, &a.changed) == (&r.kind, &r.revealed, &r.changed))
        {
            Some(found) => found.ids.push(r.id.clone()),
            None => out.push(Alike {
                kind: r.kind.clone(),
                ids: vec![r.id.clone()],
                revealed: r.revealed.clone(),
                changed: r.changed.clone(),
            }),
        }
    }
    out
}

/// A time of the log as the office's clock showed it, to the second.
pub(crate) fn on_the_wall(zone: &Zone, at: Instant) -> String {
    let wall = zone.wall_time(at);
    format!(
        "{} {}:{:02}",
        wall.date,
        wall.clock(),
        at.micros().div_euclid(1_000_000).rem_euclid(60)
    )
}

/// Whose acts are looked for: typed as an address or a whole name, or told by id.
pub(super) struct Who {
    pub(super) typed: String,
    user: Option<UserId>,
    /// Why it is nobody.
    pub(super) problem: String,
    /// The first members by name, for choosing among: address and name.
    pub(super) people: Vec<(String, String)>,
}

impl Who {
    pub(super) async fn asked(
        app: &App,
        actor: &Actor,
        said: &Field,
    ) -> Result<Self, super::Refused> {
        let people = app
            .gate
            .view(
                actor,
                ListPeople {
                    limit: "200".into(),
                    ..ListPeople::default()
                },
            )
            .await?
            .into_inner();
        let people = people
            .items
            .into_iter()
            .map(|p| (p.email, p.name))
            .collect();
        let nobody = Self {
            typed: said.raw().to_owned(),
            user: None,
            problem: String::new(),
            people,
        };
        if said.is_blank() {
            return Ok(nobody);
        }
        match app.gate.view(actor, FindPerson(said.clone())).await {
            Ok(found) => {
                let found = found.into_inner();
                Ok(Self {
                    typed: found.email,
                    user: Some(found.user),
                    ..nobody
                })
            }
            // The log also knows what is no member: programs, the gate's own hands.
            Err(Refusal::Invalid(_)) if !said.raw().contains(['@', ' ']) => Ok(nobody),
            Err(Refusal::Invalid(problems)) => Ok(Self {
                problem: Refusal::Invalid(problems).to_string(),
                ..nobody
            }),
            Err(refusal) => Err(refusal.into()),
        }
    }
    /// What the log knows them by.
    pub(super) fn id(&self) -> Field {
        self.user
            .map_or_else(|| self.typed.clone(), |user| user.to_string())
            .into()
    }
}

struct Line {
    entry: LogEntry,
    when: String,
    records: Vec<Alike>,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    lines: Vec<Line>,
    next: Option<String>,
    zone: String,
    filter: ListEntries,
    who: Who,
    /// The filter as the end of an address.
    chosen: String,
    fields: BTreeMap<String, String>,
    queries: Vec<(SavedQueryView, String)>,
    outcomes: [&'static str; 3],
    actions: Vec<&'static str>,
    may_export: bool,
    problem: String,
}

pub(crate) async fn entries(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(filter): Query<ListEntries>,
) -> Answer {
    let who = Who::asked(&app, &actor, &filter.actor).await?;
    let asked = ListEntries {
        actor: who.id(),
        ..filter.clone()
    };
    let found = app.gate.view(&actor, asked.clone()).await;
    let (found, problem) = if who.problem.is_empty() {
        answered(found)?
    } else {
        (None, who.problem.clone())
    };
    let found = found.unwrap_or_default();
    let fields = asked.in_words();
    let queries = app.gate.view(&actor, ListQueries).await?.into_inner();
    let queries = queries
        .into_iter()
        .map(|q| (chosen(&q.filter), q))
        .map(|(end, q)| (q, end))
        .collect();
    let actions = Action::ALL.iter().map(|action| action.name()).collect();
    let may_export = actor.may(Permission::ExportAudit);
    let zone = actor.zone();
    let next = found.next;
    let lines = found
        .items
        .into_iter()
        .map(|entry| Line {
            when: on_the_wall(&zone, entry.at),
            records: alike(&entry),
            entry,
        })
        .collect();
    page(&AuditPage {
        frame: Frame::of(&actor, "/audit"),
        lines,
        next,
        zone: zone.to_string(),
        filter,
        who,
        chosen: chosen(&fields),
        fields,
        queries,
        outcomes: ["done", "refused", "fault"],
        actions,
        may_export,
        problem,
    })
}

pub(crate) async fn export(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(asked): Query<ExportEntries>,
) -> Answer {
    Ok(crate::export_log::send(&app.gate, &actor, asked).await?)
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

#[derive(Template)]
#[template(path = "integrity.html")]
struct IntegrityPage {
    frame: Frame,
    view: IntegrityView,
    drills: Vec<Drill>,
    zone: Zone,
    may_restore: bool,
}

impl IntegrityPage {
    fn when(&self, at: &Instant) -> String {
        on_the_wall(&self.zone, *at)
    }
    fn can_be_restored(incident: &Incident) -> bool {
        let a_pass = incident.kind == "pass";
        incident.quarantined_at.is_some()
            && matches!(incident.found.as_str(), "row" | "missing" | "lost")
            && !a_pass
    }
    fn what(found: &str) -> &'static str {
        match found {
            "row" => "the record was changed",
            "missing" => "the record was deleted",
            "lost" => {
                "a version, or the end of a pass, that the log tells of is gone; until you say that the record is right, it lets nobody in"
            }
            "key" => "the record's key is gone or was changed, and nobody erased it",
            "pass" => "it was not issued here, or had ended; it lets nobody in",
            "log" => "the log does not verify; ask the operator for interpres audit verify",
            "keys" => "the key store attached was another's; nothing was taken out of sight",
            "decoy" => "a decoy was opened: somebody read past the gate",
            "clock" => "the server's clock was set back",
            _ => "an earlier version was changed",
        }
    }
}

pub(crate) async fn integrity(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let view = app.gate.view(&actor, ShowIntegrity).await?.into_inner();
    let drills = app.gate.view(&actor, ListDrills).await?.into_inner();
    let may_restore = actor.may(Permission::RestoreRecords);
    page(&IntegrityPage {
        frame: Frame::of(&actor, "/audit"),
        view,
        drills,
        zone: actor.zone(),
        may_restore,
    })
}

pub(crate) async fn restore(
    State(app): State<App>,
    Posted(actor, input): Posted<RestoreInput>,
) -> Answer {
    app.gate.perform(&actor, RestoreRecord { input }).await?;
    go("/audit/integrity")
}

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage {
    frame: Frame,
    kind: String,
    id: String,
    from_version: Field,
    to_version: Field,
    versions: Page<RecordVersion>,
    compared: Option<Comparison>,
    problem: String,
    zone: String,
}

/// What a history's page may be asked: from where on, or which two versions to compare.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct HistoryPart {
    cursor: Field,
    from_version: Field,
    to_version: Field,
}

pub(crate) async fn history(
    State(app): State<App>,
    Signed(actor): Signed,
    Path((kind, id)): Path<(String, String)>,
    Query(part): Query<HistoryPart>,
) -> Answer {
    let record: RecordId = id.parse().map_err(|_| Refusal::NotFound)?;
    let HistoryPart {
        cursor,
        from_version,
        to_version,
    } = part;
    let asked = !(from_version.is_blank() && to_version.is_blank());
    let which = CompareVersions {
        kind: kind.as_str().into(),
        id: id.as_str().into(),
        from_version: from_version.clone(),
        to_version: to_version.clone(),
    };
    let (compared, problem) = match asked {
        false => (None, String::new()),
        true => answered(app.gate.view(&actor, which).await)?,
    };
    let versions = match compared {
        None => app
            .gate
            .view(
                &actor,
                ShowHistory {
                    cursor,
                    ..ShowHistory::of(&kind, record)
                },
            )
            .await?
            .into_inner(),
        Some(_) => Page::default(),
    };
    page(&HistoryPage {
        frame: Frame::of(&actor, ""),
        kind,
        id,
        from_version,
        to_version,
        versions,
        compared,
        problem,
        zone: actor.zone().to_string(),
    })
}
