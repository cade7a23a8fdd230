//! The named world, made once for each engine and copied for each story.
use super::{BEGIN, clock_at, fresh_name};
use crate::postgres;
use interpres::{Databases, MasterAt, World, fill_world, open};
use interpres_store::Engine;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, atomic::AtomicI64},
};

pub(super) struct Template {
    pub(super) folder: PathBuf,
    pub(super) database: Option<String>,
    pub(super) world: World,
}

pub(super) async fn template(engine: Engine) -> &'static Template {
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

pub(super) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the template").flatten() {
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy");
    }
}
