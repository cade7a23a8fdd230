//! Which ciphers are at work, for what, and by whose hands: a cryptographic bill of materials
//! (CycloneDX 1.6), made from this list.
use serde_json::{Value, json};

/// One algorithm in one use.
struct Use {
    name: &'static str,
    /// As CycloneDX calls it.
    primitive: &'static str,
    functions: &'static [&'static str],
    used_for: &'static str,
    made_by: &'static str,
    /// Whether it comes out of the validated module in builds with the feature `fips`.
    validated: bool,
}

const AWS_LC: &str = "aws-lc-rs";

const USES: [Use; 14] = [
    Use {
        name: "AES-256-GCM",
        primitive: "ae",
        functions: &["encrypt", "decrypt"],
        used_for: "sealed fields, wrapped keys, sealed files, copies",
        made_by: AWS_LC,
        validated: true,
    },
    Use {
        name: "HKDF-SHA-256",
        primitive: "kdf",
        functions: &["keyderive"],
        used_for: "a subkey for each purpose and column",
        made_by: AWS_LC,
        validated: true,
    },
    Use {
        name: "HMAC-SHA-256",
        primitive: "mac",
        functions: &["tag"],
        used_for: "checksums of records, the pepper, commitments in the log",
        made_by: AWS_LC,
        validated: true,
    },
    Use {
        name: "SHA-256",
        primitive: "hash",
        functions: &["digest"],
        used_for: "the log's tree (RFC 6962), hashes of tokens",
        made_by: AWS_LC,
        validated: true,
    },
    Use {
        name: "Ed25519",
        primitive: "signature",
        functions: &["sign", "verify"],
        used_for: "checkpoints of the log, cosignatures of witnesses",
        made_by: AWS_LC,
        validated: true,
    },
    Use {
        name: "RSA-2048 to RSA-8192, PKCS1v15 and PSS with SHA-256",
        primitive: "signature",
        functions: &["verify"],
        used_for: "tokens of identity providers",
        made_by: AWS_LC,
        validated: true,
    },
    Use {
        name: "ECDSA-P256-SHA-256",
        primitive: "signature",
        functions: &["sign", "verify"],
        used_for: "tokens of identity providers, certificates by ACME",
        made_by: AWS_LC,
        validated: true,
    },
    Use {
        name: "TLS 1.2 and 1.3",
        primitive: "other",
        functions: &["encrypt", "decrypt"],
        used_for: "everything that goes over a network",
        made_by: "rustls with aws-lc-rs",
        validated: true,
    },
    Use {
        name: "PBKDF2-HMAC-SHA-256",
        primitive: "kdf",
        functions: &["keyderive"],
        used_for: "passwords, in builds with the feature fips",
        made_by: AWS_LC,
        validated: true,
    },
    Use {
        name: "Argon2id",
        primitive: "kdf",
        functions: &["keyderive"],
        used_for: "passwords, in other builds; passphrases of sealed files",
        made_by: "argon2",
        validated: false,
    },
    Use {
        name: "HMAC-SHA-1",
        primitive: "mac",
        functions: &["tag"],
        used_for: "codes of authenticator apps (RFC 6238)",
        made_by: "totp-rs",
        validated: false,
    },
    Use {
        name: "ECDSA, EdDSA and RSA of passkeys",
        primitive: "signature",
        functions: &["verify"],
        used_for: "passkeys (WebAuthn)",
        made_by: "webauthn-rs",
        validated: false,
    },
    Use {
        name: "SHA-1",
        primitive: "hash",
        functions: &["digest"],
        used_for: "looking a password up in a list of compromised ones",
        made_by: AWS_LC,
        validated: true,
    },
    Use {
        name: "AES-256-CBC with HMAC-SHA-256",
        primitive: "block-cipher",
        functions: &["encrypt", "decrypt"],
        used_for: "the pages of the embedded database (SQLCipher); an older file keeps HMAC-SHA-512 (decision 0018)",
        made_by: "OpenSSL inside SQLCipher",
        validated: false,
    },
];

/// The document.
#[must_use]
pub fn cbom() -> String {
    let component = |u: &Use| -> Value {
        json!({
            "type": "cryptographic-asset",
            "bom-ref": u.name.to_lowercase().replace([' ', ','], "-"),
            "name": u.name,
            "cryptoProperties": { "assetType": "algorithm", "algorithmProperties": { "primitive": u.primitive, "cryptoFunctions": u.functions, "executionEnvironment": "software-plain-ram" } },
            "properties": [
                { "name": "interpres:used-for", "value": u.used_for },
                { "name": "interpres:made-by", "value": u.made_by },
                { "name": "interpres:validated-with-the-feature-fips", "value": if u.validated { "yes" } else { "no" } }
            ]
        })
    };
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": { "type": "application", "name": "interpres", "version": env!("CARGO_PKG_VERSION") } },
        "components": USES.iter().map(component).collect::<Vec<_>>()
    });
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}
