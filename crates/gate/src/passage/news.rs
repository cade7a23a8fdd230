//! What a commit tells of itself: which records changed, by kind and id; whose bell; whose rights; which session ended.
//! Nothing that was saved is among it.
use crate::passage::{gate::Inner, record::RecordKind, refusal::Refusal};
use interpres_store::{Engine, Val, Write};
use interpres_types::Instant;
use serde::{Deserialize, Serialize};

/// For so long news are kept for those who come back.
pub(crate) const KEPT_MINUTES: i64 = 10;

/// Records by which an actor is what they are.
const OF_RIGHTS: [&str; 5] = ["member", "role", "workspace", "agreement", "factor"];

/// Something that a commit changed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum News {
    /// A record; or what stands beside one, of which those who see only their own are not told.
    Record {
        kind: String,
        id: String,
        beside: bool,
    },
    /// A person's bell.
    Bell { user: String },
    /// What a person may do; what everybody in the workspace may do, where nobody is named.
    Rights { user: Option<String> },
    /// A session, by the name that the log has for it.
    Session { name: String },
}

/// What one commit told.
#[derive(Clone, Debug)]
pub(crate) struct Committed {
    /// Its number among all.
    pub(crate) at: i64,
    pub(crate) workspace: String,
    pub(crate) news: Vec<News>,
}

/// What saving a record tells.
pub(crate) fn of_record(
    kinds: &[RecordKind],
    kind: &RecordKind,
    id: &str,
    values: &[Val],
) -> Vec<News> {
    let told = |name: &str| kinds.iter().any(|k| k.name == name && k.told.is_some());
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
    let record = |kind: &str, id: &str, beside| News::Record {
        kind: kind.to_owned(),
        id: id.to_owned(),
        beside,
    };
    let mut news: Vec<News> = columns()
        .filter_map(|(column, id)| Some((column.strip_suffix("_id")?, id)))
        .filter(|(of, _)| told(of))
        .map(|(of, id)| record(of, id, true))
        .collect();
    if told(kind.name) {
        news.push(record(kind.name, id, false));
    }
    if OF_RIGHTS.contains(&kind.name) {
        news.push(News::Rights { user: user() });
    }
    if kind.name == "notice" {
        news.extend(user().map(|user| News::Bell { user }));
    }
    news
}

impl Inner {
    /// What a command writes of its news: a row where other processes read them, nothing where there are none.
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

    /// What a command changed is on disk. Where other processes read its row, so does this one.
    pub(crate) fn tell_of(&self, workspace: String, news: Vec<News>) {
        if !news.is_empty() && self.db.engine() == Engine::Sqlite {
            self.listeners.committed(workspace, news);
        }
    }
}
