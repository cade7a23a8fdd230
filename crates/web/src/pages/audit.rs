use super::{Answer, Frame, filters, page};
use crate::{App, door::Signed};
use askama::Template;
use axum::extract::{Path, Query, State};
use interpres_accounts::ListPeople;
use interpres_gate::{ListEntries, LogPage, Page, RecordVersion, Refusal, ShowHistory};

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    page: LogPage,
    filter: ListEntries,
    people: Vec<(String, String)>,
    problem: String,
}

pub(crate) async fn entries(State(app): State<App>, Signed(actor): Signed, Query(filter): Query<ListEntries>) -> Answer {
    let (found, problem) = match app.gate.view(&actor, filter.clone()).await {
        Ok(found) => (found.into_inner(), String::new()),
        Err(Refusal::Invalid(p)) => (Page { items: Vec::new(), next: None }, Refusal::Invalid(p).to_string()),
        Err(other) => return Err(other.into()),
    };
    let people = app.gate.view(&actor, ListPeople).await?.into_inner();
    let people = people.into_iter().map(|p| (p.user.to_string(), p.name)).collect();
    page(&AuditPage { frame: Frame::of(&actor, "/audit"), page: found, filter, people, problem })
}

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage {
    frame: Frame,
    kind: String,
    id: String,
    versions: Vec<RecordVersion>,
}

pub(crate) async fn history(State(app): State<App>, Signed(actor): Signed, Path((kind, id)): Path<(String, String)>) -> Answer {
    let record = id.parse().map_err(|_| Refusal::NotFound)?;
    let versions = app.gate.view(&actor, ShowHistory { kind: kind.clone(), id: record }).await?.into_inner();
    page(&HistoryPage { frame: Frame::of(&actor, ""), kind, id, versions })
}
