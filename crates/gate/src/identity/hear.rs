//! The watcher of live updates, one in each process. It takes what was committed since its last round, ends the streams whose
//! session ended or whose person may see more or less now, and then asks which of the changed records are within each scope,
//! once for all who have the same one. While nothing is committed it reads no records.
use crate::passage::{
    actor::Actor,
    gate::Gate,
    listener::{Ending, LiveEvent},
    listeners::{Hearer, Look, Round},
    news::{Committed, MOST_AT_ONCE, News},
    read_tx::ReadTx,
    refusal::Refusal,
    seen::Seen,
};
use async_recursion::async_recursion as boxed;
use interpres_policy::{Action, Reach};
use interpres_store::{Row, Val, bind_list};
use interpres_types::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// Above this many news of a round, they are not gone through for each stream.
const MOST_NEWS: usize = 2_000;
/// Above this many records within a scope, its stream is sent that anything may have changed.
const MOST_TOLD: usize = 64;

/// Changed records by kind and id, each with the kinds of records that changed for it: nothing for the record itself.
type Changed<'a> = BTreeMap<&'a str, BTreeMap<&'a str, BTreeSet<Option<&'a str>>>>;

/// A question that all who have the same scope share.
#[derive(PartialEq)]
struct Alike {
    kind: &'static str,
    reach: Reach,
    teams: Vec<String>,
    facts: Vec<(&'static str, String)>,
    ids: Vec<String>,
}

/// An answer of this round.
struct Answered {
    alike: Alike,
    reached: Vec<String>,
}

impl Gate {
    /// Sends what was committed since the last round to all who listen in this process.
    ///
    /// # Errors
    /// A fault of the database; then the next round checks every session and sends that anything may have changed.
    #[boxed]
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
        let round = listeners.round(look, now);
        for id in listeners.to_look_at(&round, now) {
            // One that can't be looked at is ended, and keeps nobody else from being told.
            if self.look_at_listener(id, now).await.is_err() {
                listeners.close(id);
            }
        }
        let Round { commits, missed } = round;
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

    /// Ends a stream whose session has ended, or whose person may see more or less than when it began.
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
                listeners.tell(id, vec![LiveEvent::Over(Ending::Rights)], now);
            }
            Some(session) => {
                let until = session.stands_until(now);
                listeners.stands(id, session.actor, until);
            }
        }
        Ok(())
    }

    /// Ends a stream whose session is no longer valid under its token.
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
            None => listeners.tell(id, vec![LiveEvent::Over(Ending::Session)], now),
            // Step-up authentication gave it a new token, with which the page reconnects.
            Some(workspace) if workspace == before.workspace.to_string() => listeners.close(id),
            Some(_) => listeners.tell(id, vec![LiveEvent::Over(Ending::Rights)], now),
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
            let bell = unread.get(&user).copied().map(LiveEvent::Unread);
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

    /// What somebody is sent of these commits.
    pub(crate) async fn within_reach(
        &self,
        actor: &Actor,
        commits: &[&Committed],
        now: Instant,
    ) -> Result<Vec<LiveEvent>, Refusal> {
        self.reached(actor, commits, &mut Vec::new(), now).await
    }

    async fn reached(
        &self,
        actor: &Actor,
        commits: &[&Committed],
        known: &mut Vec<Answered>,
        now: Instant,
    ) -> Result<Vec<LiveEvent>, Refusal> {
        let news = || commits.iter().flat_map(|commit| &commit.news);
        if news().count() > MOST_NEWS || news().any(|news| *news == News::Many) {
            return Ok(vec![LiveEvent::Everything]);
        }
        let changed = changed(commits);
        if changed.values().map(BTreeMap::len).sum::<usize>() > MOST_AT_ONCE {
            return Ok(vec![LiveEvent::Everything]);
        }
        let mut told = Vec::new();
        for kind in &self.inner.kinds {
            let (Some(ids), Some(permission)) = (changed.get(kind.name), kind.told) else {
                continue;
            };
            let Ok(grant) = actor.permitted(Action::LiveListen, permission, now) else {
                continue;
            };
            // Those who see only their own are sent that alone: not that a rival declined, nor that staff left a remark.
            let shows = |changed: &Option<&str>| match *changed {
                None => true,
                Some(beside) => grant.reach > Reach::Own && self.shows_beside(actor, beside, now),
            };
            let seen = ids.iter().filter(|(_, changed)| changed.iter().any(shows));
            let ids = seen.map(|(id, _)| (*id).to_owned()).collect();
            let mut tx = self.read_tx(actor, grant, now);
            let reached = tx.among(kind.name, ids, known).await?;
            told.extend(reached.into_iter().map(|id| LiveEvent::Changed {
                kind: kind.name,
                id,
            }));
        }
        if told.len() > MOST_TOLD {
            return Ok(vec![LiveEvent::Everything]);
        }
        Ok(told)
    }

    /// Whether somebody sees records of this kind on the page of what they belong to.
    fn shows_beside(&self, actor: &Actor, kind: &str, now: Instant) -> bool {
        let kind = self.inner.kinds.iter().find(|known| known.name == kind);
        kind.and_then(|kind| kind.told_beside)
            .and_then(|by| actor.permitted(Action::LiveListen, by, now).ok())
            .is_some_and(|grant| grant.reach > Reach::Own)
    }

    /// The number of unread notices of those who listen and whose number changed.
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
        let users: Vec<Val> = unread.keys().map(Val::text).collect();
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
    /// Those of these records that are within the scope.
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

    /// The question which of these records are within the scope, with the facts of the actor that its SQL uses.
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
                .filter(|(fact, _)| matters(fact))
                .map(|(fact, id)| (*fact, id.clone()))
                .collect(),
            ids,
        }
    }
}

impl Actor {
    /// Whether they may see exactly what the earlier actor might.
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

/// The records that changed, each once with why.
fn changed<'a>(commits: &[&'a Committed]) -> Changed<'a> {
    let mut changed = Changed::new();
    for news in commits.iter().copied().flat_map(|commit| &commit.news) {
        if let News::Record { kind, id, beside } = news {
            let of_kind = changed.entry(kind.as_str()).or_default();
            let changes = of_kind.entry(id.as_str()).or_default();
            changes.insert(beside.as_deref());
        }
    }
    changed
}

/// What the server answered, parsed.
fn read(look: interpres_store::Look) -> Result<Look, Refusal> {
    let seen = Seen::on_server(&look.seen).ok_or_else(|| Refusal::fault("a snapshot"))?;
    let commit = |row: &Row| {
        Ok::<_, Refusal>(Committed {
            at: row.int("tx")?,
            workspace: row.text("workspace_id")?.to_owned(),
            // Another version may know news that this one does not.
            news: serde_json::from_str(row.text("body")?).unwrap_or_else(|_| vec![News::Many]),
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
