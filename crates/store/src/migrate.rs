//! One numbered list of migrations, forward only, each safe to run twice.
use crate::{Database, Engine, StoreError, dialect, ids};

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its number; steps run in this order.
    pub number: i64,
    /// Its purpose.
    pub name: &'static str,
    /// Its statements; see [`crate::SCHEMA`] for how engines differ.
    pub sql: &'static str,
}

macro_rules! steps {
    ($($number:literal $name:literal),+ $(,)?) => {
        &[$(Migration { number: $number, name: $name, sql: include_str!(concat!("../migrations/", $name, ".sql")) }),+]
    };
}

/// The schema of the data, in order. Lines that start with `--sqlite:` or `--postgres:` are for
/// that engine only.
pub const SCHEMA: &[Migration] = steps![1 "0001_gate", 2 "0002_directory", 3 "0003_scheduling", 4 "0004_billing", 5 "0005_proofs", 6 "0006_integrity", 7 "0007_backups", 8 "0008_erasure", 9 "0009_review", 10 "0010_retention", 11 "0011_stream", 12 "0012_access", 13 "0013_recovery", 14 "0014_services", 15 "0015_team_limits", 16 "0016_profile", 17 "0017_key_ends", 18 "0018_people", 19 "0019_office", 20 "0020_narrow", 21 "0021_bond", 22 "0022_destroyed", 23 "0023_seals", 26 "0026_identity", 27 "0027_states", 29 "0029_once", 31 "0031_references", 32 "0032_sheets", 33 "0033_drafts", 36 "0036_ended", 37 "0037_over", 38 "0038_jobs", 39 "0039_jobs_are_held", 40 "0040_assignments", 42 "0042_clients", 43 "0043_imports_go_on", 44 "0044_on_hold", 45 "0045_language", 46 "0046_saved_views", 47 "0047_comes_back", 49 "0049_news"];

/// The last step that this program knows.
pub(crate) fn newest() -> i64 {
    SCHEMA.last().map_or(0, |step| step.number)
}

const HISTORY: &str =
    "create table if not exists migration (number bigint primary key, name text not null)";

impl Database {
    /// Migrates the schema. Several processes may start at once: one runs the steps, the others wait and find them
    /// done.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn migrate(&self, steps: &[Migration]) -> Result<(), StoreError> {
        let mut turn = self.turn().await?;
        turn.alone("migration").await?;
        turn.execute(HISTORY, &[]).await?;
        let done: Vec<i64> = turn
            .rows("select number from migration", &[])
            .await?
            .iter()
            .filter_map(|row| row.int("number").ok())
            .collect();
        let mut new = false;
        for step in steps.iter().filter(|step| !done.contains(&step.number)) {
            turn.script(&dialect::migration_text(self.engine(), step.sql))
                .await?;
            turn.execute(
                "insert into migration (number, name) values ($1, $2)",
                &[step.number.into(), step.name.into()],
            )
            .await?;
            new = true;
        }
        if self.engine() == Engine::Sqlite {
            ids::pack_once(&mut turn).await?;
            if new {
                crate::statistics::fix(&mut turn).await?;
            }
        }
        turn.keep().await?.wait().await
    }
}
