//! The gate itself: what it is opened over, and what everything below it shares.
use crate::passage::{
    event::Reaction, fact::FactName, jobs::JobKind, keyring::KeyRing, listeners::Listeners,
    names::NameIndex, record::RecordKind, refusal::Refusal, watch::Watch,
};
use async_recursion::async_recursion as boxed;
use interpres_store::{Database, Engine, Scoped, Shared, Val};
use interpres_types::Instant;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// What time it is: the server's clock, or a settable one in tests.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

pub(crate) struct Inner {
    pub(crate) db: Database,
    pub(crate) keys: KeyRing,
    pub(crate) names: Vec<Scoped>,
    pub(crate) kinds: Vec<RecordKind>,
    pub(crate) facts: &'static [FactName],
    pub(crate) reactions: Vec<Reaction>,
    pub(crate) jobs: Vec<JobKind>,
    pub(crate) names_at_work: NameIndex,
    pub(crate) listeners: Listeners,
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
    /// Which records may be a person's own.
    pub facts: &'static [FactName],
    /// What they do when something happened in a room below.
    pub reactions: Vec<Reaction>,
    /// What they do later.
    pub jobs: Vec<JobKind>,
}

/// The one way to data.
#[derive(Clone)]
pub struct Gate {
    pub(crate) inner: Shared<Inner>,
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
            facts,
            reactions,
            jobs,
        } = domains;
        let statements = remember_statements.then(Mutex::default);
        let (names_at_work, watch) = (NameIndex::default(), Watch::default());
        let listeners = Listeners::new(db.engine() == Engine::Postgres);
        Self {
            inner: Shared::new(Inner {
                db,
                keys,
                names,
                kinds,
                facts,
                reactions,
                jobs,
                names_at_work,
                listeners,
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
    #[boxed]
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
    #[boxed]
    pub async fn renew_statistics(&self) -> Result<usize, Refusal> {
        Ok(self.inner.db.renew_statistics().await?)
    }

    /// Finishes what is under way and closes every connection, the writer's last.
    #[boxed]
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
}
