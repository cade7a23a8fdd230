use crate::{
    Actor, JobKind, KeyRing, Reaction, ReadTx, RecordKind, Refusal, WriteTx,
    asked::{Asked, Told},
    entry::{Frame, Touched, entry_id},
    names::NameIndex,
    once::OneCommand,
    read_tx::Lane,
    watch::Watch,
};
use async_trait::async_trait;
use interpres_audit_log::Outcome;
use interpres_policy::{Action, ActionKind, Grant, Permission};
use interpres_store::{Database, Scoped, Val};
use interpres_types::Instant;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// What time it is: the server's clock, or a settable one in tests.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// Something a user asks to see. Its answer is found by code that is compiled in the room that says what the
/// question is, not in each that asks it: hence [`async_trait`].
#[async_trait]
pub trait Query: Sized + Send {
    /// What it is called in the log.
    const ACTION: Action;
    /// What the policy is asked.
    const PERMISSION: Permission;
    /// What is shown. A view that holds a `Phi` does not compile.
    type View: Serialize + Send + 'static;
    /// Finds the answer.
    async fn answer(self, tx: &mut ReadTx) -> Result<Self::View, Refusal>;
}

/// Something a user asks to have done. As a [`Query`], it is compiled where it is written.
#[async_trait]
pub trait Command: Sized + Send + 'static {
    /// What it is called in the log.
    const ACTION: Action;
    /// What the policy is asked.
    const PERMISSION: Permission;
    /// What it tells: ids and plain facts, because it may be kept and told again.
    type Outcome: Serialize + DeserializeOwned + Send + 'static;
    /// What takes too long for a turn, in which others wait: it is done before one, with what can be read, and refuses nothing.
    async fn prepare(&mut self, _tx: &mut ReadTx) -> Result<(), Refusal> {
        Ok(())
    }
    /// Does it.
    async fn run(self, tx: &mut WriteTx) -> Result<Self::Outcome, Refusal>;
}

/// What the gate lets out, after its entry is on disk. Nobody else can make one.
#[derive(Debug)]
pub struct Released<T>(T);

impl<T> Released<T> {
    /// For what was let out as part of something larger.
    pub(crate) const fn of(part: T) -> Self {
        Self(part)
    }
    /// What was let out.
    pub fn into_inner(self) -> T {
        self.0
    }
}
impl<T> std::ops::Deref for Released<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

pub(crate) struct Inner {
    pub(crate) db: Database,
    pub(crate) keys: KeyRing,
    pub(crate) names: Vec<Scoped>,
    pub(crate) kinds: Vec<RecordKind>,
    pub(crate) reactions: Vec<Reaction>,
    pub(crate) jobs: Vec<JobKind>,
    pub(crate) names_at_work: NameIndex,
    pub(crate) clock: Clock,
    pub(crate) watch: Watch,
    statements: Option<Mutex<BTreeMap<String, Vec<Val>>>>,
}

impl Inner {
    /// The kind of record with this name.
    pub(crate) fn kind(&self, name: &str) -> Option<RecordKind> {
        self.kinds.iter().find(|kind| kind.name == name).copied()
    }
    /// Remembers a statement's text, when a test asked for it, so that its plan can be looked at.
    pub(crate) fn note_plan(&self, sql: &str, args: &[Val]) {
        if let Some(all) = &self.statements {
            all.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(sql.to_owned(), args.to_vec());
        }
    }
}

/// What the domains bring to the gate.
#[derive(Debug)]
pub struct Domains {
    /// The names that their SQL uses.
    pub names: Vec<Scoped>,
    /// The kinds of records they keep.
    pub kinds: Vec<RecordKind>,
    /// What they do when something happened in a room below.
    pub reactions: Vec<Reaction>,
    /// What they do later.
    pub jobs: Vec<JobKind>,
}

/// The one way to data.
#[derive(Clone)]
pub struct Gate {
    pub(crate) inner: Arc<Inner>,
}

impl Gate {
    /// Opens the gate over a migrated database, its keys, the names and kinds of records the
    /// domains bring with their reactions, and a clock. In tests it remembers the text of every scoped
    /// statement for [`Gate::statements`].
    #[must_use]
    pub fn new(
        db: Database,
        keys: KeyRing,
        domains: Domains,
        clock: Clock,
        remember_statements: bool,
    ) -> Self {
        let Domains {
            names,
            kinds,
            reactions,
            jobs,
        } = domains;
        let statements = remember_statements.then(Mutex::default);
        let (names_at_work, watch) = (NameIndex::default(), Watch::default());
        Self {
            inner: Arc::new(Inner {
                db,
                keys,
                names,
                kinds,
                reactions,
                jobs,
                names_at_work,
                clock,
                watch,
                statements,
            }),
        }
    }
    /// Every scoped statement that ran so far, with its plan.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn statements(&self) -> Result<Vec<(String, Vec<String>)>, Refusal> {
        let texts = self
            .inner
            .statements
            .as_ref()
            .map(|all| all.lock().unwrap_or_else(PoisonError::into_inner).clone())
            .unwrap_or_default();
        let mut out = Vec::new();
        for (sql, args) in texts {
            let plan = self.inner.db.plan(&sql, &args).await?;
            out.push((sql, plan));
        }
        Ok(out)
    }
    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Instant {
        (self.inner.clock)()
    }
    /// Measures tables that have grown, so that plans fit them; gives how many.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn renew_statistics(&self) -> Result<usize, Refusal> {
        Ok(self.inner.db.renew_statistics().await?)
    }
    /// Finishes what is under way and closes every connection, the writer's last.
    pub async fn close(&self) {
        if !self.only_shows()
            && let Err(refusal) = self.remember_keys().await
        {
            tracing::warn!(
                reason = refusal.logged("remembering the keys").word(),
                "the data do not know how far the keys have come"
            );
        }
        self.inner.db.close().await;
        self.inner.keys.close().await;
    }

    /// Shows something, if the policy grants it. The view is let out only once its entry in the
    /// log is on disk.
    ///
    /// # Errors
    /// Every [`Refusal`]; refusals leave an entry too.
    pub async fn view<Q: Query>(
        &self,
        actor: &Actor,
        query: Q,
    ) -> Result<Released<Q::View>, Refusal> {
        let now = self.now();
        let (answer, touched) = match self.begin_view(actor, Q::ACTION, Q::PERMISSION, now)? {
            Err(refusal) => (Err(refusal), Touched::by(actor)),
            Ok(mut tx) => {
                let answer = query.answer(&mut tx).await;
                // The entry waits for the disk; the connection need not.
                tx.rest();
                (answer, tx.touched)
            }
        };
        let (outcome, refusal) = apart(answer);
        self.conclude(actor, Q::ACTION, Q::PERMISSION, now, refusal, touched)
            .await?;
        outcome.map(Released).ok_or_else(nothing_told)
    }

    fn begin_view(
        &self,
        actor: &Actor,
        action: Action,
        permission: Permission,
        now: Instant,
    ) -> Result<Result<ReadTx, Refusal>, Refusal> {
        self.inner.watch.keeps_up(now)?;
        Ok(actor
            .permitted(action, permission, now)
            .map(|grant| self.read_tx(actor, grant, now)))
    }

    fn read_tx(&self, actor: &Actor, grant: Grant, now: Instant) -> ReadTx {
        ReadTx {
            lane: Lane::Read(None),
            inner: self.inner.clone(),
            scope: actor.scope(grant),
            actor: actor.clone(),
            grant,
            now,
            touched: Touched::by(actor),
        }
    }

    /// Writes the entry of a view or a refusal and waits until it is on disk. Gives the refusal, if there was one.
    async fn conclude(
        &self,
        actor: &Actor,
        action: Action,
        permission: Permission,
        at: Instant,
        refusal: Option<Refusal>,
        mut touched: Touched,
    ) -> Result<(), Refusal> {
        let (outcome, reason) = match &refusal {
            None => (Outcome::Done, None),
            Some(Refusal::Fault(_)) => (Outcome::Fault, Some("fault".to_owned())),
            Some(refusal) => (
                Outcome::Refused,
                Some(if actor.hipaa() {
                    refusal.detail()
                } else {
                    refusal.word().to_owned()
                }),
            ),
        };
        if refusal.is_some() {
            touched.refused();
        }
        let frame = Frame {
            id: entry_id(at),
            at,
            actor,
            action,
            permission,
            outcome,
            reason,
        };
        self.inner.db.note(frame.writes(touched)).wait().await?;
        refusal.map_or(Ok(()), |refusal| Err(refusal.logged(action.name())))
    }

    /// Refuses, with its entry, what would be refused once it is sent: before a form for it is shown.
    ///
    /// # Errors
    /// As [`Gate::perform`] for this actor.
    pub async fn may_begin<C: Command>(&self, actor: &Actor) -> Result<(), Refusal> {
        let now = self.now();
        match actor.permitted(C::ACTION, C::PERMISSION, now) {
            Ok(_) => Ok(()),
            Err(refusal) => {
                self.conclude(
                    actor,
                    C::ACTION,
                    C::PERMISSION,
                    now,
                    Some(refusal),
                    Touched::by(actor),
                )
                .await
            }
        }
    }

    /// Refuses, with its entry, what could not be made a command of what came in.
    ///
    /// # Errors
    /// Always: the refusal that was given, or that of the policy.
    pub async fn turn_away<C: Command>(
        &self,
        actor: &Actor,
        refusal: Refusal,
    ) -> Result<Released<C::Outcome>, Refusal> {
        let now = self.now();
        let refusal = actor
            .permitted(C::ACTION, C::PERMISSION, now)
            .err()
            .unwrap_or(refusal);
        self.conclude(
            actor,
            C::ACTION,
            C::PERMISSION,
            now,
            Some(refusal),
            Touched::by(actor),
        )
        .await?;
        Err(nothing_told())
    }

    /// Does something, if the policy grants it: once, where the actor's request has a key, however often it comes.
    ///
    /// # Errors
    /// Every [`Refusal`]; refusals leave an entry too. [`Refusal::Conflict`] when the key came with another request before.
    pub async fn perform<C: Command>(
        &self,
        actor: &Actor,
        command: C,
    ) -> Result<Released<C::Outcome>, Refusal> {
        let once = actor.once.as_ref().map(crate::Once::next::<C>);
        let told = self.perform_asked(actor, once, Asked::of(command)).await?;
        told.outcome::<C>().map(Released)
    }

    async fn perform_asked(
        &self,
        actor: &Actor,
        once: Option<OneCommand>,
        asked: Asked,
    ) -> Result<Told, Refusal> {
        // A command runs to its end in a task of its own even when the caller vanishes, because
        // on the embedded engine it shares a transaction with its neighbours.
        let (gate, actor, action) = (self.clone(), actor.clone(), asked.action);
        let task = tokio::spawn(async move { gate.run(actor, once, asked).await });
        task.await
            .unwrap_or_else(|e| Err(Refusal::fault(e).logged(action.name())))
    }

    async fn run(
        self,
        mut actor: Actor,
        once: Option<OneCommand>,
        mut asked: Asked,
    ) -> Result<Told, Refusal> {
        let (now, action, permission) = (self.now(), asked.action, asked.permission);
        self.inner.watch.keeps_up(now)?;
        let first = match actor.permitted(action, permission, now) {
            Ok(_) if !self.inner.watch.takes(action) => Err(Refusal::conflict(
                "This is a copy to look at while the original is away. Nothing can be changed here; note it on paper and enter it afterwards.",
            )),
            // People come and go, and look: room for that is kept.
            Ok(_) if action.kind() != ActionKind::Door && self.is_full() => Err(Refusal::Full),
            first => first,
        };
        let first = match first {
            Ok(grant) => grant,
            Err(refusal) => {
                self.conclude(
                    &actor,
                    action,
                    permission,
                    now,
                    Some(refusal),
                    Touched::by(&actor),
                )
                .await?;
                return Err(nothing_told());
            }
        };
        if let Err(refusal) = asked
            .command
            .prepare(&mut self.read_tx(&actor, first, now))
            .await
        {
            self.conclude(
                &actor,
                action,
                permission,
                now,
                Some(refusal),
                Touched::by(&actor),
            )
            .await?;
            return Err(nothing_told());
        }
        let mut turn = self.inner.db.turn().await?;
        // Rights may have changed since the credential was admitted; inside the turn they can't.
        let rights = crate::admit::rights_now(&self.inner, &mut turn, &actor, now).await;
        let granted = match rights {
            Ok(Some(rights)) => {
                actor.rights = rights;
                actor.permitted(action, permission, now)
            }
            Ok(None) => Err(Refusal::Forbidden),
            Err(refusal) => Err(refusal),
        };
        let scope = actor.scope(granted.as_ref().copied().unwrap_or(first));
        let read = ReadTx {
            lane: Lane::Write(turn),
            inner: self.inner.clone(),
            scope,
            actor: actor.clone(),
            grant: first,
            now,
            touched: Touched::by(&actor),
        };
        let mut tx = WriteTx {
            read,
            entry: entry_id(now),
        };
        let outcome = match granted {
            Ok(grant) => {
                tx.read.grant = grant;
                tx.guarded(once, asked.command).await
            }
            Err(refusal) => Err(refusal),
        };
        self.finish(&actor, action, permission, tx, outcome).await
    }

    async fn finish(
        &self,
        actor: &Actor,
        action: Action,
        permission: Permission,
        tx: WriteTx,
        outcome: Result<Told, Refusal>,
    ) -> Result<Told, Refusal> {
        let (at, id, mut touched, lane) = (tx.read.now, tx.entry, tx.read.touched, tx.read.lane);
        let Lane::Write(mut turn) = lane else {
            return Err(Refusal::fault("a write without a turn"));
        };
        match outcome {
            Ok(outcome) => {
                let frame = Frame {
                    id,
                    at,
                    actor,
                    action,
                    permission,
                    outcome: Outcome::Done,
                    reason: None,
                };
                touched.settled();
                let kept: Result<(), Refusal> = async {
                    turn.write(frame.writes(touched)).await?;
                    Ok(turn.keep().await?.wait().await?)
                }
                .await;
                kept.map(|()| outcome)
                    .map_err(|refusal| refusal.logged(action.name()))
            }
            Err(refusal) => {
                touched.undo();
                turn.undo()
                    .await
                    .map_err(|e| Refusal::from(e).logged(action.name()))?;
                self.conclude(actor, action, permission, at, Some(refusal), touched)
                    .await?;
                Err(nothing_told())
            }
        }
    }
}

/// What came of a question, and why nothing did.
fn apart<T>(answer: Result<T, Refusal>) -> (Option<T>, Option<Refusal>) {
    match answer {
        Ok(answer) => (Some(answer), None),
        Err(refusal) => (None, Some(refusal)),
    }
}

/// A refusal that was concluded is given back by [`Gate::conclude`]; what stands after it is never reached.
pub(crate) fn nothing_told() -> Refusal {
    Refusal::fault("a refusal was taken for an answer")
}
