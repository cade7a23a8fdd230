use crate::{postgres, watch};
use interpres::{Databases, KANARYA, MasterAt, OpenMaster, Person, World, fill_world, open};
use interpres_gate::{Actor, Clock, ExportEntries, Gate};
use interpres_store::{Config, Database, Engine, Reader, ServerAddress, Val};
use interpres_types::{Instant, LocalDate, Moment, WallTime, Zone};
use std::{
    future::Future,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
};

/// What a story does in its house.
pub type Step<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// An installation with the named world, of one story.
pub struct House {
    /// The gate.
    pub gate: Gate,
    /// The master key it was opened with.
    pub master: OpenMaster,
    /// Who and what is in it.
    pub world: World,
    clock: Arc<AtomicI64>,
    databases: Databases,
}

/// Stories begin on Monday 1 March 2027 at 08:00 in Denver.
const BEGIN: i64 = 1_803_913_200_000_000;

struct Template {
    folder: PathBuf,
    database: Option<String>,
    world: World,
}

fn fresh_name() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!(
        "house_{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}

fn clock_at(micros: &Arc<AtomicI64>) -> Clock {
    let micros = micros.clone();
    Arc::new(move || Instant::from_micros(micros.load(Ordering::Relaxed)))
}

impl House {
    /// Tells one story in a house of its own, then checks the house.
    pub fn tell(engine: Engine, story: impl for<'a> FnOnce(&'a Self) -> Step<'a>) {
        watch::keep_logs();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(4)
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let house = Self::build(engine).await;
            story(&house).await;
            house.check().await;
            house.gate.close().await;
            let _ = std::fs::remove_dir_all(&house.databases.folder);
        });
    }

    /// A copy of the engine's template, which is made once in a process.
    async fn build(engine: Engine) -> Self {
        let template = template(engine).await;
        let name = fresh_name();
        let folder = std::env::temp_dir().join(&name);
        copy_folder(&template.folder, &folder);
        let data = template
            .database
            .as_ref()
            .map(|t| postgres::database(&name, Some(t)));
        let databases = Databases {
            folder,
            data,
            keys: None,
            master: MasterAt::default(),
        };
        let clock = Arc::new(AtomicI64::new(BEGIN));
        let (gate, master) = open(&databases, clock_at(&clock), true)
            .await
            .expect("the house opens");
        Self {
            gate,
            master,
            world: template.world.clone(),
            clock,
            databases,
        }
    }

    /// A person of the named world.
    #[must_use]
    pub fn person(&self, first: &str) -> &Person {
        self.world
            .people
            .get(first)
            .unwrap_or_else(|| panic!("nobody is called {first}"))
    }
    /// The person as an actor, admitted by their API key.
    pub async fn enters(&self, first: &str) -> Actor {
        self.gate
            .admit_key(
                &self.person(first).api_key,
                interpres_gate::Origin::default(),
            )
            .await
            .expect("the gate answers")
            .unwrap_or_else(|| panic!("{first} is not admitted"))
    }
    /// A file of the log that Carl takes, with everything numbered before.
    ///
    /// # Panics
    /// When he may not, or the file breaks off.
    pub async fn export(&self, asked: ExportEntries) -> String {
        while self
            .gate
            .number_entries()
            .await
            .expect("entries are numbered")
            > 0
        {}
        let plan = self
            .gate
            .view(&self.enters("Carl").await, asked)
            .await
            .expect("Carl exports");
        let (mut file, mut out) = (self.gate.begin_export(plan), Vec::new());
        while let Some(piece) = file.next_piece().await.expect("the next piece") {
            out.extend(piece);
        }
        String::from_utf8(out).expect("text")
    }
    /// The time goes on by seconds.
    pub fn wait_seconds(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }
    /// The time goes on.
    pub fn wait_minutes(&self, minutes: i64) {
        self.clock
            .fetch_add(minutes * 60_000_000, Ordering::Relaxed);
    }
    /// The clock jumps to a wall-clock time in Denver.
    pub fn at(&self, wall: &str) {
        let (zone, wall): (Zone, WallTime) = (
            "America/Denver".parse().expect("a zone"),
            wall.parse().expect("a time"),
        );
        let Moment::Once(at) = zone.moment(wall) else {
            panic!("{wall} is not one moment")
        };
        self.clock.store(at.micros(), Ordering::Relaxed);
    }
    /// Today in Denver.
    #[must_use]
    pub fn today(&self) -> LocalDate {
        "America/Denver"
            .parse::<Zone>()
            .expect("a zone")
            .wall_time(self.gate.now())
            .date
    }
    /// Where the data are.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.databases.folder
    }
    /// Where data and keys are.
    #[must_use]
    pub const fn place(&self) -> &Databases {
        &self.databases
    }
    /// The address of a fresh database on the server, where the data stand on one.
    #[must_use]
    pub fn empty_database(&self) -> Option<ServerAddress> {
        self.databases
            .data
            .as_ref()
            .map(|_| postgres::database(&fresh_name(), None))
    }
    /// A copy of a database on the server that nobody is connected to.
    #[must_use]
    pub fn copy_of(&self, server: &ServerAddress) -> ServerAddress {
        postgres::database(&fresh_name(), Some(server.database()))
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
    /// A second process on the same data: another gate.
    pub async fn second_gate(&self) -> Gate {
        open(&self.databases, clock_at(&self.clock), false)
            .await
            .expect("a second gate")
            .0
    }

    /// After every story: the logs verify, no plan walks a whole table, and nothing outside the
    /// vault holds the canary.
    async fn check(&self) {
        while self
            .gate
            .number_entries()
            .await
            .expect("entries are numbered")
            > 0
        {}
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
        for path in std::fs::read_dir(self.folder())
            .expect("the folder")
            .flatten()
            .map(|e| e.path())
        {
            let bytes = std::fs::read(&path)
                .unwrap_or_default()
                .to_ascii_lowercase();
            assert!(
                !bytes.windows(canary.len()).any(|w| w == canary.as_bytes()),
                "the canary is in {}",
                path.display()
            );
        }
    }

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

    async fn database(&self) -> Database {
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

/// Every column of every table that holds text or bytes: what a thief of the database would go through.
async fn columns(reader: &mut Reader, engine: Engine) -> Vec<(String, String)> {
    let sql = match engine {
        Engine::Postgres => {
            // By the catalogue itself: its views take seconds where plans avoid walking tables.
            "select cast(c.relname as text) as t, cast(a.attname as text) as c from pg_class c join pg_attribute a on a.attrelid = c.oid
             where c.relkind = 'r' and c.relnamespace = cast(current_schema() as regnamespace) and a.attnum > 0 and not a.attisdropped and a.atttypid in (cast('text' as regtype), cast('bytea' as regtype))"
        }
        Engine::Sqlite => {
            "select m.name as t, p.name as c from sqlite_schema m join pragma_table_info(m.name) p where m.type = 'table' and m.name not like 'sqlite_%' and lower(p.type) in ('text', 'blob')"
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

async fn template(engine: Engine) -> &'static Template {
    static MADE: [OnceLock<Template>; 2] = [const { OnceLock::new() }; 2];
    static MAKING: Mutex<()> = Mutex::new(());
    let slot = &MADE[usize::from(engine == Engine::Postgres)];
    if let Some(made) = slot.get() {
        return made;
    }
    // Tests run on threads with runtimes of their own: one makes the template on yet another
    // thread while the others wait here.
    tokio::task::block_in_place(|| {
        let _turn = MAKING
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        slot.get_or_init(|| {
            std::thread::spawn(move || make(engine))
                .join()
                .expect("the template is made")
        })
    })
}

fn make(engine: Engine) -> Template {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let name = fresh_name();
        let folder = std::env::temp_dir().join(&name);
        let data = (engine == Engine::Postgres).then(|| postgres::database(&name, None));
        let databases = Databases {
            folder: folder.clone(),
            data: data.clone(),
            keys: None,
            master: MasterAt::default(),
        };
        let clock = clock_at(&Arc::new(AtomicI64::new(BEGIN - 3_600_000_000)));
        let (gate, _) = open(&databases, clock, false)
            .await
            .expect("the template opens");
        let world = fill_world(&gate).await.expect("the world is made");
        gate.close().await;
        Template {
            folder,
            database: data.map(|_| name),
            world,
        }
    })
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the template").flatten() {
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy");
    }
}
