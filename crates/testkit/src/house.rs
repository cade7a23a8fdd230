//! An installation with the named world, of one story: who is in it, and what time it is.
mod at_once;
mod check;
mod past_the_gate;
mod template;
mod usual;

use crate::{postgres, watch};
use interpres::{Databases, MasterAt, OpenMaster, Person, World, open};
use interpres_gate::{Actor, Clock, ExportEntries, Gate};
use interpres_store::{Engine, ServerAddress};
use interpres_types::{AppointmentId, Instant, LepClientId, LocalDate, Moment, WallTime, Zone};
use std::{
    future::Future,
    path::Path,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
};
use template::{copy_folder, template};

pub use usual::{DRAWN, booking};

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
    /// The client whom an appointment is for.
    ///
    /// # Panics
    /// When it has none.
    pub async fn client_of(&self, appointment: AppointmentId) -> LepClientId {
        let rows = self
            .raw(&format!(
                "select client_id from appointment_row where id = '{appointment}'"
            ))
            .await;
        let id = rows[0].text("client_id").expect("it has a client");
        id.parse().expect("an id")
    }
    /// A file of the log that Carl takes, with everything numbered before.
    ///
    /// # Panics
    /// When he may not, or the file breaks off.
    pub async fn export(&self, asked: ExportEntries) -> String {
        self.number_entries().await;
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
    /// Gives every entry that waits its number in the log.
    ///
    /// # Panics
    /// When the log can't be written.
    pub async fn number_entries(&self) {
        while self.gate.number_entries().await.expect("numbers") > 0 {}
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
    /// A second process on the same data: another gate.
    pub async fn second_gate(&self) -> Gate {
        open(&self.databases, clock_at(&self.clock), false)
            .await
            .expect("a second gate")
            .0
    }
}
