//! All records of a kind, read some at a time: for rules that must hold for each of them, however
//! many there are. What people look at comes in pages instead.
use crate::passage::{read_tx::ReadTx, record::Record, refusal::Refusal};
use async_recursion::async_recursion as boxed;
use interpres_store::{Val, bind_list};

/// Rows read at once.
const AT_ONCE: usize = 500;

impl ReadTx {
    /// The ids of every row of a scoped name for which a condition holds, in order.
    ///
    /// # Errors
    /// A fault when the statement does not fit.
    #[boxed]
    pub async fn every_id(
        &mut self,
        name: &str,
        condition: &str,
        args: Vec<Val>,
    ) -> Result<Vec<String>, Refusal> {
        let sql = format!(
            "select id from {name} where ({condition}) and id > ${} order by id limit {AT_ONCE}",
            args.len() + 1
        );
        let mut ids: Vec<String> = Vec::new();
        loop {
            let after = ids.last().cloned().unwrap_or_default();
            let rows = self
                .rows(&sql, [args.as_slice(), &[after.into()]].concat())
                .await?;
            for row in &rows {
                ids.push(row.text("id")?.to_owned());
            }
            if rows.len() < AT_ONCE {
                return Ok(ids);
            }
        }
    }

    /// Every record of a kind for which a condition holds, by id.
    ///
    /// # Errors
    /// A fault when the statement does not fit.
    #[boxed]
    pub async fn every<R: Record>(
        &mut self,
        condition: &str,
        args: Vec<Val>,
    ) -> Result<Vec<R>, Refusal> {
        self.every_as(R::NAME, condition, args).await
    }

    /// As [`ReadTx::every`], under another scoped name of the same table.
    ///
    /// # Errors
    /// A fault when the statement does not fit.
    #[boxed]
    pub async fn every_as<R: Record>(
        &mut self,
        name: &str,
        condition: &str,
        args: Vec<Val>,
    ) -> Result<Vec<R>, Refusal> {
        let mut all = Vec::new();
        for ids in self.every_id(name, condition, args).await?.chunks(AT_ONCE) {
            let mut args = Vec::new();
            let list = bind_list(
                &mut args,
                ids.iter().map(|id| Val::Text(id.clone())).collect(),
            );
            all.extend(
                self.list_as::<R>(name, &format!("where id in ({list}) order by id"), args)
                    .await?,
            );
        }
        Ok(all)
    }
}
