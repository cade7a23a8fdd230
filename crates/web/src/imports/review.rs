//! Saying what a file means, and the review of it.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Query, Signed},
    shared::{
        Answer, Frame, Nothing, Pairs, Refused,
        filters::in_words,
        go, languages, page,
        paper::attachment,
        parts::Tab,
        picker::{self, Picker, Search},
    },
};
use askama::Template;
use axum::extract::State;
use interpres_accounts::{ListRoles, ListTeams};
use interpres_gate::{Actor, Permission};
use interpres_imports::{
    ImportKind, ImportState, LineOutcome, MapInput, MapValues, RejectedLines, ReviewImport,
    ReviewView, StartImport, UnknownValue,
};
use interpres_types::{Field, ImportId};
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
            ImportState::Review => "Review the file",
            ImportState::Running => "Importing",
            ImportState::Done => "Import finished",
        }
    }
    /// How many rows have each outcome, once there is any.
    fn outcomes(&self) -> Vec<(LineOutcome, i64)> {
        if self.open {
            return Vec::new();
        }
        let count = |outcome: &LineOutcome| {
            let n = self.r.outcomes.get(outcome.word()).copied();
            n.filter(|n| *n > 0).map(|n| (*outcome, n))
        };
        LineOutcome::ALL.iter().filter_map(count).collect()
    }
    /// Which rows stand on the page.
    fn told(&self) -> String {
        match (self.r.items.first(), self.r.items.last()) {
            (Some(first), Some(last)) if first.number != last.number => {
                format!("Rows {}–{} of the file", first.number, last.number)
            }
            (Some(one), _) => format!("Row {} of the file", one.number),
            _ => "No rows".to_owned(),
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
        match field {
            Some(field) => format!("{}{}", in_words(field), &problem[field.len()..]),
            None => problem.to_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    frame: Frame,
    r: ReviewView,
    strangers: Vec<Stranger>,
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
    choices: Picker,
}

pub(crate) async fn review(
    State(app): State<App>,
    Signed(actor): Signed,
    Path(id): Path<ImportId>,
    Query(which): Query<Which>,
) -> Answer {
    page(&import_page(&app, &actor, id, which, &[]).await?)
}

/// The same page, looking for the customers that values of the file mean; what was mapped so far stays.
pub(crate) async fn look_for_customers(
    State(app): State<App>,
    Path(id): Path<ImportId>,
    Posted(actor, typed): Posted<Pairs>,
) -> Answer {
    page(&import_page(&app, &actor, id, Which::default(), &typed).await?)
}

async fn import_page(
    app: &App,
    actor: &Actor,
    id: ImportId,
    which: Which,
    typed: &[(String, String)],
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
    let of = |name: String| {
        typed
            .iter()
            .rfind(|(n, _)| *n == name)
            .map(|(_, value)| value.clone())
    };
    for column in &mut r.columns {
        column.field =
            of(format!("column|{}", column.column)).unwrap_or_else(|| column.field.clone());
    }
    let unknown = std::mem::take(&mut r.unknown);
    let lists = if unknown.is_empty() {
        Lists::default()
    } else {
        lists(app, actor).await?
    };
    let mut strangers = Vec::new();
    for value in unknown {
        let chosen = of(format!("value|{}", value.key))
            .or_else(|| value.suggestion.clone())
            .unwrap_or_default();
        let choices = match value.field.as_str() {
            "customer" => {
                let find = of(format!("find|{}", value.key)).unwrap_or_default();
                if find.is_empty() {
                    lists.customers.with(&chosen)
                } else {
                    picker::customers(
                        app,
                        actor,
                        &chosen,
                        Search {
                            find,
                            after: String::new(),
                        },
                    )
                    .await?
                }
            }
            "team" | "teams" => Picker {
                chosen,
                choices: lists.teams.clone(),
                ..Picker::default()
            },
            "role" => Picker {
                chosen,
                choices: lists.roles.clone(),
                ..Picker::default()
            },
            _ => {
                let mut choices = lists.languages.clone();
                // A rare one may be suggested that is not among those that are offered.
                if !chosen.is_empty() && choices.iter().all(|(name, _)| *name != chosen) {
                    choices.insert(0, (chosen.clone(), chosen.clone()));
                }
                Picker {
                    chosen,
                    choices,
                    ..Picker::default()
                }
            }
        };
        strangers.push(Stranger { value, choices });
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
        tab("All rows", "", !only_bad, r.total),
        tab("Left out", "?only=bad", only_bad, r.bad),
    ]
}

/// What a stranger may mean.
#[derive(Default)]
struct Lists {
    languages: Pairs,
    teams: Pairs,
    customers: Picker,
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
        languages: languages(actor).into_iter().map(twice).collect(),
        teams: app
            .gate
            .view(actor, ListTeams)
            .await?
            .into_inner()
            .into_iter()
            .filter(|t| t.own)
            .map(|t| twice(t.name))
            .collect(),
        customers: picker::customers(app, actor, "", Search::default()).await?,
        roles: roles.into_iter().map(|r| twice(r.name)).collect(),
    })
}

pub(crate) async fn map(
    State(app): State<App>,
    Path(import): Path<ImportId>,
    Posted(actor, pairs): Posted<Pairs>,
) -> Answer {
    let mut input = MapInput::default();
    for (name, value) in pairs {
        match name.split_once('|') {
            // A column in a clash that nobody answered for.
            Some(("column", _)) if value == UNSAID => {}
            Some(("column", column)) => drop(input.columns.insert(column.to_owned(), value.into())),
            Some(("value", key)) => drop(input.values.insert(key.to_owned(), value.into())),
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
