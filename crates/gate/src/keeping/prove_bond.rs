//! Whether a key store opens what the data were bound by.
use crate::keeping::bond::{Bond, BondError, Mismatch};
use crate::passage::{integrity::Subject, keyring::place};
use interpres_store::{Database, Row, Val};
use interpres_types::INSTALLATION;
use interpres_vault::{Key, Master, checksum};

/// Whether the key store holds the key that the data's bond was signed by.
pub(crate) async fn prove(
    data: &Database,
    keys: &Database,
    master: &dyn Master,
    bond: &Bond,
) -> Result<(), BondError> {
    let rows = data
        .reader()
        .await?
        .rows("select proof from key_bond where one = 1", &[])
        .await?;
    let sums = checksum_keys(keys, master, &[INSTALLATION.to_string()]).await?;
    let (row, (_, key)) = (
        rows.first().ok_or(Mismatch::NoKeys)?,
        sums.first().ok_or(Mismatch::Strangers)?,
    );
    if row.bytes("proof")? == proof(key, &bond.installation) {
        Ok(())
    } else {
        Err(Mismatch::Strangers.into())
    }
}

pub(crate) fn proof(key: &Key, installation: &str) -> [u8; 32] {
    checksum(key, &[b"bond", installation.as_bytes()])
}

/// So many versions are tried before keys count as not the data's.
const TRIED: i64 = 20;

/// Whether these keys are those of data from before there were bonds: every workspace that has versions must have keys,
/// and one version must be what its keyed checksum says. No id is bound, because such a file may still hold ids as text.
pub(crate) async fn adopt(
    data: &Database,
    keys: &Database,
    master: &dyn Master,
) -> Result<(), BondError> {
    let sql = format!(
        "select workspace_id, kind, record_id, version, body, checksum from record_version order by workspace_id, record_id, version limit {TRIED}"
    );
    let versions = data.reader().await?.rows(&sql, &[]).await?;
    let wanted: Vec<String> = versions
        .iter()
        .map(|row| row.text("workspace_id").map(str::to_owned))
        .collect::<Result<_, _>>()?;
    let sums = checksum_keys(keys, master, &wanted).await?;
    for row in &versions {
        let workspace = row.text("workspace_id")?;
        let (_, key) = sums
            .iter()
            .find(|(of, _)| of == workspace)
            .ok_or(Mismatch::OlderKeys)?;
        let subject = Subject {
            workspace,
            kind: row.text("kind")?,
            id: row.text("record_id")?,
            version: row.int("version")?,
        };
        if subject.sum_by(key, row.text("body")?).as_slice() == row.bytes("checksum")? {
            return Ok(());
        }
    }
    Err(Mismatch::Strangers.into())
}

/// The checksum keys of workspaces, as far as the key store has them.
async fn checksum_keys(
    keys: &Database,
    master: &dyn Master,
    wanted: &[String],
) -> Result<Vec<(String, Key)>, BondError> {
    let rows = keys
        .reader()
        .await?
        .rows(
            "select * from workspace_key order by workspace_id limit 1000",
            &[],
        )
        .await?;
    let mut out = Vec::new();
    for row in &rows {
        let name = row.text("workspace_id")?;
        if wanted.iter().any(|of| of == name) {
            out.push((name.to_owned(), checksum_key(row, name, master).await?));
        }
    }
    Ok(out)
}

async fn checksum_key(row: &Row, name: &str, master: &dyn Master) -> Result<Key, BondError> {
    match row.get("checksum") {
        Ok(Val::Bytes(wrapped)) => Ok(master.unwrap(place(name, "checksum", ""), wrapped).await?),
        // From before checksums had a key of their own, which was then the first workspace key's.
        _ => Ok(master
            .unwrap(place(name, "workspace", ""), row.bytes("wrapped")?)
            .await?
            .derive("checksum")),
    }
}
