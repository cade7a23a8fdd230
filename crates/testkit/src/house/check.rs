//! What is looked at after every story.
use super::House;
use crate::watch;
use interpres::KANARYA;
use interpres_store::{Engine, Reader, Val};
use std::path::PathBuf;

impl House {
    /// After every story: the logs verify, no plan walks a whole table, and nothing outside the
    /// vault holds the canary.
    pub(super) async fn check(&self) {
        self.number_entries().await;
        for workspace in self.gate.workspaces().await.expect("workspaces") {
            let mut report = self
                .gate
                .verify_log(workspace)
                .await
                .expect("the log is checked");
            // A sign-in that went wrong is noted in the person's workspaces after it was answered.
            for _ in 0..50 {
                if report.pending == 0 {
                    break;
                }
                self.gate
                    .number_entries()
                    .await
                    .expect("entries are numbered");
                report = self
                    .gate
                    .verify_log(workspace)
                    .await
                    .expect("the log is checked");
            }
            assert_eq!(
                (report.problems.as_slice(), report.pending),
                ([].as_slice(), 0),
                "the log of {workspace}"
            );
            assert!(report.entries > 0, "the log of {workspace} is empty");
        }
        for (sql, plan) in self.gate.statements().await.expect("plans") {
            let scan = plan.iter().find(|line| walks(line));
            assert_eq!(
                scan, None,
                "this statement walks a whole table or workspace:\n{sql}\n{plan:#?}"
            );
        }
        self.search_for_the_canary().await;
    }
    async fn search_for_the_canary(&self) {
        let canary = KANARYA.to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&canary);
        assert!(!has(&watch::logs()), "the canary is in the process's log");
        let db = self.database().await;
        let mut reader = db.reader().await.expect("a reader");
        for (table, column) in columns(&mut reader, db.engine()).await {
            for row in reader
                .rows(
                    &format!("select {column} as v from {table} where {column} is not null"),
                    &[],
                )
                .await
                .expect("rows")
            {
                let text = match row.get("v") {
                    Ok(Val::Text(text)) => text.clone(),
                    Ok(Val::Bytes(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
                    _ => String::new(),
                };
                assert!(!has(&text), "the canary is in {table}.{column}: {text}");
            }
        }
        drop(reader);
        db.close().await;
        let mut files = Vec::new();
        self.add_files(&mut files);
        assert!(!files.is_empty(), "there are files to search");
        for path in files {
            let bytes = std::fs::read(&path)
                .unwrap_or_else(|e| panic!("{}: {e}", path.display()))
                .to_ascii_lowercase();
            assert!(
                !bytes.windows(canary.len()).any(|w| w == canary.as_bytes()),
                "the canary is in {}",
                path.display()
            );
        }
    }
}

impl House {
    /// Every file of the data folder, and of what was made beside it under its name: backups, copies.
    fn add_files(&self, found: &mut Vec<PathBuf>) {
        let (folder, parent) = (self.folder(), self.folder().parent().expect("a parent"));
        let name = folder.file_name().expect("a name").to_string_lossy();
        let mut open: Vec<PathBuf> = std::fs::read_dir(parent)
            .expect("the parent")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| {
                let of = path.file_name().unwrap_or_default().to_string_lossy();
                of == name || of.starts_with(&format!("{name}."))
            })
            .collect();
        while let Some(path) = open.pop() {
            let kind = std::fs::symlink_metadata(&path)
                .unwrap_or_else(|e| panic!("{}: {e}", path.display()))
                .file_type();
            if kind.is_dir() {
                let entries = std::fs::read_dir(&path).expect("a folder");
                open.extend(entries.map(|entry| entry.expect("an entry").path()));
            } else if kind.is_file() {
                found.push(path);
            }
        }
    }
}

/// Every column of every table that holds text or bytes: what a thief of the database would go
/// through.
async fn columns(reader: &mut Reader, engine: Engine) -> Vec<(String, String)> {
    let sql = match engine {
        Engine::Postgres => {
            // By the catalogue itself: its views take seconds where plans avoid walking tables.
            "select cast(c.relname as text) as t, cast(a.attname as text) as c from pg_class c \
            join pg_attribute a on a.attrelid = c.oid
             where c.relkind = 'r' and c.relnamespace = cast(current_schema() as regnamespace) \
            and a.attnum > 0 and not a.attisdropped and a.atttypid in (cast('text' as regtype), \
            cast('bytea' as regtype))"
        }
        Engine::Sqlite => {
            "select m.name as t, p.name as c from sqlite_schema m \
            join pragma_table_info(m.name) p where m.type = 'table' \
            and m.name not like 'sqlite_%' and lower(p.type) in ('text', 'blob')"
        }
    };
    let rows = reader.rows(sql, &[]).await.expect("columns");
    assert!(rows.len() > 100, "{}", rows.len());
    rows.iter()
        .map(|row| {
            (
                row.text("t").expect("a table").to_owned(),
                row.text("c").expect("a column").to_owned(),
            )
        })
        .collect()
}

/// A plan's line that reads a whole table, or a whole workspace where an index should narrow it.
fn walks(line: &str) -> bool {
    let small = [
        "team_row",
        "workspace_row",
        "rate_row",
        "agreement_row",
        "member_row",
        "import_row",
    ];
    let scan = (line.starts_with("SCAN ") && line.contains("_row")) || line.contains("Seq Scan on");
    scan && !small.iter().any(|t| line.contains(t))
}
