//! Whether what leaves by letters and notices names a client: types keep names out of them, and this looks. Names
//! are compared here and never leave.
use crate::passage::{read_tx::ReadTx, refusal::Refusal};
use interpres_types::searchable;
use interpres_vault::sha256;
use std::collections::HashSet;
use zeroize::Zeroizing;

/// How many of each are looked at, the latest first.
const LATEST: i64 = 1_000;

/// What was found.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing {
    /// How many texts were looked at.
    pub texts: usize,
    /// How many of them hold a name.
    pub naming: usize,
}

/// Every two words that stand beside each other, as digests: names lie nowhere in the clear meanwhile.
fn pairs(text: &str) -> Vec<[u8; 32]> {
    let plain = Zeroizing::new(searchable(text));
    let words: Vec<&str> = plain
        .split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '-'))
        .filter(|word| !word.is_empty())
        .collect();
    words
        .windows(2)
        .map(|pair| sha256(Zeroizing::new(pair.join(" ")).as_bytes()))
        .collect()
}

impl ReadTx {
    /// How many of the workspace's latest letters and notices hold two words in a row of a name in this sealed
    /// column.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn outgoing_with_names(
        &mut self,
        kind: &'static str,
        column: &'static str,
    ) -> Result<Outgoing, Refusal> {
        let names: HashSet<[u8; 32]> = self
            .names_in(kind, column)
            .await?
            .iter()
            .flat_map(|name| pairs(name))
            .collect();
        let workspace = [self.actor.workspace.to_string().into()];
        let mut out = Outgoing {
            texts: 0,
            naming: 0,
        };
        for table in ["letter", "notice_row"] {
            let sql = format!(
                "select text from {table} where workspace_id = $1 order by id desc limit {LATEST}"
            );
            for row in self.raw(&sql, &workspace).await? {
                out.texts += 1;
                out.naming += usize::from(
                    pairs(row.text("text")?)
                        .iter()
                        .any(|pair| names.contains(pair)),
                );
            }
        }
        Ok(out)
    }
}
