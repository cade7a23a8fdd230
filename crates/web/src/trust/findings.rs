//! What in the log asks for a look; watches and saved queries.
use crate::shared::filters;
use crate::{
    App,
    door::{Query, Signed},
    shared::{Answer, Frame, answered, page},
    trust::sentence::doer,
};
use askama::Template;
use axum::extract::State;
use interpres_compliance::{FindingView, ListFindings, ListWatches, Pattern, WatchView};
use interpres_types::Zone;

struct FindingRow {
    who: String,
    /// The entries of that person on that day, as the end of an address.
    entries: String,
    finding: FindingView,
}

#[derive(Template)]
#[template(path = "findings.html")]
struct FindingsPage {
    frame: Frame,
    lines: Vec<FindingRow>,
    next: Option<String>,
    filter: ListFindings,
    filtered: bool,
    chosen: String,
    patterns: &'static [Pattern],
    watches: Vec<WatchView>,
    zone: String,
    me: String,
    problem: String,
}

pub(crate) async fn list(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(filter): Query<ListFindings>,
) -> Answer {
    let (found, problem) = answered(app.gate.view(&actor, filter.clone()).await)?;
    let found = found.unwrap_or_default();
    let watches = app.gate.view(&actor, ListWatches).await?.into_inner();
    let zone = actor.zone();
    let fields = [
        ("state", filter.state.raw()),
        ("pattern", filter.pattern.raw()),
    ];
    let chosen = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let lines = found
        .items
        .into_iter()
        .map(|finding| line(&zone, finding))
        .collect();
    page(&FindingsPage {
        frame: Frame::of(&actor, "/audit"),
        lines,
        next: found.next,
        filtered: !(filter.state.is_blank() && filter.pattern.is_blank()),
        filter,
        chosen,
        patterns: Pattern::ALL,
        watches,
        zone: zone.to_string(),
        me: actor
            .user()
            .map(|user| user.to_string())
            .unwrap_or_default(),
        problem,
    })
}

fn line(zone: &Zone, finding: FindingView) -> FindingRow {
    let day = zone.wall_time(finding.hour).date.to_string();
    let mut pairs = vec![("from", day.clone()), ("to", day)];
    if finding.who_name.is_some() {
        pairs.push(("actor", finding.who.clone()));
    } else {
        pairs.push(("action", "session.open".to_owned()));
    }
    FindingRow {
        who: match finding.who.as_str() {
            "doorkeeper" => say::log_someone_at_sign_in().to_owned(),
            who => doer(who, finding.who_name.as_deref(), who).name,
        },
        entries: form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish(),
        finding,
    }
}
