//! The transparency-dev proof vectors, good and corrupted, when the folder is beside the project.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't read its vectors should stop"
)]
use base64::{Engine, engine::general_purpose::STANDARD};
use interpres_audit_log::{Hash, leaf_hash, verify_consistency, verify_inclusion};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn vectors(kind: &str) -> Vec<(PathBuf, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/vectors/merkle/testdata")
        .join(kind);
    let mut found = Vec::new();
    let mut open = vec![folder];
    while let Some(dir) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&dir) else {
            continue;
        };
        for path in entries.map(|e| e.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else if !path.to_string_lossy().ends_with("-subtree.json") {
                let json = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
                found.push((path, json));
            }
        }
    }
    if found.is_empty() {
        eprintln!("no {kind} vectors beside the project; nothing checked");
    }
    found
}

fn hash(v: &Value) -> Option<Hash> {
    STANDARD
        .decode(v.as_str().unwrap_or(""))
        .ok()?
        .try_into()
        .ok()
}

/// A root; some vectors have roots of other lengths that only ever equal themselves.
fn root(v: &Value) -> Option<Hash> {
    let bytes = STANDARD.decode(v.as_str().unwrap_or("")).ok()?;
    Some(
        bytes
            .clone()
            .try_into()
            .unwrap_or_else(|_| leaf_hash(&bytes)),
    )
}

fn hashes(v: &Value) -> Option<Vec<Hash>> {
    v.as_array()
        .map_or(Some(Vec::new()), |all| all.iter().map(hash).collect())
}

fn number(v: &Value, key: &str) -> u64 {
    v[key].as_u64().unwrap_or(0)
}

/// Ed25519 as the log's keys use it, against Wycheproof's vectors.
#[test]
fn signatures_are_judged_as_the_vectors_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/vectors/wycheproof/ed25519_test.json");
    let Ok(text) = std::fs::read(path) else {
        eprintln!("no Ed25519 vectors beside the project; nothing checked");
        return;
    };
    let bytes = |v: &Value| {
        let text = v.as_str().unwrap_or("");
        (0..text.len())
            .step_by(2)
            .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
            .collect::<Vec<u8>>()
    };
    let vectors: Value = serde_json::from_slice(&text).unwrap();
    for group in vectors["testGroups"].as_array().unwrap() {
        let key = aws_lc_rs::signature::UnparsedPublicKey::new(
            &aws_lc_rs::signature::ED25519,
            bytes(&group["publicKey"]["pk"]),
        );
        for test in group["tests"].as_array().unwrap() {
            let holds = key
                .verify(&bytes(&test["msg"]), &bytes(&test["sig"]))
                .is_ok();
            assert_eq!(
                holds,
                test["result"] == "valid",
                "{}: {}",
                test["tcId"],
                test["comment"]
            );
        }
    }
}

#[test]
fn inclusion_proofs_are_judged_as_the_vectors_say() {
    for (path, v) in vectors("inclusion") {
        let parts = (hash(&v["leafHash"]), hashes(&v["proof"]), hash(&v["root"]));
        let holds = matches!(parts, (Some(leaf), Some(proof), Some(root)) if verify_inclusion(&leaf, number(&v, "leafIdx"), number(&v, "treeSize"), &proof, &root).is_ok());
        assert_eq!(
            holds,
            !v["wantErr"].as_bool().unwrap_or(false),
            "{}",
            path.display()
        );
    }
}

#[test]
fn consistency_proofs_are_judged_as_the_vectors_say() {
    for (path, v) in vectors("consistency") {
        let (old, new) = (number(&v, "size1"), number(&v, "size2"));
        let parts = (root(&v["root1"]), root(&v["root2"]), hashes(&v["proof"]));
        let holds = matches!(parts, (Some(was), Some(is), Some(proof)) if verify_consistency(old, &was, new, &is, &proof).is_ok());
        assert_eq!(
            holds,
            !v["wantErr"].as_bool().unwrap_or(false),
            "{}",
            path.display()
        );
    }
}
