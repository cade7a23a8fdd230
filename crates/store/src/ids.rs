//! Ids on the embedded engine. Every row and most indexes contain several, at 36 bytes each as text; so a UUID is
//! stored as its 16 bytes and read back as text. Both sort the same. SQL authors see text only: values and literals
//! are converted in between. PostgreSQL stores text.
use crate::{Row, StoreError, Turn};
use std::borrow::Cow;
use uuid::Uuid;

/// `user_version` of a database whose ids are bytes.
const PACKED: i64 = 1;
/// The characters of an id as text.
const LENGTH: usize = 36;

/// The bytes of an id in its canonical text form.
pub(crate) fn packed(text: &str) -> Option<[u8; 16]> {
    let written = |bytes: &[u8]| {
        bytes
            .iter()
            .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-'))
    };
    if text.len() != LENGTH || !written(text.as_bytes()) {
        return None;
    }
    Uuid::try_parse(text).ok().map(Uuid::into_bytes)
}

/// The id as text.
pub(crate) fn unpacked(bytes: [u8; 16]) -> String {
    Uuid::from_bytes(bytes).to_string()
}

/// A statement with its literal ids as bytes.
pub(crate) fn in_statement(sql: &str) -> Cow<'_, str> {
    let mut out = Cow::Borrowed(sql);
    for (at, _) in sql.match_indices('\'') {
        let literal = sql
            .get(at + 1..at + 1 + LENGTH)
            .filter(|_| sql.as_bytes().get(at + 1 + LENGTH) == Some(&b'\''));
        if let Some(id) = literal.filter(|text| packed(text).is_some()) {
            out =
                Cow::Owned(out.replace(&format!("'{id}'"), &format!("x'{}'", id.replace('-', ""))));
        }
    }
    out
}

/// Whether the database stores ids as bytes, according to `pragma user_version`.
pub(crate) fn is_packed(mark: &[Row]) -> Result<bool, StoreError> {
    Ok(mark.first().map_or(Ok(0), |row| row.int("user_version"))? >= PACKED)
}

/// Converts a database that stored ids as text, and marks it. Triggers that guard tables against changes are dropped
/// meanwhile, within the same transaction.
pub(crate) async fn pack_once(turn: &mut Turn) -> Result<(), StoreError> {
    if is_packed(&turn.rows("pragma user_version", &[]).await?)? {
        return Ok(());
    }
    turn.script(&format!("pragma user_version = {PACKED}"))
        .await?;
    let guards = turn
        .rows(
            "select name, sql from sqlite_schema where type = 'trigger'",
            &[],
        )
        .await?;
    for guard in &guards {
        turn.script(&format!("drop trigger {}", guard.text("name")?))
            .await?;
    }
    let columns = "select m.name as tbl, p.name as col from sqlite_schema m join pragma_table_info(m.name) p
        where m.type = 'table' and m.name not like 'sqlite_%' and lower(p.type) = 'text' order by m.name, p.cid";
    let digits = |count: usize| "[0-9a-f]".repeat(count);
    let form = [8, 4, 4, 4, 12].map(digits).join("-");
    for row in turn.rows(columns, &[]).await? {
        let (table, column) = (row.text("tbl")?, row.text("col")?);
        let sql = format!(
            "update {table} set {column} = unhex(replace({column}, '-', '')) where length({column}) = {LENGTH} and {column} glob '{form}'"
        );
        turn.execute(&sql, &[]).await?;
    }
    for guard in &guards {
        turn.script(guard.text("sql")?).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, Database, SCHEMA, Val};

    const ID: &str = "0190d6a5-7c3e-7a1b-8e4f-00112233aabb";

    #[test]
    fn only_what_is_read_back_the_same_is_packed() {
        assert_eq!(unpacked(packed(ID).unwrap()), ID);
        for other in [
            "",
            "0190d6a5",
            &ID.to_uppercase(),
            &ID.replace('-', "0"),
            &ID.replace('a', "g"),
            "{190d6a5-7c3e-7a1b-8e4f-00112233aab}",
        ] {
            assert_eq!(packed(other), None, "{other}");
        }
        let sql = format!(
            "select * from t where a = '{ID}' and b <> '{ID}' and c = 'it''s' and d = '{}'",
            ID.to_uppercase()
        );
        let hex = ID.replace('-', "");
        assert_eq!(
            in_statement(&sql),
            format!(
                "select * from t where a = x'{hex}' and b <> x'{hex}' and c = 'it''s' and d = '{}'",
                ID.to_uppercase()
            )
        );
        assert!(matches!(in_statement("select 'no id'"), Cow::Borrowed(_)));
    }

    async fn database(folder: &std::path::Path) -> Database {
        Database::open(&Config::File {
            path: folder.join("ids.db"),
            key: "07".repeat(32),
        })
        .await
        .unwrap()
    }

    #[tokio::test]
    async fn ids_take_sixteen_bytes_and_those_of_before_are_packed_once() {
        let folder = std::env::temp_dir().join(format!("interpres-ids-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let db = database(&folder).await;
        db.migrate(SCHEMA).await.unwrap();
        let mut turn = db.turn().await.unwrap();
        // As text, past what packs it on the way.
        let text = format!("'{}' || '{}'", &ID[..20], &ID[20..]);
        turn.script(&format!("insert into team_row (workspace_id, id, version, name, name_key) values ({text}, {text}, 1, {text}, 'plain')")).await.unwrap();
        turn.script(&format!("insert into record_version (workspace_id, kind, record_id, version, entry_id, at, actor, body, checksum) values ({text}, 'team', {text}, 1, {text}, 0, 'system', '[\"{ID}\"]', x'00'); pragma user_version = 0")).await.unwrap();
        turn.keep().await.unwrap().wait().await.unwrap();
        let find = async |db: &Database| {
            db.reader()
                .await
                .unwrap()
                .rows("select id, name, name_key, typeof(id) as kept, length(id) as bytes from team_row where id = $1", &[ID.into()])
                .await
                .unwrap()
        };
        assert!(find(&db).await.is_empty());
        db.migrate(SCHEMA).await.unwrap();
        let rows = find(&db).await;
        let [row] = rows.as_slice() else {
            panic!("one team")
        };
        assert_eq!(
            (
                row.text("id").unwrap(),
                row.text("name").unwrap(),
                row.text("name_key").unwrap()
            ),
            (ID, ID, "plain")
        );
        assert_eq!(
            (row.text("kept").unwrap(), row.int("bytes").unwrap()),
            ("blob", 16)
        );
        let mut turn = db.turn().await.unwrap();
        let version = turn
            .rows(
                &format!("select body, max(entry_id) as entry, coalesce(actor, '') as actor from record_version where record_id = '{ID}' group by body, actor"),
                &[],
            )
            .await
            .unwrap();
        assert_eq!(
            (
                version[0].text("body").unwrap(),
                version[0].text("entry").unwrap(),
                version[0].text("actor").unwrap()
            ),
            (format!("[\"{ID}\"]").as_str(), ID, "system")
        );
        assert!(
            turn.execute("update record_version set body = 'x'", &[])
                .await
                .is_err(),
            "the guards are back"
        );
        turn.undo().await.unwrap();
        let mut turn = db.turn().await.unwrap();
        turn.execute(
            "insert into seen_token (hash, ends_at) values ($1, 0)",
            &[Val::Bytes(vec![1; 16])],
        )
        .await
        .unwrap();
        let rows = turn.rows("select hash from seen_token", &[]).await.unwrap();
        assert_eq!(rows[0].bytes("hash").unwrap(), [1; 16], "bytes stay bytes");
        turn.undo().await.unwrap();
        db.close().await;
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
