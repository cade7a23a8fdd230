//! What a commit reports about itself: which records changed, by kind and id; whose notifications; whose rights; which
//! session ended. It holds no field of a record.
use crate::passage::{gate::Inner, record::RecordKind, refusal::Refusal};
use interpres_store::{Engine, Val, Write};
use interpres_types::Instant;
use serde::{Deserialize, Serialize};

/// Minutes for which news are kept for pages that reconnect.
pub(crate) const KEPT_MINUTES: i64 = 10;
/// Above this many changed records, a commit or a round says only that anything may have changed.
pub(crate) const MOST_AT_ONCE: usize = 200;

/// Kinds of records that decide what an actor may do.
const OF_RIGHTS: [&str; 5] = ["member", "role", "workspace", "agreement", "factor"];

/// Something that a commit changed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum News {
    /// A record. `beside` is the kind of the record that changed, where that one only belongs to this one.
    Record {
        kind: String,
        id: String,
        beside: Option<String>,
    },
    /// More records than are named.
    Many,
    /// A person's unread notifications.
    Bell { user: String },
    /// What a person may do; without a person, what everybody in the workspace may do.
    Rights { user: Option<String> },
    /// A session that ended, by its name in the log.
    Session { name: String },
}

/// The news of one commit.
#[derive(Clone, Debug)]
pub(crate) struct Committed {
    /// Its number in the order of commits.
    pub(crate) at: i64,
    pub(crate) workspace: String,
    pub(crate) news: Vec<News>,
}

/// The news of a saved record.
pub(crate) fn of_record(
    kinds: &[RecordKind],
    kind: &RecordKind,
    id: &str,
    values: &[Val],
) -> Vec<News> {
    let known = |name: &str| kinds.iter().find(|known| known.name == name);
    let told = |name: &str| known(name).is_some_and(|known| known.told.is_some());
    let belongs = known(kind.name).is_some_and(|known| known.told_beside.is_some());
    let columns = || {
        let texts = kind.columns.iter().zip(values);
        texts.filter_map(|(spec, value)| match value {
            Val::Text(text) => Some((spec.name, text.as_str())),
            _ => None,
        })
    };
    let user = || {
        columns()
            .find(|(column, _)| *column == "user_id")
            .map(|(_, user)| user.to_owned())
    };
    let record = |of: &str, id: &str, beside| News::Record {
        kind: of.to_owned(),
        id: id.to_owned(),
        beside,
    };
    let mut news: Vec<News> = columns()
        .filter_map(|(column, id)| Some((column.strip_suffix("_id")?, id)))
        .filter(|(of, _)| belongs && told(of))
        .map(|(of, id)| record(of, id, Some(kind.name.to_owned())))
        .collect();
    if told(kind.name) {
        news.push(record(kind.name, id, None));
    }
    if OF_RIGHTS.contains(&kind.name) {
        news.push(News::Rights { user: user() });
    }
    if kind.name == "notice" {
        news.extend(user().map(|user| News::Bell { user }));
    }
    news
}

/// The news of a commit in order, each once, and without the records where they are too many.
pub(crate) fn in_short(mut news: Vec<News>) -> Vec<News> {
    news.sort();
    news.dedup();
    let is_record = |news: &News| matches!(news, News::Record { .. });
    if news.iter().filter(|news| is_record(news)).count() > MOST_AT_ONCE {
        news.retain(|news| !is_record(news));
        news.push(News::Many);
    }
    news
}

impl Inner {
    /// What a command writes of its news: a row where several processes may run, nothing on the embedded engine.
    pub(crate) fn written_news(
        &self,
        workspace: &str,
        news: &[News],
        at: Instant,
    ) -> Result<Option<Write>, Refusal> {
        if news.is_empty() || self.db.engine() == Engine::Sqlite {
            return Ok(None);
        }
        let body = serde_json::to_string(news).map_err(Refusal::fault)?;
        Ok(self.db.news(at.micros(), workspace, body))
    }

    /// Takes in the news of a command that is on disk. On PostgreSQL this process reads them from the row, as others do.
    pub(crate) fn tell_of(&self, workspace: String, news: Vec<News>) {
        if !news.is_empty() && self.db.engine() == Engine::Sqlite {
            self.listeners.committed(workspace, news);
        }
    }
}
