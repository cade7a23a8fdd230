//! Saying what a file means, and the review of it.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Query, Signed},
    shared::{
        Answer, Frame, Nothing, Pairs, Refused,
        filters::in_words,
        go, page,
        paper::attachment,
        parts::Tab,
        pick::{self, Of, Pick},
        with_status,
    },
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::{ListRoles, ListTeams};
use interpres_gate::{Actor, Permission};
use interpres_imports::{
    ImportKind, ImportState, LineOutcome, MapInput, MapValues, RejectedLines, ReviewImport,
    ReviewView, StartImport, UnknownValue,
};
use interpres_types::{Field, ImportId, Problems};
use serde::Deserialize;

/// What stands for a column of which nobody has said yet which field it is.
const UNSAID: &str = "?";

impl ImportPage {
    /// Whether this column is one of several that could be the same field.
    fn clashes(&self, column: &str) -> bool {
        self.r
            .clashes
            .iter()
            .any(|clash| clash.columns.iter().any(|c| c == column))
    }
    fn title(&self) -> &'static str {
        match self.r.state {
            ImportState::Review => say::review_the_file(),
            ImportState::Running => say::import_running(),
            ImportState::Done => say::import_finished(),
        }
    }
    /// How many rows have each outcome, once there is any.
    fn outcomes(&self) -> Vec<(LineOutcome, String)> {
        if self.open {
            return Vec::new();
        }
        let count = |outcome: &LineOutcome| {
            let n = self.r.outcomes.get(outcome.word()).copied();
            n.filter(|n| *n > 0)
                .map(|n| (*outcome, so_many(*outcome, n)))
        };
        LineOutcome::ALL.iter().filter_map(count).collect()
    }
    /// Which rows stand on the page.
    fn told(&self) -> String {
        match (self.r.items.first(), self.r.items.last()) {
            (Some(first), Some(last)) if first.number != last.number => {
                say::rows_shown(first.number, last.number)
            }
            (Some(one), _) => say::row_shown(one.number),
            _ => say::rows_none().to_owned(),
        }
    }
    /// The address of these rows, with something behind the question mark.
    fn at(&self, more: &str) -> String {
        let only = if self.only_bad { "only=bad" } else { "" };
        let query = [only, more].into_iter().filter(|part| !part.is_empty());
        let query = query.collect::<Vec<_>>().join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/imports/{}{mark}{query}", self.r.id)
    }
    fn at_row(&self, after: &i64) -> String {
        self.at(&format!("after={after}"))
    }
    /// What is wrong with a row, with its field in words.
    fn reason(&self, problem: &str) -> String {
        let field = self
            .r
            .fields
            .iter()
            .filter(|field| problem.starts_with(&format!("{field} ")))
            .max_by_key(|field| field.len());
        // What is wrong with the row as a whole is told of it as of a field.
        let field = field
            .map(String::as_str)
            .or_else(|| problem.starts_with("row ").then_some("row"));
        match field.and_then(|field| Some((field, problem.strip_prefix(field)?))) {
            Some((field, rule)) => say::problem_line(
                say::overheard(&in_words(field)),
                say::overheard(rule.trim_start()),
            ),
            None => begun(&say::overheard(problem)),
        }
    }
}

/// How many rows have this outcome.
fn so_many(outcome: LineOutcome, n: i64) -> String {
    match outcome {
        LineOutcome::Waiting => say::import_waiting(n),
        LineOutcome::Added => say::import_added(n),
        LineOutcome::Updated => say::import_updated(n),
        LineOutcome::Unchanged => say::import_unchanged(n),
        LineOutcome::Rejected => say::import_rejected(n),
    }
}

/// The same with a capital letter.
fn begun(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    frame: Frame,
    r: ReviewView,
    strangers: Vec<Stranger>,
    problems: Problems,
    open: bool,
    running: bool,
    unmapped: bool,
    only_bad: bool,
    /// Whether rows stand before those of this page.
    begun: bool,
    done: i64,
    tabs: Vec<Tab>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    after: Field,
    only: Field,
}

/// A value of the file that matches nothing, with what it may mean.
struct Stranger {
    value: UnknownValue,
    means: Means,
}

/// How it is said what a value means.
enum Means {
    /// One of thousands.
    Picked(Pick),
    /// One of a few, and which is chosen.
    Listed(Pairs, String),
}

/// What the form calls a value of the file.
fn called(value: &str) -> String {
    format!("value|{value}")
}

/// What a field of the file is chosen of, where that is of thousands.
fn of_thousands(field: &str) -> Option<Of> {
    match field {
        "customer" => Some(Of::Customers),
        "language" | "languages" => Some(Of::Languages),
        _ => None,
    }
}

pub(crate) async fn review(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<ImportId>,
    Query(which): Query<Which>,
) -> Answer {
    page(&import_page(&app, &actor, id, which, &mut Pairs::new()).await?)
}

async fn import_page(
    app: &App,
    actor: &Actor,
    id: ImportId,
    which: Which,
    typed: &mut Pairs,
) -> Result<ImportPage, Refused> {
    let (only_bad, begun) = (which.only.raw() == "bad", !which.after.is_blank());
    let mut r = app
        .gate
        .view(
            actor,
            ReviewImport {
                id,
                after: which.after,
                only: which.only,
            },
        )
        .await?
        .into_inner();
    for column in &mut r.columns {
        column.field = typed_last(typed, &format!("column|{}", column.column))
            .unwrap_or_else(|| column.field.clone());
    }
    let unknown = std::mem::take(&mut r.unknown);
    let lists = if unknown.is_empty() {
        Lists::default()
    } else {
        lists(app, actor).await?
    };
    let (mut strangers, mut problems) = (Vec::new(), Problems::none());
    for value in unknown {
        let name = called(&value.key);
        let said = typed_last(typed, &name);
        let means = match (of_thousands(&value.field), said) {
            (Some(of), Some(_)) => {
                Means::Picked(pick::one(app, actor, typed, &name, of, &mut problems).await?)
            }
            (Some(of), None) => {
                let suggested = value.suggestion.as_deref().unwrap_or_default();
                Means::Picked(Pick::from_stored(app, actor, name, of, suggested).await?)
            }
            (None, said) => {
                let choices = match value.field.as_str() {
                    "role" => &lists.roles,
                    _ => &lists.teams,
                };
                let chosen = said.or_else(|| value.suggestion.clone());
                Means::Listed(choices.clone(), chosen.unwrap_or_default())
            }
        };
        strangers.push(Stranger { value, means });
    }
    let waiting = r.outcomes.get("waiting").copied().unwrap_or(0);
    Ok(ImportPage {
        frame: Frame::of(actor, "/imports"),
        open: r.state == ImportState::Review,
        running: r.state == ImportState::Running,
        unmapped: r.columns.iter().any(|c| c.field.is_empty())
            || !r.clashes.is_empty()
            || !strangers.is_empty() && r.kind == ImportKind::Customers,
        done: r.total - waiting,
        tabs: tabs(&r, only_bad),
        only_bad,
        begun,
        strangers,
        problems,
        r,
    })
}

/// All rows, and those that are left out.
fn tabs(r: &ReviewView, only_bad: bool) -> Vec<Tab> {
    let tab = |name: &str, more: &str, current, count| Tab {
        name: name.to_owned(),
        path: format!("/imports/{}{more}", r.id),
        current,
        count: Some(count),
    };
    vec![
        tab(say::all_rows(), "", !only_bad, r.total),
        tab(say::left_out(), "?only=bad", only_bad, r.bad),
    ]
}

fn typed_last(typed: &[(String, String)], name: &str) -> Option<String> {
    typed
        .iter()
        .rfind(|(n, _)| n == name)
        .map(|(_, value)| value.clone())
}

/// What a stranger may mean.
#[derive(Default)]
struct Lists {
    teams: Pairs,
    roles: Pairs,
}

async fn lists(app: &App, actor: &Actor) -> Result<Lists, Refused> {
    let twice = |name: String| (name.clone(), name);
    let roles = if actor.may(Permission::ViewMembers) {
        app.gate.view(actor, ListRoles).await?.into_inner()
    } else {
        Vec::new()
    };
    Ok(Lists {
        teams: app
            .gate
            .view(actor, ListTeams)
            .await?
            .into_inner()
            .into_iter()
            .filter(|t| t.own)
            .map(|t| twice(t.name))
            .collect(),
        roles: roles.into_iter().map(|r| twice(r.name)).collect(),
    })
}

/// Settles what values of the file mean, and tells whether some of it is open.
async fn is_open(app: &App, actor: &Actor, pairs: &mut Pairs) -> Result<bool, Refused> {
    let fields: Vec<(String, Of)> = pairs
        .iter()
        .filter(|(name, _)| !pick::is_beside(name))
        .filter_map(|(name, _)| {
            let (field, _) = name.strip_prefix("value|")?.split_once('|')?;
            Some((name.clone(), of_thousands(field)?))
        })
        .collect();
    let mut problems = Problems::none();
    for (name, of) in fields {
        pick::one(app, actor, pairs, &name, of, &mut problems).await?;
    }
    Ok(!problems.is_empty())
}

pub(crate) async fn map(
    State(app): State<App>,
    Path(import): Path<ImportId>,
    Posted(actor, mut pairs): Posted<Pairs>,
) -> Answer {
    let mut typed = pairs.clone();
    if is_open(&app, &actor, &mut pairs).await? {
        let again = import_page(&app, &actor, import, Which::default(), &mut typed).await?;
        return with_status(StatusCode::UNPROCESSABLE_ENTITY, &again);
    }
    let mut input = MapInput::default();
    for (name, value) in pairs {
        match name.split_once('|') {
            // A column in a clash that nobody answered for.
            Some(("column", _)) if value == UNSAID => {}
            Some(("column", column)) => drop(input.columns.insert(column.to_owned(), value.into())),
            Some(("value", key)) if !pick::is_beside(key) => {
                drop(input.values.insert(key.to_owned(), value.into()))
            }
            _ => {}
        }
    }
    app.gate
        .perform(&actor, MapValues { import, input })
        .await?;
    go(format!("/imports/{import}"))
}

pub(crate) async fn start(
    State(app): State<App>,
    Path(id): Path<ImportId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, StartImport(id)).await?;
    go(format!("/imports/{id}"))
}

pub(crate) async fn rejected(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<ImportId>,
) -> Answer {
    let file = app.gate.view(&actor, RejectedLines(id)).await?.into_inner();
    Ok(attachment(
        "text/csv; charset=utf-8",
        &file.name,
        file.csv.into_bytes(),
    ))
}
