//! Style sheets, scripts and fonts, inside the binary. Their address holds their hash, so browsers
//! keep them for good.
use crate::App;
use axum::{
    Router,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use interpres_gate::sha256;
use rust_embed::RustEmbed;
use std::{collections::HashMap, sync::LazyLock};

#[derive(RustEmbed)]
#[folder = "assets"]
struct Files;

/// The one style sheet that pages ask for.
const SHEET: &str = "interpres.css";
/// What it is put together from, weakest first.
const LAYERS: [&str; 8] = [
    "tokens.css",
    "base.css",
    "layout.css",
    "parts.css",
    "pages.css",
    "former.css",
    "narrow.css",
    "print.css",
];

/// An asset's bytes; all layers where the style sheet is asked for.
fn read(name: &str) -> Option<Vec<u8>> {
    if name == SHEET {
        return sheet();
    }
    Some(Files::get(name)?.data.into_owned())
}

/// The layers one after the other. Fonts are asked for by their own hash, as pages preload them.
fn sheet() -> Option<Vec<u8>> {
    let mut all = String::new();
    for layer in LAYERS {
        all += std::str::from_utf8(&Files::get(layer)?.data).ok()?;
    }
    for font in Files::iter().filter(|name| name.ends_with(".woff2")) {
        let here = format!("url({font})");
        all = all.replace(&here, &format!("url(../{}/{font})", hash(&font)?));
    }
    Some(all.into_bytes())
}

fn hash(name: &str) -> Option<String> {
    Some(
        sha256(&read(name)?)
            .iter()
            .take(6)
            .map(|b| format!("{b:02x}"))
            .collect(),
    )
}

/// The address of an asset.
pub(crate) fn url(name: &str) -> String {
    static KNOWN: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
        Files::iter()
            .map(|name| name.to_string())
            .chain([SHEET.to_owned()])
            .filter_map(|name| Some((name.clone(), hash(&name)?)))
            .collect()
    });
    format!(
        "/assets/{}/{name}",
        KNOWN.get(name).map_or("0", String::as_str)
    )
}

/// The names of the signs in `icons.svg`.
pub(crate) fn icons() -> Vec<String> {
    let text = read("icons.svg").unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    text.split("<symbol id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("woff2") => "font/woff2",
        Some("svg") => "image/svg+xml",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/assets/{hash}/{name}", get(asset))
}

async fn asset(Path((_, name)): Path<(String, String)>) -> Response {
    match read(&name) {
        Some(bytes) => (
            [
                (header::CONTENT_TYPE, kind(&name)),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ],
            bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
