//! Validates the provider's tokens (OpenID Connect Core 3.1.3.7; RFC 8725). Anything not exactly right is rejected;
//! the reason goes to the server log, never to the page.
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use interpres_gate::sha256;
use interpres_types::Instant;
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    jwk::{Jwk, JwkSet, KeyAlgorithm, PublicKeyUse},
};
use serde_json::{Map, Value};

/// Accepted signature algorithms: all with SHA-256, none symmetric, and never `none`.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256];
/// Allowed clock skew in seconds.
const LEEWAY: i64 = 60;
/// Maximum age of a token in seconds.
const OLDEST: i64 = 600;

/// Expected values for this sign-in.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) now: Instant,
}

pub(crate) type Claims = Map<String, Value>;

fn text<'a>(claims: &'a Claims, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

fn key_for<'k>(keys: &'k JwkSet, kid: Option<&str>) -> Result<&'k Jwk, &'static str> {
    let fits = |key: &&Jwk| {
        key.common
            .public_key_use
            .as_ref()
            .is_none_or(|used| *used == PublicKeyUse::Signature)
    };
    let mut found = keys
        .keys
        .iter()
        .filter(fits)
        .filter(|key| kid.is_none() || key.common.key_id.as_deref() == kid);
    match (found.next(), found.next()) {
        (Some(key), None) => Ok(key),
        (Some(_), Some(_)) => Err("several keys could have signed it"),
        (None, _) => Err("it is signed by a key that the provider does not show"),
    }
}

/// The accepted algorithm of a key.
const fn algorithm_of_key(algorithm: Algorithm) -> Option<KeyAlgorithm> {
    match algorithm {
        Algorithm::RS256 => Some(KeyAlgorithm::RS256),
        Algorithm::PS256 => Some(KeyAlgorithm::PS256),
        Algorithm::ES256 => Some(KeyAlgorithm::ES256),
        _ => None,
    }
}

/// The claims of a token that the provider signed for us and that counts now.
pub(crate) fn signed(
    token: &str,
    keys: &JwkSet,
    expected: &Expected<'_>,
) -> Result<Claims, &'static str> {
    if token.len() > 64 * 1024 {
        return Err("it is too long");
    }
    let header = decode_header(token).map_err(|_| "it has no header that can be read")?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err("its algorithm is none that is taken");
    }
    let jwk = key_for(keys, header.kid.as_deref())?;
    if jwk
        .common
        .key_algorithm
        .is_some_and(|of_key| Some(of_key) != algorithm_of_key(header.alg))
    {
        return Err("its algorithm is not that of its key");
    }
    let key = DecodingKey::from_jwk(jwk).map_err(|_| "its key can't be used")?;
    // Times, issuer and audience are judged below, by our clock and exactly.
    let mut rules = Validation::new(header.alg);
    rules.validate_exp = false;
    rules.validate_nbf = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    let claims = decode::<Claims>(token, &key, &rules)
        .map_err(|_| "its signature is not right")?
        .claims;
    about_us(&claims, expected)?;
    in_time(&claims, expected.now)?;
    Ok(claims)
}

fn about_us(claims: &Claims, expected: &Expected<'_>) -> Result<(), &'static str> {
    if text(claims, "iss") != Some(expected.issuer) {
        return Err("another issuer made it");
    }
    let audience: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !audience.contains(&expected.client_id) {
        return Err("it is for somebody else");
    }
    match (audience.len(), text(claims, "azp")) {
        (1, None) => Ok(()),
        (_, Some(azp)) if azp == expected.client_id => Ok(()),
        _ => Err("it was issued to another party"),
    }
}

fn in_time(claims: &Claims, now: Instant) -> Result<(), &'static str> {
    let now = now.micros() / 1_000_000;
    let number = |name: &str| {
        claims
            .get(name)
            .and_then(|v| v.as_i64().or_else(|| v.as_f64().map(|f| f as i64)))
    };
    let (Some(exp), Some(iat)) = (number("exp"), number("iat")) else {
        return Err("it does not say until when it counts");
    };
    if now >= exp + LEEWAY {
        return Err("it has expired");
    }
    if iat > now + LEEWAY || iat < now - OLDEST {
        return Err("it was not made just now");
    }
    if number("nbf").is_some_and(|nbf| nbf > now + LEEWAY) {
        return Err("it does not count yet");
    }
    Ok(())
}

/// Additional checks of an ID token: it belongs to this sign-in and to this access token.
pub(crate) fn of_this_sign_in(
    claims: &Claims,
    nonce: &str,
    access_token: Option<&str>,
    fresh_since: Option<Instant>,
) -> Result<(), &'static str> {
    if text(claims, "nonce") != Some(nonce) {
        return Err("it belongs to another sign-in");
    }
    if text(claims, "sub").is_none_or(|sub| sub.is_empty() || sub.len() > 255) {
        return Err("it does not say who");
    }
    if let (Some(hash), Some(token)) = (text(claims, "at_hash"), access_token)
        && hash != URL_SAFE_NO_PAD.encode(&sha256(token.as_bytes())[..16])
    {
        return Err("it belongs to another access token");
    }
    if let Some(since) = fresh_since {
        let at = claims
            .get("auth_time")
            .and_then(Value::as_i64)
            .ok_or("it does not say when they proved who they are")?;
        if at < since.micros() / 1_000_000 - LEEWAY {
            return Err("they did not prove who they are anew");
        }
    }
    Ok(())
}

/// Additional checks of a logout token (OpenID Connect Back-Channel Logout 1.0, 2.6).
pub(crate) fn of_a_logout(
    claims: &Claims,
) -> Result<(Option<String>, Option<String>, String), &'static str> {
    let event = claims
        .get("events")
        .and_then(|e| e.get("http://schemas.openid.net/event/backchannel-logout"))
        .is_some_and(Value::is_object);
    if !event {
        return Err("it is no token for logging out");
    }
    if claims.contains_key("nonce") {
        return Err("it has a nonce, so it is an ID token");
    }
    let (sub, sid, jti) = (
        text(claims, "sub"),
        text(claims, "sid"),
        text(claims, "jti"),
    );
    match (sub, sid, jti) {
        (None, None, _) => Err("it says neither who nor which session"),
        (_, _, None) => Err("it has no id of its own"),
        (sub, sid, Some(jti)) => Ok((
            sub.map(str::to_owned),
            sid.map(str::to_owned),
            jti.to_owned(),
        )),
    }
}
