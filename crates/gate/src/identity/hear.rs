//! Telling those who listen. One watcher in each process takes what was committed since it looked last; first it ends those
//! whose session ended or who may see more or less now, then it asks, once for all who reach equally far, what of it is
//! within their reach at this moment. While nothing is committed nobody's rows are read.
use crate::passage::{
    actor::Actor,
    gate::Gate,
    listener::{Ending, Told},
    listeners::{Hearer, Look, Round},
    news::{Committed, News},
    read_tx::ReadTx,
    refusal::Refusal,
    seen::Seen,
};
use interpres_policy::{Action, Reach};
use interpres_store::{Row, Val, bind_list};
use interpres_types::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// More records at once are told of as "anything may have changed".
const MOST_AT_ONCE: usize = 200;
/// That many news are not even gone through for it.
const MOST_NEWS: usize = 2_000;

/// Changed records by kind: each id, and whether the record itself changed or only what stands beside it.
type Changed<'a> = BTreeMap<&'a str, BTreeMap<&'a str, bool>>;

/// A question that all who reach equally far have in common, so that it is asked once for them.
#[derive(PartialEq)]
struct Alike {
    kind: &'static str,
    reach: Reach,
    teams: Vec<String>,
    facts: Vec<(&'static str, String)>,
    ids: Vec<String>,
}

/// What was answered in a round.
struct Answered {
    alike: Alike,
    reached: Vec<String>,
}

impl Gate {
    /// Tells those who listen in this process what was committed since.
    ///
    /// # Errors
    /// A fault of the database; then everybody is told later that anything may have changed.
    pub async fn hear(&self) -> Result<(), Refusal> {
        let heard = self.tell_round().await;
        if heard.is_err() {
            self.inner.listeners.miss();
        }
        heard
    }

    async fn tell_round(&self) -> Result<(), Refusal> {
        let (listeners, now) = (&self.inner.listeners, self.now());
        let before = listeners.text();
        let look = self.inner.db.news_since(before.as_deref()).await?;
        let look = look.map(read).transpose()?;
        let Round { commits, missed } = listeners.round(look, now);
        for id in listeners.to_look_at(&commits, now) {
            self.look_at_listener(id, now).await?;
        }
        if missed {
            listeners.tell_all(now);
        }
        let mut by_workspace: BTreeMap<&str, Vec<&Committed>> = BTreeMap::new();
        for commit in &commits {
            let of = by_workspace.entry(&commit.workspace).or_default();
            of.push(commit);
        }
        for (workspace, commits) in by_workspace {
            let hearers = listeners.in_workspace(workspace);
            self.tell_workspace(workspace, hearers, &commits, now)
                .await?;
        }
        listeners.beat(now);
        Ok(())
    }

    /// Ends a listener whose session has ended, or who may see more or less than when they began.
    async fn look_at_listener(&self, id: u64, now: Instant) -> Result<(), Refusal> {
        let listeners = &self.inner.listeners;
        let found = listeners.of(id, |one| (one.hash.clone(), one.actor.clone()));
        let Some((hash, before)) = found else {
            return Ok(());
        };
        let session = self
            .look_at_session(&hash, before.origin.clone(), now)
            .await?;
        match session {
            None => self.end_listener(id, &hash, &before, now).await?,
            Some(session) if !session.actor.sees_as(&before) => {
                listeners.tell(id, vec![Told::Over(Ending::Rights)], now);
            }
            Some(session) => {
                let until = session.stands_until(now);
                listeners.stands(id, session.actor, until);
            }
        }
        Ok(())
    }

    /// Ends a listener whose session is not there any more under the token they came with.
    async fn end_listener(
        &self,
        id: u64,
        hash: &[u8],
        before: &Actor,
        now: Instant,
    ) -> Result<(), Refusal> {
        let sql =
            "select workspace_id from session where id = $1 and user_id = $2 and token_hash <> $3";
        let args = [
            before.session().unwrap_or_default().into(),
            Val::text(before.user.map(|user| user.to_string()).unwrap_or_default()),
            hash.to_vec().into(),
        ];
        let rows = self.inner.db.reader().await?.rows(sql, &args).await?;
        let listeners = &self.inner.listeners;
        match rows
            .first()
            .map(|row| row.text("workspace_id"))
            .transpose()?
        {
            None => listeners.tell(id, vec![Told::Over(Ending::Session)], now),
            // It has a new token, because it was proved once more: the page comes back with that.
            Some(workspace) if workspace == before.workspace.to_string() => listeners.close(id),
            Some(_) => listeners.tell(id, vec![Told::Over(Ending::Rights)], now),
        }
        Ok(())
    }

    async fn tell_workspace(
        &self,
        workspace: &str,
        hearers: Vec<Hearer>,
        commits: &[&Committed],
        now: Instant,
    ) -> Result<(), Refusal> {
        let unread = self.unread(workspace, &hearers, commits).await?;
        let mut known = Vec::new();
        for Hearer { id, actor, seen } in hearers {
            let user = actor.user.map(|user| user.to_string()).unwrap_or_default();
            let bell = unread.get(&user).copied().map(Told::Unread);
            let news: Vec<_> = commits
                .iter()
                .copied()
                .filter(|commit| !seen.holds(commit.at))
                .collect();
            let mut told = self.reached(&actor, &news, &mut known, now).await?;
            told.extend(bell);
            if !told.is_empty() {
                self.inner.listeners.tell(id, told, now);
            }
        }
        Ok(())
    }

    /// What somebody is told of these commits.
    pub(crate) async fn within_reach(
        &self,
        actor: &Actor,
        commits: &[&Committed],
        now: Instant,
    ) -> Result<Vec<Told>, Refusal> {
        self.reached(actor, commits, &mut Vec::new(), now).await
    }

    async fn reached(
        &self,
        actor: &Actor,
        commits: &[&Committed],
        known: &mut Vec<Answered>,
        now: Instant,
    ) -> Result<Vec<Told>, Refusal> {
        let news: usize = commits.iter().map(|commit| commit.news.len()).sum();
        if news > MOST_NEWS {
            return Ok(vec![Told::Everything]);
        }
        let changed = changed(commits);
        if changed.values().map(BTreeMap::len).sum::<usize>() > MOST_AT_ONCE {
            return Ok(vec![Told::Everything]);
        }
        let mut told = Vec::new();
        for kind in &self.inner.kinds {
            let (Some(ids), Some(permission)) = (changed.get(kind.name), kind.told) else {
                continue;
            };
            let Ok(grant) = actor.permitted(Action::LiveListen, permission, now) else {
                continue;
            };
            // Those who see only their own are told of that alone, and not of what others do beside it.
            let told_of = ids
                .iter()
                .filter(|(_, itself)| grant.reach > Reach::Own || **itself);
            let ids = told_of.map(|(id, _)| (*id).to_owned()).collect();
            let mut tx = self.read_tx(actor, grant, now);
            let reached = tx.among(kind.name, ids, known).await?;
            told.extend(reached.into_iter().map(|id| Told::Changed {
                kind: kind.name,
                id,
            }));
        }
        Ok(told)
    }

    /// How many notices wait for those who listen and whose bell changed.
    async fn unread(
        &self,
        workspace: &str,
        hearers: &[Hearer],
        commits: &[&Committed],
    ) -> Result<BTreeMap<String, i64>, Refusal> {
        let rung: BTreeSet<&str> = commits
            .iter()
            .flat_map(|commit| &commit.news)
            .filter_map(|news| match news {
                News::Bell { user } => Some(user.as_str()),
                _ => None,
            })
            .collect();
        let users = hearers.iter().filter_map(|hearer| hearer.actor.user);
        let mut unread: BTreeMap<String, i64> = users
            .map(|user| user.to_string())
            .filter(|user| rung.contains(user.as_str()))
            .map(|user| (user, 0))
            .collect();
        let users: Vec<Val> = unread.keys().map(|user| Val::text(user)).collect();
        for some in users.chunks(64) {
            let mut args: Vec<Val> = vec![workspace.into()];
            let list = bind_list(&mut args, some.to_vec());
            let sql = format!(
                "select user_id, count(*) as unread from notice_row where workspace_id = $1 and read_at is null and user_id in ({list}) group by user_id"
            );
            self.inner.note_plan(&sql, &args);
            let mut reader = self.inner.db.reader().await?;
            for row in reader.rows(&sql, &args).await? {
                unread.insert(row.text("user_id")?.to_owned(), row.int("unread")?);
            }
        }
        Ok(unread)
    }
}

impl ReadTx {
    /// Which of these records are within the scope.
    async fn among(
        &mut self,
        kind: &'static str,
        ids: Vec<String>,
        known: &mut Vec<Answered>,
    ) -> Result<Vec<String>, Refusal> {
        let alike = self.alike(kind, ids);
        if let Some(answered) = known.iter().find(|answered| answered.alike == alike) {
            return Ok(answered.reached.clone());
        }
        let mut reached = Vec::new();
        for some in alike.ids.chunks(64) {
            let mut args: Vec<Val> = Vec::new();
            let list = bind_list(&mut args, some.iter().map(|id| id.clone().into()).collect());
            let sql = format!("select id from {kind} where id in ({list})");
            for row in self.rows(&sql, args).await? {
                reached.push(row.text("id")?.to_owned());
            }
        }
        known.push(Answered {
            alike,
            reached: reached.clone(),
        });
        Ok(reached)
    }

    /// The question whether these records are within the scope, with nothing of who asks that does not matter to it.
    fn alike(&self, kind: &'static str, ids: Vec<String>) -> Alike {
        let name = self.inner.names.iter().find(|name| name.name == kind);
        let rows = name.map_or("", |name| match self.scope.reach {
            Reach::All => name.all,
            Reach::Team => name.team,
            Reach::Own | Reach::None => name.own,
        });
        let matters = |fact: &&str| rows.contains(&format!("{{{fact}}}"));
        let facts = self.scope.facts.iter();
        Alike {
            kind,
            reach: self.scope.reach,
            teams: self.scope.teams.clone(),
            facts: facts
                .filter(|(fact, _)| matters(*fact))
                .map(|(fact, id)| (*fact, id.clone()))
                .collect(),
            ids,
        }
    }
}

impl Actor {
    /// Whether the same is there for them as for the actor of before, and opens as far.
    fn sees_as(&self, before: &Self) -> bool {
        self.workspace == before.workspace
            && self.user == before.user
            && self.rights == before.rights
            && self.standing() == before.standing()
            && self.assurance.terms == before.assurance.terms
            && self.via == before.via
            && (self.hipaa, self.withheld, self.may_export)
                == (before.hipaa, before.withheld, before.may_export)
    }
}

/// The records that changed, each once.
fn changed<'a>(commits: &[&'a Committed]) -> Changed<'a> {
    let mut changed = Changed::new();
    for news in commits.iter().copied().flat_map(|commit| &commit.news) {
        if let News::Record { kind, id, beside } = news {
            let of_kind = changed.entry(kind.as_str()).or_default();
            let itself = of_kind.entry(id.as_str()).or_default();
            *itself |= !beside;
        }
    }
    changed
}

/// What the server told, read.
fn read(look: interpres_store::Look) -> Result<Look, Refusal> {
    let seen = Seen::on_server(&look.seen).ok_or_else(|| Refusal::fault("a snapshot"))?;
    let commit = |row: &Row| {
        Ok::<_, Refusal>(Committed {
            at: row.int("tx")?,
            workspace: row.text("workspace_id")?.to_owned(),
            news: serde_json::from_str(row.text("body")?).map_err(Refusal::fault)?,
        })
    };
    Ok(Look {
        text: look.seen,
        seen,
        commits: look
            .rows
            .iter()
            .map(commit)
            .collect::<Result<_, Refusal>>()?,
    })
}
