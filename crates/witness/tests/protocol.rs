//! The witness protocol, as C2SP tlog-witness says it.
#![expect(clippy::unwrap_used, reason = "a test that can't run should stop")]
use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use interpres_audit_log::{
    Checkpoint, Hash, LogKey, Policy, base64_hash, consistency_ranges, leaf_hash, root,
};
use interpres_witness::{Memory, Witness, router};
use std::path::{Path, PathBuf};
use tower::ServiceExt;

struct Scene {
    folder: PathBuf,
    witness: Router,
    leaves: Vec<Hash>,
}

fn log() -> LogKey {
    LogKey::new("interpres/w", &[1; 32]).unwrap()
}
fn witness_key() -> LogKey {
    LogKey::new("witness.example", &[2; 32]).unwrap()
}
fn start(folder: &Path) -> Router {
    router(Witness::new(
        witness_key(),
        vec![log().verifier()],
        Memory::open(folder).unwrap(),
        || 1_800_000_000,
    ))
}

impl Scene {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("interpres-witness-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        Self {
            witness: start(&folder),
            folder,
            leaves: (0..50_u64).map(|n| leaf_hash(&n.to_be_bytes())).collect(),
        }
    }
    fn note(&self, size: usize) -> String {
        Checkpoint {
            origin: "interpres/w".into(),
            size: size as u64,
            root: root(&self.leaves[..size]),
        }
        .sign(&log())
    }
    fn proof(&self, old: usize, new: usize) -> String {
        let part = |r: &std::ops::Range<u64>| {
            root(&self.leaves[usize::try_from(r.start).unwrap()..usize::try_from(r.end).unwrap()])
        };
        consistency_ranges(old as u64, new as u64)
            .iter()
            .map(|r| base64_hash(&part(r)) + "\n")
            .collect()
    }
    async fn ask(&self, body: String) -> (u16, String, String) {
        let request = Request::post("/add-checkpoint")
            .body(Body::from(body))
            .unwrap();
        let answer = self.witness.clone().oneshot(request).await.unwrap();
        let kind = answer
            .headers()
            .get("content-type")
            .map(|v| v.to_str().unwrap().to_owned())
            .unwrap_or_default();
        (
            answer.status().as_u16(),
            kind,
            String::from_utf8(
                to_bytes(answer.into_body(), 1 << 16)
                    .await
                    .unwrap()
                    .to_vec(),
            )
            .unwrap(),
        )
    }
    async fn grow(&self, old: usize, new: usize) -> (u16, String, String) {
        self.ask(format!(
            "old {old}\n{}\n{}",
            self.proof(old, new),
            self.note(new)
        ))
        .await
    }
}
impl Drop for Scene {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test]
async fn what_a_log_adds_is_signed_and_the_signature_satisfies_a_policy() {
    let scene = Scene::new("adds");
    for (old, new) in [(0, 5), (5, 5), (5, 32), (32, 50)] {
        let (status, _, line) = scene.grow(old, new).await;
        assert_eq!(status, 200, "{old} to {new}: {line}");
        let policy = Policy::parse(&format!(
            "log {}\nwitness w {}\nquorum w\n",
            log().verifier(),
            witness_key().cosigner()
        ))
        .unwrap();
        assert!(policy.open(&scene.note(new)).is_err());
        assert_eq!(
            policy.open(&(scene.note(new) + &line)).unwrap().size,
            new as u64
        );
    }
}

#[tokio::test]
async fn a_stale_size_is_told_the_one_that_is_known() {
    let scene = Scene::new("stale");
    assert_eq!(
        scene.grow(3, 9).await,
        (409, "text/x.tlog.size".into(), "0\n".into())
    );
    assert_eq!(scene.grow(0, 9).await.0, 200);
    assert_eq!(
        scene.grow(0, 20).await,
        (409, "text/x.tlog.size".into(), "9\n".into())
    );
}

#[tokio::test]
async fn a_rewritten_or_rolled_back_log_is_not_signed() {
    let mut scene = Scene::new("rewritten");
    assert_eq!(scene.grow(0, 20).await.0, 200);
    assert_eq!(
        scene.ask(format!("old 20\n\n{}", scene.note(10))).await.0,
        400,
        "rolled back"
    );
    scene.leaves[3] = leaf_hash(b"another past");
    assert_eq!(scene.grow(20, 30).await.0, 422, "rewritten");
    assert_eq!(
        scene.grow(20, 20).await.0,
        409,
        "the same size with another root"
    );
    let wrong = format!(
        "old 20\n{}\n{}",
        base64_hash(&[7; 32]) + "\n",
        scene.note(30)
    );
    assert_eq!(scene.ask(wrong).await.0, 422);
}

#[tokio::test]
async fn strangers_and_nonsense_are_turned_away() {
    let scene = Scene::new("strangers");
    let foreign = LogKey::new("interpres/other", &[1; 32]).unwrap();
    let other = Checkpoint {
        origin: "interpres/other".into(),
        size: 1,
        root: [1; 32],
    }
    .sign(&foreign);
    assert_eq!(scene.ask(format!("old 0\n\n{other}")).await.0, 404);
    let thief = Checkpoint {
        origin: "interpres/w".into(),
        size: 1,
        root: [1; 32],
    }
    .sign(&LogKey::new("interpres/w", &[9; 32]).unwrap());
    assert_eq!(scene.ask(format!("old 0\n\n{thief}")).await.0, 403);
    for nonsense in [
        "",
        "old",
        "old 0\n",
        "old -1\n\nx",
        "old 00\n\nx\n",
        "new 0\n\nx\n",
        "old 0\nnot base64\n\nx\n",
    ] {
        assert!(
            [400, 404].contains(&scene.ask(nonsense.to_owned()).await.0),
            "{nonsense:?}"
        );
    }
}

#[tokio::test]
async fn it_remembers_over_a_restart_and_a_broken_memory_does_not_start() {
    let mut scene = Scene::new("restart");
    assert_eq!(scene.grow(0, 20).await.0, 200);
    scene.witness = start(&scene.folder);
    assert_eq!(
        scene.grow(0, 30).await,
        (409, "text/x.tlog.size".into(), "20\n".into())
    );
    let file = std::fs::read_dir(&scene.folder)
        .unwrap()
        .flatten()
        .map(|e| e.path())
        .find(|p| p.extension().is_some_and(|e| e == "log"))
        .unwrap();
    std::fs::write(&file, "interpres/w\nnonsense\n").unwrap();
    assert!(Memory::open(&scene.folder).is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_additions_from_the_same_past_one_is_signed() {
    let scene = Scene::new("race");
    assert_eq!(scene.grow(0, 10).await.0, 200);
    let mut tasks = Vec::new();
    for new in 11..43 {
        let (witness, body) = (
            scene.witness.clone(),
            format!("old 10\n{}\n{}", scene.proof(10, new), scene.note(new)),
        );
        tasks.push(tokio::spawn(async move {
            witness
                .oneshot(
                    Request::post("/add-checkpoint")
                        .body(Body::from(body))
                        .unwrap(),
                )
                .await
                .unwrap()
                .status()
                .as_u16()
        }));
    }
    let mut signed = 0;
    for task in tasks {
        match task.await.unwrap() {
            200 => signed += 1,
            409 => {}
            other => panic!("{other}"),
        }
    }
    assert_eq!(signed, 1);
}
