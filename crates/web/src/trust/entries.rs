//! The audit log: its entries, their proofs, and taking them away.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Query, Signed},
    shared::{Answer, Frame, Refused, answered, on_the_wall, page},
    trust::export_log::send,
};
use askama::Template;
use axum::{extract::State, http::header, response::IntoResponse};
use interpres_accounts::{FindPerson, ListPeople};
use interpres_compliance::{ListQueries, SavedQueryView};
use interpres_gate::{
    Action, Actor, ExportEntries, ListEntries, LogEntry, Permission, ProveEntry, Refusal,
};
use interpres_types::{Field, UserId};
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

/// Whose acts are looked for: typed as an address or a whole name, or told by id.
pub(crate) struct Who {
    pub(super) typed: String,
    user: Option<UserId>,
    /// Why it is nobody.
    pub(super) problem: String,
    /// The first members by name, for choosing among: address and name.
    pub(super) people: Vec<(String, String)>,
}

impl Who {
    pub(super) async fn asked(app: &App, actor: &Actor, said: &Field) -> Result<Self, Refused> {
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
