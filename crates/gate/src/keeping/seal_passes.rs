//! Going through every pass: once to seal those that are older than seals, and in each sweep to find forged ones.
use crate::identity::pass::{ALL, Pass, TOKEN};
use crate::passage::{gate::Gate, keyring::KeyRing, refusal::Refusal};
use interpres_store::Val;
use interpres_types::Instant;

const AT_A_TIME: i64 = 500;

const SEALED: &str = "passes are sealed";

impl Gate {
    /// Seals the passes of an installation that is older than their seals. It is done once, which the key store
    /// remembers: from then on a pass without a seal is a forgery.
    ///
    /// # Errors
    /// A fault of a database.
    pub async fn seal_passes(&self) -> Result<(), Refusal> {
        if self.inner.keys.was_done(SEALED).await? {
            return Ok(());
        }
        for pass in ALL {
            while self.seal_some(pass).await? {}
        }
        self.inner.keys.note_done(SEALED, self.now()).await
    }

    async fn seal_some(&self, pass: &Pass) -> Result<bool, Refusal> {
        let sql = format!(
            "select {} from {} where checksum is null limit {AT_A_TIME}",
            pass.columns(),
            pass.table.name
        );
        let mut turn = self.inner.db.turn().await?;
        let rows = turn.rows(&sql, &[]).await?;
        let found: Vec<String> = pass
            .found_by
            .iter()
            .enumerate()
            .map(|(i, name)| format!("{name} = ${}", i + 2))
            .collect();
        let sql = format!(
            "update {} set checksum = $1 where {}",
            pass.table.name,
            found.join(" and ")
        );
        for row in &rows {
            // What is of no workspace any more gets a seal that fits nothing.
            let sum = self
                .inner
                .sum(pass, &pass.granted(row)?)
                .await?
                .unwrap_or_default();
            let mut args: Vec<Val> = vec![sum.to_vec().into()];
            for name in pass.found_by {
                args.push(row.get(name)?.clone());
            }
            turn.execute(&sql, &args).await?;
        }
        turn.keep().await?.wait().await?;
        Ok(!rows.is_empty())
    }

    /// Goes through every pass there is; gives how many were not issued here. Each is told of where it would let
    /// somebody in.
    pub(crate) async fn sweep_passes(&self) -> Result<i64, Refusal> {
        let mut forged = 0;
        for pass in ALL {
            let key = pass.found_by.join(", ");
            let binds: Vec<String> = (1..=pass.found_by.len()).map(|n| format!("${n}")).collect();
            let sql = format!(
                "select {} from {} where ({key}) > ({}) order by {key} limit {AT_A_TIME}",
                pass.columns(),
                pass.table.name,
                binds.join(", ")
            );
            let first = |name: &&str| {
                if *name == TOKEN.name {
                    Val::Bytes(Vec::new())
                } else {
                    "".into()
                }
            };
            let mut after: Vec<Val> = pass.found_by.iter().map(first).collect();
            loop {
                let rows = self.inner.db.reader().await?.rows(&sql, &after).await?;
                for row in &rows {
                    forged += i64::from(!self.inner.is_issued(pass, row, self.now()).await?);
                }
                let Some(last) = rows.last().filter(|_| rows.len() as i64 == AT_A_TIME) else {
                    break;
                };
                after = pass
                    .found_by
                    .iter()
                    .map(|name| last.get(name).cloned())
                    .collect::<Result<_, _>>()?;
            }
        }
        Ok(forged)
    }
}

impl KeyRing {
    async fn was_done(&self, name: &str) -> Result<bool, Refusal> {
        Ok(!self
            .db
            .reader()
            .await?
            .rows("select at from once where name = $1", &[name.into()])
            .await?
            .is_empty())
    }

    async fn note_done(&self, name: &str, at: Instant) -> Result<(), Refusal> {
        let mut turn = self.db.turn().await?;
        turn.execute(
            "insert into once (name, at) values ($1, $2) on conflict do nothing",
            &[name.into(), at.micros().into()],
        )
        .await?;
        Ok(turn.keep().await?.wait().await?)
    }
}
