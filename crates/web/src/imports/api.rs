//! What the API answers with other than a view.
use crate::{
    App,
    door::Keyed,
    problem::Problem,
    routes::{answer, need, params},
    shared::paper::attachment,
};
use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Path, RawQuery, Request, State},
    http::{StatusCode, header},
    response::Response,
};
use interpres_imports::{ImportKind, RejectedLines, StartImport, upload};
use interpres_types::{Field, ImportId};
use serde::Deserialize;

/// An upload: a CSV body with `?kind=`, or a form with `kind` and `file`.
pub(super) async fn take_file(
    State(app): State<App>,
    Keyed(actor): Keyed,
    RawQuery(raw): RawQuery,
    request: Request,
) -> Result<Response, Problem> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Params {
        kind: Field,
    }
    let mut params: Params = params(raw)?;
    let mut file_name = String::new();
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|t| t.starts_with("multipart/"));
    let unreadable = || {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "unreadable",
            "Not readable",
            "Send the CSV file as the body with ?kind=…, or a form with kind and file.",
        )
    };
    let mut bytes = Bytes::new();
    if is_form {
        let mut form = Multipart::from_request(request, &app)
            .await
            .map_err(|_| unreadable())?;
        while let Some(part) = form.next_field().await.map_err(|_| unreadable())? {
            match part.name() {
                Some("kind") => params.kind = part.text().await.map_err(|_| unreadable())?.into(),
                Some("file") => {
                    file_name = part.file_name().unwrap_or_default().to_owned();
                    bytes = part.bytes().await.map_err(|_| unreadable())?;
                }
                _ => {}
            }
        }
    } else {
        bytes = Bytes::from_request(request, &app)
            .await
            .map_err(|_| unreadable())?;
    }
    let kind: ImportKind = need("kind", &params.kind)?;
    let uploaded = upload(&app.gate, &actor, kind, &file_name, &bytes)
        .await?
        .into_inner();
    Ok(answer(StatusCode::CREATED, &uploaded))
}

/// Presses Import; the rows go in while the caller asks how far it is.
pub(super) async fn start_import(
    State(app): State<App>,
    Keyed(actor): Keyed,
    Path(id): Path<ImportId>,
) -> Result<Response, Problem> {
    let progress = app
        .gate
        .perform(&actor, StartImport(id))
        .await?
        .into_inner();
    Ok(answer(StatusCode::ACCEPTED, &progress))
}

pub(super) async fn rejected(
    State(app): State<App>,
    Keyed(actor): Keyed,
    Path(id): Path<ImportId>,
) -> Result<Response, Problem> {
    let file = app.gate.view(&actor, RejectedLines(id)).await?.into_inner();
    Ok(attachment(
        "text/csv; charset=utf-8",
        &file.name,
        file.csv.into_bytes(),
    ))
}
