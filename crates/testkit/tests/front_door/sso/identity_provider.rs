//! An identity provider that can lie in every way a test asks of it. It speaks real HTTP on a port
//! of this machine.
use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use axum::{
    Form, Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use interpres_gate::Gate;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use url::Url;

pub(crate) const CLIENT: &str = "interpres at front range";
pub(crate) const SECRET: &str = "s3cret: with % and :";

struct Key {
    kid: String,
    pkcs8: Vec<u8>,
    x: String,
    y: String,
}

impl Key {
    fn fresh(kid: &str) -> Self {
        let pkcs8 =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                .unwrap()
                .as_ref()
                .to_vec();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8).unwrap();
        let point = pair.public_key().as_ref();
        Self {
            kid: kid.to_owned(),
            x: URL_SAFE_NO_PAD.encode(&point[1..33]),
            y: URL_SAFE_NO_PAD.encode(&point[33..65]),
            pkcs8,
        }
    }
    fn public(&self) -> Value {
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid,
            "x": self.x, "y": self.y
        })
    }
}

struct Asked {
    nonce: String,
    challenge: String,
    redirect_uri: String,
    max_age: bool,
}

struct Inner {
    gate: Gate,
    issuer: String,
    lie: Mutex<&'static str>,
    keys: Mutex<Vec<Key>>,
    who: Mutex<Value>,
    asked: Mutex<HashMap<String, Asked>>,
}

#[derive(Clone)]
pub(crate) struct IdentityProvider(Arc<Inner>);

impl IdentityProvider {
    pub(crate) async fn open(gate: &Gate) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let inner = Inner {
            gate: gate.clone(),
            issuer,
            lie: Mutex::new(""),
            keys: Mutex::new(vec![Key::fresh("one")]),
            who: Mutex::default(),
            asked: Mutex::default(),
        };
        let this = Self(Arc::new(inner));
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .route("/far/{place}", get(far))
            .with_state(this.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        this
    }
    pub(crate) fn issuer(&self) -> &str {
        &self.0.issuer
    }
    pub(crate) fn lies(&self, lie: &'static str) {
        *self.0.lie.lock().unwrap() = lie;
    }
    fn lie(&self) -> &'static str {
        *self.0.lie.lock().unwrap()
    }
    /// Who is signed in there.
    pub(crate) fn is(&self, who: Value) {
        *self.0.who.lock().unwrap() = who;
    }
    pub(crate) fn changes_its_key(&self, kid: &str) {
        *self.0.keys.lock().unwrap() = vec![Key::fresh(kid)];
    }
    /// What a browser does at the provider: gives the query it comes back with.
    pub(crate) fn signs_in(&self, url: &str) -> String {
        let url = Url::parse(url).unwrap();
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(
            (
                query["response_type"].as_str(),
                query["code_challenge_method"].as_str(),
                query["client_id"].as_str()
            ),
            ("code", "S256", CLIENT)
        );
        assert!(query["scope"].split(' ').any(|s| s == "openid"));
        let code = format!("code-{}", self.0.asked.lock().unwrap().len());
        let asked = Asked {
            nonce: query["nonce"].clone(),
            challenge: query["code_challenge"].clone(),
            redirect_uri: query["redirect_uri"].clone(),
            max_age: query.contains_key("max_age"),
        };
        self.0.asked.lock().unwrap().insert(code.clone(), asked);
        let mut back = url::form_urlencoded::Serializer::new(String::new());
        back.append_pair(
            "state",
            if self.lie() == "another state" {
                "made-up"
            } else {
                &query["state"]
            },
        );
        match self.lie() {
            "error" => back.append_pair("error", "access_denied"),
            "no code" => back.append_pair("x", "y"),
            _ => back.append_pair("code", &code),
        };
        match self.lie() {
            "another issuer answers" => back.append_pair("iss", "http://127.0.0.1:1"),
            "nobody says who answers" => back.append_pair("z", ""),
            _ => back.append_pair("iss", &self.0.issuer),
        };
        back.finish()
    }
    fn sign(&self, header: &Header, claims: &Value, key: &Key) -> String {
        encode(header, claims, &EncodingKey::from_ec_der(&key.pkcs8)).unwrap()
    }
    /// A token for logging out.
    pub(crate) fn logout(&self, claims: Value) -> String {
        let keys = self.0.keys.lock().unwrap();
        let now = self.0.gate.now().micros() / 1_000_000;
        let mut all = json!({
            "iss": self.0.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": "j-1",
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} }
        });
        for (name, value) in claims.as_object().unwrap() {
            if value.is_null() {
                all.as_object_mut().unwrap().remove(name);
            } else {
                all[name] = value.clone();
            }
        }
        self.sign(
            &Header {
                kid: Some(keys[0].kid.clone()),
                ..Header::new(Algorithm::ES256)
            },
            &all,
            &keys[0],
        )
    }

    fn id_token(&self, asked: &Asked) -> String {
        let (lie, now) = (self.lie(), self.0.gate.now().micros() / 1_000_000);
        let mut claims = json!({
            "iss": self.0.issuer, "aud": CLIENT, "exp": now + 300, "iat": now,
            "nonce": asked.nonce,
            "at_hash": URL_SAFE_NO_PAD.encode(&digest(&SHA256, b"access").as_ref()[..16])
        });
        if asked.max_age {
            claims["auth_time"] = now.into();
        }
        for (name, value) in self.0.who.lock().unwrap().as_object().unwrap() {
            claims[name] = value.clone();
        }
        let set = |claims: &mut Value, name: &str, value: Value| claims[name] = value;
        let drop = |claims: &mut Value, name: &str| {
            claims.as_object_mut().unwrap().remove(name);
        };
        match lie {
            "another issuer" => set(&mut claims, "iss", "https://accounts.example.com".into()),
            "issuer with a slash" => set(&mut claims, "iss", format!("{}/", self.0.issuer).into()),
            "no issuer" => drop(&mut claims, "iss"),
            "for another client" => set(&mut claims, "aud", "somebody else".into()),
            "for no client" => drop(&mut claims, "aud"),
            "for two and nobody's" => set(&mut claims, "aud", json!([CLIENT, "somebody else"])),
            "issued to another" => set(&mut claims, "azp", "somebody else".into()),
            "expired" => set(&mut claims, "exp", (now - 61).into()),
            "never expires" => drop(&mut claims, "exp"),
            "expires as text" => set(&mut claims, "exp", "tomorrow".into()),
            "from the future" => set(&mut claims, "iat", (now + 120).into()),
            "from long ago" => set(&mut claims, "iat", (now - 700).into()),
            "made at no time" => drop(&mut claims, "iat"),
            "not yet" => set(&mut claims, "nbf", (now + 120).into()),
            "another nonce" => set(&mut claims, "nonce", "replayed".into()),
            "no nonce" => drop(&mut claims, "nonce"),
            "nobody" => drop(&mut claims, "sub"),
            "an empty name" => set(&mut claims, "sub", "".into()),
            "a number for a name" => set(&mut claims, "sub", 7.into()),
            "another access token" => set(&mut claims, "at_hash", "AAAAAAAAAAAAAAAAAAAAAA".into()),
            "no fresh proof" => set(&mut claims, "auth_time", (now - 3600).into()),
            "fresh proof not told" => drop(&mut claims, "auth_time"),
            "address by userinfo" | "userinfo of another" => drop(&mut claims, "email"),
            _ => {}
        }
        let keys = self.0.keys.lock().unwrap();
        let header = Header {
            kid: Some(keys[0].kid.clone()),
            ..Header::new(Algorithm::ES256)
        };
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        match lie {
            "alg none" => format!(
                "{}.{}.",
                part(&json!({ "alg": "none", "kid": keys[0].kid })),
                part(&claims)
            ),
            "alg None" => format!(
                "{}.{}.",
                part(&json!({ "alg": "None", "kid": keys[0].kid })),
                part(&claims)
            ),
            "alg HS256 by the secret" => encode(
                &Header {
                    kid: Some(keys[0].kid.clone()),
                    ..Header::new(Algorithm::HS256)
                },
                &claims,
                &EncodingKey::from_secret(SECRET.as_bytes()),
            )
            .unwrap(),
            "alg HS256 by the public key" => encode(
                &Header {
                    kid: Some(keys[0].kid.clone()),
                    ..Header::new(Algorithm::HS256)
                },
                &claims,
                &EncodingKey::from_secret(keys[0].x.as_bytes()),
            )
            .unwrap(),
            "a key it does not show" => self.sign(&header, &claims, &Key::fresh("one")),
            "a key of no name it shows" => self.sign(
                &Header {
                    kid: Some("elsewhere".into()),
                    ..header
                },
                &claims,
                &keys[0],
            ),
            "a key of its own along" => {
                let fresh = Key::fresh("one");
                let mut header = header;
                header.jwk = serde_json::from_value(fresh.public()).ok();
                self.sign(&header, &claims, &fresh)
            }
            "no signature" => {
                let good = self.sign(&header, &claims, &keys[0]);
                good[..=good.rfind('.').unwrap()].to_owned()
            }
            "changed afterwards" => {
                let good = self.sign(&header, &claims, &keys[0]);
                claims["sub"] = "the owner".into();
                let parts: Vec<&str> = good.split('.').collect();
                format!("{}.{}.{}", parts[0], part(&claims), parts[2])
            }
            "no token at all" => "not a token".to_owned(),
            "a token of a megabyte" => "a".repeat(1 << 19),
            _ => self.sign(&header, &claims, &keys[0]),
        }
    }
}

async fn metadata(State(idp): State<IdentityProvider>) -> Json<Value> {
    let issuer = idp.issuer();
    let mut found = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "authorization_response_iss_parameter_supported": true
    });
    match idp.lie() {
        "metadata with a slash" => found["issuer"] = format!("{issuer}/").into(),
        "metadata of every tenant" => {
            found["issuer"] = "https://login.microsoftonline.com/{tenantid}/v2.0".into()
        }
        "metadata of another" => found["issuer"] = "https://accounts.example.com".into(),
        "tokens elsewhere by plain http" => {
            found["token_endpoint"] = "http://10.1.2.3/token".into()
        }
        "keys in a file" => found["jwks_uri"] = "file:///etc/passwd".into(),
        "tokens behind a redirect" => {
            found["token_endpoint"] = format!("{issuer}/far/token").into()
        }
        _ => {}
    }
    Json(found)
}

async fn far(Path(place): Path<String>) -> Response {
    (
        StatusCode::TEMPORARY_REDIRECT,
        [("location", format!("/{place}"))],
    )
        .into_response()
}

async fn keys(State(idp): State<IdentityProvider>) -> Json<Value> {
    let mut shown: Vec<Value> = idp.0.keys.lock().unwrap().iter().map(Key::public).collect();
    match idp.lie() {
        "a key for encrypting" => shown[0]["use"] = "enc".into(),
        "no keys" => shown.clear(),
        "a key for another algorithm" => shown[0]["alg"] = "RS256".into(),
        _ => {}
    }
    Json(json!({ "keys": shown }))
}

async fn token(
    State(idp): State<IdentityProvider>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let encode =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let expected = format!(
        "Basic {}",
        STANDARD.encode(format!("{}:{}", encode(CLIENT), encode(SECRET)))
    );
    let known = idp.0.asked.lock().unwrap().remove(&form["code"]);
    let challenge =
        URL_SAFE_NO_PAD.encode(digest(&SHA256, form["code_verifier"].as_bytes()).as_ref());
    let good = known.as_ref().is_some_and(|asked| {
        asked.challenge == challenge && asked.redirect_uri == form["redirect_uri"]
    });
    let (Some(asked), true, true) = (known, good, headers["authorization"] == expected.as_str())
    else {
        return (
            StatusCode::BAD_REQUEST,
            Json(json!({ "error": "invalid_grant" })),
        )
            .into_response();
    };
    match idp.lie() {
        "no answer" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        "an answer without a token" => Json(json!({ "access_token": "access" })).into_response(),
        _ => Json(json!({
            "access_token": "access", "token_type": "Bearer",
            "id_token": idp.id_token(&asked)
        }))
        .into_response(),
    }
}

async fn userinfo(State(idp): State<IdentityProvider>, headers: HeaderMap) -> Response {
    if headers["authorization"] != "Bearer access" {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut who = idp.0.who.lock().unwrap().clone();
    if idp.lie() == "userinfo of another" {
        who["sub"] = "somebody else".into();
    }
    Json(who).into_response()
}
