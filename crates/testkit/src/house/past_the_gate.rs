//! The house as somebody with the machine in hand has it: rows read and statements run past the
//! gate.
use super::House;
use interpres_store::{Config, Database, ServerAddress};

impl House {
    /// Bytes as a literal of the engine, for statements past the gate.
    #[must_use]
    pub fn literal(&self, bytes: &[u8]) -> String {
        let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        if self.databases.data.is_some() {
            format!("'\\x{hex}'::bytea")
        } else {
            format!("x'{hex}'")
        }
    }
    /// Rows read past the gate, as somebody with the database in hand would.
    pub async fn raw(&self, sql: &str) -> Vec<interpres_gate::Row> {
        let db = self.database().await;
        let rows = db
            .reader()
            .await
            .expect("a reader")
            .rows(sql, &[])
            .await
            .expect("rows");
        db.close().await;
        rows
    }
    /// Rows of another database on the server, read past the gate.
    pub async fn raw_at(&self, server: &ServerAddress, sql: &str) -> Vec<interpres_gate::Row> {
        let db = Database::open(&Config::Server(server.clone()))
            .await
            .expect("the database opens");
        let rows = db
            .reader()
            .await
            .expect("a reader")
            .rows(sql, &[])
            .await
            .expect("rows");
        db.close().await;
        rows
    }
    /// A statement run past the gate; gives the error's words when the database refuses.
    ///
    /// # Errors
    /// What the database says.
    pub async fn tamper(&self, sql: &str) -> Result<u64, String> {
        let db = self.database().await;
        let mut turn = db.turn().await.expect("a turn");
        let done = turn.execute(sql, &[]).await.map_err(|e| e.to_string());
        match &done {
            Ok(_) => turn
                .keep()
                .await
                .expect("kept")
                .wait()
                .await
                .expect("durable"),
            Err(_) => turn.undo().await.expect("undone"),
        }
        db.close().await;
        done
    }
    /// A statement run on the key store past everything.
    pub async fn tamper_keys(&self, sql: &str) -> u64 {
        let key = interpres::file_key_of(self.folder(), "key file").await;
        let db = Database::open(&Config::File {
            path: self.folder().join("keys.db"),
            key,
        })
        .await
        .expect("the key store opens");
        let mut turn = db.turn().await.expect("a turn");
        let done = turn.execute(sql, &[]).await.expect("done");
        turn.keep()
            .await
            .expect("kept")
            .wait()
            .await
            .expect("durable");
        db.close().await;
        done
    }
    /// Changes sessions or keys, as an installation that is older than their seals may hold them.
    pub async fn from_before_seals(&self, sql: &str) {
        self.tamper(sql).await.expect("changed");
        for table in ["api_key", "service_key", "session"] {
            self.tamper(&format!("update {table} set checksum = null"))
                .await
                .expect("unsealed");
        }
        self.tamper_keys("delete from once").await;
        self.gate.seal_passes().await.expect("sealed");
    }
    /// Takes the guards of the insert-only tables away, as somebody with the machine in hand can.
    pub async fn unguard(&self) {
        for table in [
            "audit_entry",
            "audit_leaf",
            "audit_node",
            "audit_handover",
            "audit_subject",
            "record_version",
            "ended_pass",
        ] {
            let statements = match self.databases.data {
                Some(_) => vec![format!("alter table {table} disable trigger user")],
                None => vec![
                    format!("drop trigger {table}_update"),
                    format!("drop trigger {table}_delete"),
                ],
            };
            for sql in statements {
                self.tamper(&sql).await.expect("the guard goes");
            }
        }
    }
    pub(super) async fn database(&self) -> Database {
        let config = match &self.databases.data {
            Some(server) => Config::Server(server.clone()),
            None => Config::File {
                path: self.folder().join("interpres.db"),
                key: interpres::file_key_of(self.folder(), "data file").await,
            },
        };
        Database::open(&config).await.expect("the database opens")
    }
}
