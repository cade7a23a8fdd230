//! One act on several rows of a list: each by a command of its own, and each with its own outcome.
use super::{Answer, Frame, OwnPath, Refused, filters, go, page, problem_lines};
use crate::App;
use askama::Template;
use interpres_gate::{Action, Actor, Command, Refusal};
use serde::Deserialize;
use std::str::FromStr;

/// The rows that were ticked, and where the list is.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Picked {
    /// Of each its id, and behind a space what it was called in the list.
    pick: Vec<String>,
    back: OwnPath,
}

/// As many as the longest page holds.
const MOST: usize = 200;

/// What is done to each row, in words.
pub(crate) struct Doing {
    /// "Approve vouchers".
    pub(crate) heading: &'static str,
    /// "Approved".
    pub(crate) done: &'static str,
    /// The place of the navigation.
    pub(crate) here: &'static str,
    /// Where the page of each row is, below this address; nothing where they have none.
    pub(crate) page: Option<&'static str>,
}

/// What came of one row.
struct Outcome {
    name: String,
    path: Option<String>,
    /// What was done; empty where nothing was.
    done: String,
    /// Why nothing was done; empty where it was.
    why: String,
}

#[derive(Template)]
#[template(path = "many.html")]
struct ManyPage<'d> {
    frame: Frame,
    doing: &'d Doing,
    outcomes: Vec<Outcome>,
    back: OwnPath,
}

impl ManyPage<'_> {
    fn done(&self) -> usize {
        let done = self.outcomes.iter().filter(|one| one.why.is_empty());
        done.count()
    }
}

/// A row that was ticked.
struct Row<'p, I> {
    id: I,
    /// Its id as it was sent.
    text: &'p str,
    /// What it is called.
    name: &'p str,
}

fn row<I: FromStr>(picked: &str) -> Option<Row<'_, I>> {
    let (text, name) = picked.split_once(' ')?;
    let id = text.parse().ok()?;
    Some(Row { id, text, name })
}

impl Picked {
    pub(crate) fn new(pick: Vec<String>, back: OwnPath) -> Self {
        Self { pick, back }
    }

    fn fits(&self) -> Result<(), Refusal> {
        if self.pick.len() > MOST {
            return Err(Refusal::invalid("rows", "must be 200 or fewer at a time"));
        }
        Ok(())
    }

    /// Does it to each row. What one row is refused says nothing of the others, and is told beside it.
    pub(crate) async fn each<I, C>(
        self,
        app: &App,
        actor: &Actor,
        doing: &Doing,
        make: impl Fn(I) -> C,
    ) -> Answer
    where
        I: FromStr,
        C: Command,
    {
        let done = |_: &C::Outcome| doing.done.to_owned();
        self.each_told(app, actor, doing, make, done).await
    }

    /// As [`Picked::each`], where what was done is not the same for all rows.
    pub(crate) async fn each_told<I, C>(
        self,
        app: &App,
        actor: &Actor,
        doing: &Doing,
        make: impl Fn(I) -> C,
        done: impl Fn(&C::Outcome) -> String,
    ) -> Answer
    where
        I: FromStr,
        C: Command,
    {
        self.fits()?;
        app.gate.may_begin::<C>(actor).await?;
        if self.pick.is_empty() {
            return go(self.back);
        }
        let Some(rows) = self.pick.iter().map(|picked| row(picked)).collect() else {
            return Err(Refusal::invalid("rows", "must be ticked rows of the list").into());
        };
        let rows: Vec<Row<'_, I>> = rows;
        let mut outcomes = Vec::with_capacity(rows.len());
        for Row { id, name, text } in rows {
            let (done, why) = match app.gate.perform(actor, make(id)).await {
                Ok(outcome) => (done(&outcome), String::new()),
                Err(refusal) => (String::new(), why(refusal)?),
            };
            outcomes.push(Outcome {
                name: name.to_owned(),
                path: doing.page.map(|page| format!("{page}/{text}")),
                done,
                why,
            });
        }
        page(&ManyPage {
            frame: Frame::of(actor, doing.here),
            doing,
            outcomes,
            back: self.back,
        })
    }

    /// To the file of these rows alone.
    pub(crate) fn export(self, path: &str) -> Answer {
        self.fits()?;
        let ids: Vec<&str> = self
            .pick
            .iter()
            .filter_map(|picked| picked.split(' ').next())
            .collect();
        if ids.is_empty() {
            return go(self.back);
        }
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("ids", &ids.join(","))
            .finish();
        go(format!("{path}/export?{query}"))
    }
}

/// Why a row was refused. What asks for a proof first is asked once, before anything is told.
fn why(refusal: Refusal) -> Result<String, Refused> {
    match refusal {
        Refusal::Ask(_) => Err(refusal.into()),
        Refusal::Invalid(problems) => Ok(problem_lines(&problems).join("; ")),
        Refusal::Conflict(conflict) => Ok(say::overheard(&conflict.message).into_owned()),
        other => Ok(say::overheard(&other.to_string()).into_owned()),
    }
}

/// Whether somebody may take a list away as a file by this act.
pub(crate) fn may_export(actor: &Actor, action: Action) -> bool {
    actor.exports() && actor.may(action.permission())
}
