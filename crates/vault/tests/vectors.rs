//! Wycheproof's vectors for the ciphers the vault is made of, when the folder is beside the
//! project. They hold the library to account in the way we use it: 256-bit keys, 96-bit nonces,
//! 128-bit tags.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't read its vectors should stop"
)]
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey},
    hkdf, hmac,
};
use serde_json::Value;
use std::path::Path;

fn groups(file: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/vectors/wycheproof")
        .join(file);
    let Ok(text) = std::fs::read(path) else {
        eprintln!("no {file} beside the project; nothing checked");
        return Vec::new();
    };
    serde_json::from_slice::<Value>(&text).unwrap()["testGroups"]
        .as_array()
        .unwrap()
        .clone()
}

fn bytes(v: &Value) -> Vec<u8> {
    let text = v.as_str().unwrap_or("");
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
        .collect()
}

fn every(file: &str, mut judge: impl FnMut(&Value, &Value) -> Option<bool>) {
    let (mut judged, groups) = (0, groups(file));
    for group in &groups {
        for test in group["tests"].as_array().unwrap() {
            if let Some(good) = judge(group, test) {
                assert_eq!(
                    good,
                    test["result"] != "invalid",
                    "{file} {}: {}",
                    test["tcId"],
                    test["comment"]
                );
                judged += 1;
            }
        }
    }
    assert!(
        groups.is_empty() || judged > 20,
        "{file}: only {judged} fit"
    );
}

#[test]
fn aes_256_gcm_opens_what_it_should_and_nothing_else() {
    every("aes_gcm_test.json", |group, test| {
        if (
            group["keySize"].as_u64(),
            group["ivSize"].as_u64(),
            group["tagSize"].as_u64(),
        ) != (Some(256), Some(96), Some(128))
        {
            return None;
        }
        let key = RandomizedNonceKey::new(&AES_256_GCM, &bytes(&test["key"])).unwrap();
        let mut body = [bytes(&test["ct"]), bytes(&test["tag"])].concat();
        let nonce = Nonce::try_assume_unique_for_key(&bytes(&test["iv"])).unwrap();
        Some(
            key.open_in_place(nonce, Aad::from(bytes(&test["aad"])), &mut body)
                .is_ok_and(|plain| plain == bytes(&test["msg"])),
        )
    });
}

#[test]
fn hmac_sha_256_gives_the_tags_of_the_vectors() {
    every("hmac_sha256_test.json", |group, test| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes(&test["key"]));
        let size = usize::try_from(group["tagSize"].as_u64().unwrap() / 8).unwrap();
        Some(hmac::sign(&key, &bytes(&test["msg"])).as_ref()[..size] == bytes(&test["tag"]))
    });
}

struct Length(usize);
impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

#[test]
fn hkdf_sha_256_derives_the_keys_of_the_vectors() {
    every("hkdf_sha256_test.json", |_, test| {
        let (info, size) = (
            bytes(&test["info"]),
            usize::try_from(test["size"].as_u64().unwrap()).unwrap(),
        );
        let prk =
            hkdf::Salt::new(hkdf::HKDF_SHA256, &bytes(&test["salt"])).extract(&bytes(&test["ikm"]));
        let info = [info.as_slice()];
        let mut out = vec![0; size];
        let derived = prk
            .expand(&info, Length(size))
            .and_then(|okm| okm.fill(&mut out))
            .is_ok();
        Some(derived && out == bytes(&test["okm"]))
    });
}
