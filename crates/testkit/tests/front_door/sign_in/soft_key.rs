//! A hardware key made of software, whose answers a test can bend before and after they are signed.
use crate::browser::HERE;
use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// An answer that is not signed yet.
pub(crate) struct Unsigned {
    pub(crate) client: Value,
    /// What is sent instead of the client's JSON, where that is bent as well.
    pub(crate) client_text: Option<String>,
    pub(crate) rp: String,
    pub(crate) flags: u8,
    pub(crate) counter: u32,
    pub(crate) id: Vec<u8>,
    pub(crate) point: Vec<u8>,
    pub(crate) alg: i64,
    pub(crate) format: &'static str,
    pub(crate) more: Vec<u8>,
    pub(crate) cut: usize,
    pub(crate) foreign_signature: bool,
    pub(crate) user: Option<String>,
}

pub(crate) struct SoftKey {
    pkcs8: Vec<u8>,
    id: Vec<u8>,
    user: Option<String>,
    pub(crate) counter: u32,
}

fn bytes(out: &mut Vec<u8>, major: u8, data: &[u8]) {
    head(out, major, data.len());
    out.extend_from_slice(data);
}

fn head(out: &mut Vec<u8>, major: u8, n: usize) {
    match n {
        0..24 => out.push(major << 5 | n as u8),
        24..256 => out.extend([major << 5 | 24, n as u8]),
        _ => out.extend([major << 5 | 25, (n >> 8) as u8, n as u8]),
    }
}

fn int(out: &mut Vec<u8>, n: i64) {
    if n >= 0 {
        head(out, 0, n as usize)
    } else {
        head(out, 1, (-1 - n) as usize)
    }
}

impl SoftKey {
    pub(crate) fn fresh() -> Self {
        let pkcs8 =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new())
                .unwrap()
                .as_ref()
                .to_vec();
        let id = digest(&SHA256, &pkcs8).as_ref().to_vec();
        Self {
            pkcs8,
            id,
            user: None,
            counter: 0,
        }
    }
    fn pair(&self) -> EcdsaKeyPair {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.pkcs8).unwrap()
    }
    fn answer(&self, kind: &str, options: &Value) -> Unsigned {
        Unsigned {
            client: json!({
                "type": kind, "challenge": options["publicKey"]["challenge"],
                "origin": HERE, "crossOrigin": false
            }),
            client_text: None,
            rp: "localhost".into(),
            flags: PRESENT | VERIFIED,
            counter: self.counter,
            id: self.id.clone(),
            point: self.pair().public_key().as_ref().to_vec(),
            alg: -7,
            format: "none",
            more: Vec::new(),
            cut: 0,
            foreign_signature: false,
            user: self.user.clone(),
        }
    }
    /// Answers the wish for a new key.
    pub(crate) fn create(&mut self, options: &Value, bend: impl Fn(&mut Unsigned)) -> String {
        self.user = options["publicKey"]["user"]["id"]
            .as_str()
            .map(str::to_owned);
        let mut answer = self.answer("webauthn.create", options);
        answer.flags |= ATTESTED;
        bend(&mut answer);
        let mut auth = self.authenticator(&answer);
        if answer.flags & ATTESTED != 0 {
            auth.extend([0; 16]);
            auth.extend((answer.id.len() as u16).to_be_bytes());
            auth.extend(&answer.id);
            head(&mut auth, 5, 5);
            for (name, value) in [(1, 2), (3, answer.alg), (-1, 1)] {
                int(&mut auth, name);
                int(&mut auth, value);
            }
            for (name, part) in [(-2, &answer.point[1..33]), (-3, &answer.point[33..65])] {
                int(&mut auth, name);
                bytes(&mut auth, 2, part);
            }
        }
        auth.extend(&answer.more);
        auth.truncate(auth.len() - answer.cut.min(auth.len()));
        let mut object = Vec::new();
        head(&mut object, 5, 3);
        bytes(&mut object, 3, b"fmt");
        bytes(&mut object, 3, answer.format.as_bytes());
        bytes(&mut object, 3, b"attStmt");
        head(&mut object, 5, 0);
        bytes(&mut object, 3, b"authData");
        bytes(&mut object, 2, &auth);
        let client = answer
            .client_text
            .clone()
            .unwrap_or_else(|| answer.client.to_string());
        let id = URL_SAFE_NO_PAD.encode(&answer.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "extensions": {},
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
                "attestationObject": URL_SAFE_NO_PAD.encode(object),
                "transports": []
            }
        })
        .to_string()
    }
    /// Answers the wish for proof.
    pub(crate) fn prove(&mut self, options: &Value, bend: impl Fn(&mut Unsigned)) -> Value {
        self.counter += 1;
        let mut answer = self.answer("webauthn.get", options);
        bend(&mut answer);
        let mut auth = self.authenticator(&answer);
        auth.extend(&answer.more);
        auth.truncate(auth.len() - answer.cut.min(auth.len()));
        let client = answer
            .client_text
            .clone()
            .unwrap_or_else(|| answer.client.to_string());
        let signed = [auth.as_slice(), digest(&SHA256, client.as_bytes()).as_ref()].concat();
        let pair = if answer.foreign_signature {
            Self::fresh().pair()
        } else {
            self.pair()
        };
        let signature = pair.sign(&SystemRandom::new(), &signed).unwrap();
        let id = URL_SAFE_NO_PAD.encode(&answer.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "extensions": {},
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
                "authenticatorData": URL_SAFE_NO_PAD.encode(auth),
                "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
                "userHandle": answer.user
            }
        })
    }
    fn authenticator(&self, answer: &Unsigned) -> Vec<u8> {
        let mut auth = digest(&SHA256, answer.rp.as_bytes()).as_ref().to_vec();
        auth.push(answer.flags);
        auth.extend(answer.counter.to_be_bytes());
        auth
    }
}
