//! The program and the Python script for auditors, held against each other on good exports and on
//! changed ones. Neither knows the other's code.
#![expect(clippy::unwrap_used, reason = "a test that can't run should stop")]
use interpres_audit_log::{
    Checkpoint, EXPORT_FORMAT, ExportEnd, ExportHeader, ExportLine, Frontier, Hash, LogKey,
    handover, inclusion_ranges, leaf_hash, root,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const ENTRIES: u64 = 300;

fn key(seed: u8) -> LogKey {
    LogKey::new("interpres/w", &[seed; 32]).unwrap()
}

fn leaf(n: u64) -> String {
    format!(
        "{{\"v\":1,\"id\":\"{n}\",\"action\":\"appointment.show\",\"agent\":\"Zoë \\\"quoted\\\" agent\"}}"
    )
}

/// An export whose log has changed its key once and that a witness has seen.
fn export(only: Option<fn(u64) -> bool>) -> String {
    let leaves: Vec<Hash> = (0..ENTRIES)
        .map(|n| leaf_hash(leaf(n).as_bytes()))
        .collect();
    let mut tree = Frontier::empty();
    leaves.iter().for_each(|hash| tree.append(*hash));
    let note = Checkpoint {
        origin: "interpres/w".into(),
        size: ENTRIES,
        root: tree.root(),
    }
    .sign(&key(2));
    let body = note.split("\n\n").next().unwrap().to_owned() + "\n";
    let header = ExportHeader {
        format: EXPORT_FORMAT.into(),
        workspace: "w".into(),
        made_at: "2027-03-01T08:00:00Z".into(),
        checkpoint: note
            + &LogKey::new("witness.example", &[3; 32])
                .unwrap()
                .cosign(&body, 1_800_000_000),
        handovers: vec![key(1).sign(&handover(&key(2).verifier()))],
        complete: only.is_none(),
        filter: only
            .iter()
            .map(|_| ("action".to_owned(), "appointment.show".to_owned()))
            .collect(),
    };
    let mut out = serde_json::to_string(&header).unwrap() + "\n";
    let mut count = 0;
    for n in (0..ENTRIES).filter(|n| only.is_none_or(|only| only(*n))) {
        let part = |r: &std::ops::Range<u64>| {
            root(&leaves[usize::try_from(r.start).unwrap()..usize::try_from(r.end).unwrap()])
        };
        let proof: Vec<Hash> = if only.is_some() {
            inclusion_ranges(n, ENTRIES).iter().map(part).collect()
        } else {
            Vec::new()
        };
        out += &(serde_json::to_string(&ExportLine::new(
            n,
            &leaves[usize::try_from(n).unwrap()],
            &leaf(n),
            &proof,
        ))
        .unwrap()
            + "\n");
        count += 1;
    }
    out + &serde_json::to_string(&ExportEnd { entries: count }).unwrap() + "\n"
}

fn policy() -> String {
    let witness = LogKey::new("witness.example", &[3; 32]).unwrap().cosigner();
    format!(
        "# ours\nlog {}\nwitness w {witness}\nquorum w\n",
        key(1).verifier()
    )
}

struct Bench {
    folder: PathBuf,
}

impl Bench {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("interpres-verifiers-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self { folder }
    }
    /// What both say of an export; they must agree.
    fn judge(&self, policy: &str, export: &[u8]) -> (bool, String) {
        let (rules, file) = (self.folder.join("policy"), self.folder.join("export"));
        fs::write(&rules, policy).unwrap();
        fs::write(&file, export).unwrap();
        let ours = Command::new(env!("CARGO_BIN_EXE_interpres-verify"))
            .arg("--policy")
            .arg(&rules)
            .arg(&file)
            .output()
            .unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/verify_audit_log.py");
        let theirs = Command::new("python3")
            .arg(script)
            .arg(&rules)
            .arg(&file)
            .output()
            .unwrap();
        let text = format!(
            "{}{}{}",
            String::from_utf8_lossy(&ours.stdout),
            String::from_utf8_lossy(&theirs.stdout),
            String::from_utf8_lossy(&theirs.stderr)
        );
        assert_eq!(ours.status.code(), theirs.status.code(), "{text}");
        (ours.status.success(), text)
    }
}
impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn both_find_good_what_is_good() {
    let bench = Bench::new("good");
    for whole in [export(None), export(Some(|n| n % 7 == 3))] {
        let (good, text) = bench.judge(&policy(), whole.as_bytes());
        assert!(good, "{text}");
    }
}

#[test]
fn both_hold_the_header_against_the_checkpoint_and_the_entries() {
    let bench = Bench::new("header");
    let (whole, part) = (export(None), export(Some(|n| n % 7 == 3)));
    for (file, from, to) in [
        (&whole, "\"workspace\":\"w\"", "\"workspace\":\"v\""),
        (&whole, "\"filter\":{}", "\"filter\":{\"outcome\":\"done\"}"),
        (
            &part,
            "\"filter\":{\"action\":\"appointment.show\"}",
            "\"filter\":{}",
        ),
        (
            &part,
            "\"filter\":{\"action\":\"appointment.show\"}",
            "\"filter\":{\"action\":\"appointment.book\"}",
        ),
        (
            &part,
            "\"filter\":{\"action\":\"appointment.show\"}",
            "\"filter\":{\"record\":\"1\"}",
        ),
    ] {
        let changed = file.replacen(from, to, 1);
        assert_ne!(&changed, file, "{from}");
        let (good, text) = bench.judge(&policy(), changed.as_bytes());
        assert!(!good, "{to}: {text}");
    }
}

#[test]
fn both_refuse_a_policy_that_trusts_another_log_or_another_witness() {
    let bench = Bench::new("policy");
    let stranger = format!(
        "log {}\n",
        LogKey::new("interpres/w", &[9; 32]).unwrap().verifier()
    );
    assert!(!bench.judge(&stranger, export(None).as_bytes()).0);
    let other = LogKey::new("witness.example", &[8; 32]).unwrap().cosigner();
    let unseen = format!("log {}\nwitness w {other}\nquorum w\n", key(1).verifier());
    assert!(!bench.judge(&unseen, export(None).as_bytes()).0);
}

#[test]
fn both_refuse_every_changed_byte_and_every_missing_doubled_or_moved_line() {
    let bench = Bench::new("changed");
    let mut seed = 20_270_301_u64;
    for whole in [export(None), export(Some(|n| n % 7 == 3))] {
        let begin = whole.find('\n').unwrap() + 1;
        for _ in 0..60 {
            // A small generator (Knuth's multiplier), so that every run tries the same changes.
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let at = begin + usize::try_from(seed >> 33).unwrap() % (whole.len() - begin);
            let mut bytes = whole.clone().into_bytes();
            // Line ends stay: a space for one of them would be the same file to a reader of JSON.
            if bytes[at] == b'\n' || !bytes[at].is_ascii() {
                continue;
            }
            bytes[at] ^= 1;
            let (good, text) = bench.judge(&policy(), &bytes);
            assert!(
                !good,
                "byte {at} ({:?}) changed: {text}",
                char::from(bytes[at])
            );
        }
        let lines: Vec<&str> = whole.lines().collect();
        for (i, _) in lines.iter().enumerate().step_by(19).filter(|(i, _)| *i > 0) {
            let (mut fewer, mut more, mut moved) = (lines.clone(), lines.clone(), lines.clone());
            fewer.remove(i);
            more.insert(i, lines[i]);
            if i + 2 < lines.len() {
                moved.swap(i, i + 1);
                assert!(
                    !bench
                        .judge(&policy(), (moved.join("\n") + "\n").as_bytes())
                        .0,
                    "line {i} moved"
                );
            }
            assert!(
                !bench
                    .judge(&policy(), (fewer.join("\n") + "\n").as_bytes())
                    .0,
                "line {i} removed"
            );
            assert!(
                !bench
                    .judge(&policy(), (more.join("\n") + "\n").as_bytes())
                    .0,
                "line {i} doubled"
            );
        }
    }
}
