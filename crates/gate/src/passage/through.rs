//! Records that are seen through others: whoever sees the one sees the other beside it, for as long and as far.
use crate::passage::{read_tx::ReadTx, record::Record, refusal::Refusal};
use async_recursion::async_recursion as boxed;
use interpres_store::{Val, bind_list};
use std::collections::HashMap;

/// Holders asked for at once.
const AT_A_TIME: usize = 64;

impl ReadTx {
    /// The record that each of these holders points to by a column, by the holder's id. What it seals opens when what
    /// its holder seals does. `name` is a scoped name of the record that is listed after the holder's own, and gives
    /// no more than what holders within reach point to.
    ///
    /// # Errors
    /// A fault when the statement does not fit.
    #[boxed]
    pub async fn through<H: Record, R: Record>(
        &mut self,
        name: &str,
        column: &str,
        holders: &[H::Id],
    ) -> Result<HashMap<H::Id, R>, Refusal> {
        let columns: String = R::COLUMNS
            .iter()
            .map(|spec| format!(", r.{0} as {0}", spec.name))
            .collect();
        let mut out = HashMap::new();
        for some in holders.chunks(AT_A_TIME) {
            let mut args = Vec::new();
            let list = bind_list(&mut args, some.iter().map(Val::text).collect());
            let sql = format!(
                "select h.id as holder, h.visible_from as visible_from, h.visible_until as visible_until, h.covered as covered, h.tie as tie, \
                 r.id as id, r.version as version, r.checksum as checksum, r.key_id as key_id{columns} \
                 from {} h join {name} r on r.id = h.{column} where h.id in ({list})",
                H::NAME
            );
            let rows = self.rows(&sql, args).await?;
            for (row, record) in rows.iter().zip(self.decode_each::<R>(&rows).await?) {
                let holder = row.text("holder")?.parse();
                let holder = holder.map_err(|_| Refusal::fault("a holder's id can't be read"))?;
                out.extend(record.map(|record| (holder, record)));
            }
        }
        Ok(out)
    }
}
