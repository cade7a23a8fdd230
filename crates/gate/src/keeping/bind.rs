//! Binding data and keys to each other.
use crate::keeping::{bond::Pair, prove_bond::proof};
use crate::passage::{keyring::KeyRing, refusal::Refusal};
use interpres_store::{Database, Kind, StoreError, Val};
use interpres_types::INSTALLATION;
use interpres_vault::random;

/// Binds data and keys to each other, once both have their tables: the keys first, so that there are no
/// data without them.
///
/// # Errors
/// A fault of a database or of the master key.
pub async fn bind(data: &Database, keys: &KeyRing, pair: Pair) -> Result<(), Refusal> {
    let mark = match pair {
        Pair::Bound => return Ok(()),
        Pair::Behind => return take_behind(data, keys).await,
        Pair::New => 0,
        Pair::Unbound => 1,
    };
    let mut turn = keys.db.turn().await?;
    turn.alone("bond").await?;
    let name: String = random::<16>().iter().map(|b| format!("{b:02x}")).collect();
    turn.execute("insert into data_bond (one, installation, mark) values (1, $1, $2) on conflict (one) do nothing", &[name.into(), mark.into()]).await?;
    let rows = turn
        .rows("select installation from data_bond where one = 1", &[])
        .await?;
    let name = rows.first().map_or(Err(StoreError::Busy), |row| {
        row.text("installation").map(str::to_owned)
    })?;
    let sum = keys.found(&mut turn, INSTALLATION).await?.checksum;
    turn.keep().await?.wait().await?;
    let mut turn = data.turn().await?;
    let args = [
        name.clone().into(),
        proof(&sum, &name).to_vec().into(),
        mark.into(),
    ];
    turn.execute("insert into key_bond (one, installation, proof, mark) values (1, $1, $2, $3) on conflict (one) do nothing", &args).await?;
    Ok(turn.keep().await?.wait().await?)
}

/// Takes keys of an earlier moment for those of the data from now on, and destroys anew what was destroyed since.
async fn take_behind(data: &Database, keys: &KeyRing) -> Result<(), Refusal> {
    let mark = keys.mark().await?;
    let mut turn = data.turn().await?;
    turn.execute(
        "update key_bond set mark = $1 where one = 1",
        &[mark.into()],
    )
    .await?;
    turn.execute(
        "update key_destruction set destroyed_at = $1",
        &[Val::Null(Kind::Int)],
    )
    .await?;
    Ok(turn.keep().await?.wait().await?)
}
