//! Issuing a pass, judging one and ending it. Each carries a keyed checksum over what it grants, made where it is
//! issued; one that was put there or changed outside Interpres is good for nothing, and is reported.
use crate::identity::pass::{Pass, SESSION, has_ended, name_of};
use crate::passage::{
    entry::ENDED,
    gate::Inner,
    integrity::{Subject, body_of},
    news::News,
    refusal::Refusal,
    write_tx::WriteTx,
};
use interpres_store::{Row, Val};
use interpres_types::Instant;

impl Inner {
    pub(crate) async fn sum(
        &self,
        pass: &Pass,
        granted: &[Val],
    ) -> Result<Option<[u8; 32]>, Refusal> {
        let Some(workspace) = pass.workspace(granted) else {
            return Ok(None);
        };
        let keys = self.keys.workspace(workspace).await?;
        let subject = Subject {
            workspace: &workspace.to_string(),
            kind: pass.table.name,
            id: "",
            version: 0,
        };
        Ok(Some(
            subject.sum(&keys, &body_of(&pass.table, None, granted)),
        ))
    }

    /// Whether a pass was issued here as it stands and has not ended; another is told of. The row holds [`Pass::columns`].
    pub(crate) async fn is_issued(
        &self,
        pass: &Pass,
        row: &Row,
        now: Instant,
    ) -> Result<bool, Refusal> {
        let sum = self.sum(pass, &pass.granted(row)?).await?;
        let issued = matches!((row.get("checksum")?, sum), (Val::Bytes(stored), Some(sum)) if *stored == sum)
            && !row.flag("ended")?;
        if !issued {
            let of = pass
                .found_by
                .iter()
                .chain(&["id"])
                .rev()
                .find_map(|name| row.text(name).ok())
                .unwrap_or("-");
            tracing::error!(
                kind = pass.table.name,
                id = of,
                "a pass was made, changed or put back outside Interpres; it lets nobody in"
            );
            let workspace = row.text("workspace_id").unwrap_or_default();
            drop(self.db.note(vec![
                    Subject {
                        workspace,
                        kind: pass.table.name,
                        id: of,
                        version: 0,
                    }
                    .incident("pass", now),
                ]));
        }
        Ok(issued)
    }
}

impl WriteTx {
    /// Issues a pass: what it grants, in the order of its columns, and what stands beside and grants nothing.
    pub(crate) async fn issue(
        &mut self,
        pass: &Pass,
        granted: Vec<Val>,
        beside: Vec<(&'static str, Val)>,
    ) -> Result<(), Refusal> {
        let sum = self
            .read
            .inner
            .sum(pass, &granted)
            .await?
            .ok_or_else(|| Refusal::fault("a pass of no workspace"))?;
        let (names, more): (Vec<&str>, Vec<Val>) = beside.into_iter().unzip();
        let columns: Vec<&str> = pass.names().chain(names).collect();
        let values: Vec<Val> = granted
            .into_iter()
            .chain([sum.to_vec().into()])
            .chain(more)
            .collect();
        let binds: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "insert into {} ({}) values ({})",
            pass.table.name,
            columns.join(", "),
            binds.join(", ")
        );
        Ok(self.turn()?.execute(&sql, &values).await.map(drop)?)
    }

    /// Ends the passes of a kind for which a condition holds; gives how many. Those that time has not ended are remembered, in
    /// the log as well, so that none is let in again that is put back.
    pub(crate) async fn end(
        &mut self,
        pass: &Pass,
        condition: &str,
        args: &[Val],
    ) -> Result<u64, Refusal> {
        let now = self.read.now;
        let sql = format!(
            "delete from {} where {condition} returning token_hash, ends_at",
            pass.name()
        );
        let gone = self.turn()?.rows(&sql, args).await?;
        if pass.name() == SESSION.name() {
            for row in &gone {
                let name = name_of(row.bytes("token_hash")?);
                self.news.push(News::Session { name });
            }
        }
        let mut writes = Vec::new();
        for row in gone
            .iter()
            .filter(|row| row.int("ends_at").is_ok_and(|at| at > now.micros()))
        {
            let name = name_of(row.bytes("token_hash")?);
            writes.extend(has_ended(&name, now));
            self.read.touched.changed(ENDED, name, vec!["ended"]);
        }
        self.turn()?.write(writes).await?;
        Ok(gone.len() as u64)
    }

    /// The pass that a row is, once it was issued here: by name, to be issued anew with something changed.
    pub(crate) async fn reissued(
        &mut self,
        pass: &Pass,
        row: &Row,
        change: &[(&str, Val)],
    ) -> Result<Vec<Val>, Refusal> {
        if !self.read.inner.is_issued(pass, row, self.read.now).await? {
            return Err(Refusal::NotFound);
        }
        let mut granted = pass.granted(row)?;
        for (spec, value) in pass.table.columns.iter().zip(&mut granted) {
            if let Some((_, new)) = change.iter().find(|(name, _)| *name == spec.name) {
                *value = new.clone();
            }
        }
        Ok(granted)
    }
}
