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
use rust_embed::RustEmbed;
use std::{collections::HashMap, sync::LazyLock};

#[derive(RustEmbed)]
#[folder = "assets"]
struct Files;

fn hash(name: &str) -> Option<String> {
    Some(
        Files::get(name)?
            .metadata
            .sha256_hash()
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
            .filter_map(|n| Some((n.to_string(), hash(&n)?)))
            .collect()
    });
    format!(
        "/assets/{}/{name}",
        KNOWN.get(name).map_or("0", String::as_str)
    )
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
    match Files::get(&name) {
        Some(file) => (
            [
                (header::CONTENT_TYPE, kind(&name)),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ],
            file.data.into_owned(),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
