//! Forms sent by a person with an open session. Each carries a token of its own: it is of the session's pages, and what is
//! done by it is done once, however often it is sent. There is no other way to a page that changes something.
use crate::{
    App,
    door::{by_session, to_sign_in},
    shared::{MessagePage, Pairs, Wanted, done},
};
use axum::{
    Extension,
    body::Bytes,
    extract::{FromRequest, Multipart, Request},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use interpres_gate::{Actor, Once, Refusal};
use interpres_types::Field;
use serde::de::DeserializeOwned;
use std::collections::HashSet;

const LARGEST_FORM: usize = 2 * 1024 * 1024;
/// The most fields of a form. The largest of ours says what some hundred names of an imported file mean.
const MOST_FIELDS: usize = 4_000;

/// The person and what they typed.
pub(crate) struct Posted<T>(pub(crate) Actor, pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Posted<T> {
    type Rejection = Response;
    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let actor = person(app, &parts).await?;
        let bytes = axum::body::to_bytes(body, LARGEST_FORM)
            .await
            .map_err(|_| MessagePage::too_large())?;
        let (token, typed) = token_of(form_urlencoded::parse(&bytes).into_owned().collect());
        if typed.len() > MOST_FIELDS {
            return Err(MessagePage::too_large());
        }
        let rest = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&typed)
            .finish();
        let actor =
            once(actor, &parts, &token, &[rest.as_bytes()]).ok_or_else(from_another_session)?;
        let settled = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(settled(typed))
            .finish();
        let form = serde_html_form::from_str(&settled).map_err(|_| MessagePage::not_ours())?;
        Ok(Self(actor, form))
    }
}

/// A form with a file.
pub(crate) struct PostedFile(pub(crate) Actor, pub(crate) Sent);

/// What such a form holds.
#[derive(Default)]
pub(crate) struct Sent {
    fields: Pairs,
    /// The file's name, as the browser tells it.
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
}

impl Sent {
    /// Reads a form to its end; nothing where it breaks off or is larger than anything may be.
    async fn of(mut form: Multipart) -> Option<Self> {
        let mut sent = Self::default();
        while let Some(part) = form.next_field().await.ok()? {
            let Some(name) = part.name().map(str::to_owned) else {
                continue;
            };
            if name == "file" {
                sent.name = part.file_name().unwrap_or_default().to_owned();
                sent.bytes = part.bytes().await.ok()?;
            } else {
                if sent.fields.len() == MOST_FIELDS {
                    return None;
                }
                sent.fields.push((name, part.text().await.ok()?));
            }
        }
        Some(sent)
    }
    pub(crate) fn field(&self, name: &str) -> Field {
        self.fields
            .iter()
            .rfind(|(n, _)| n == name)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
            .into()
    }
}

impl FromRequest<App> for PostedFile {
    type Rejection = Response;
    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let actor = person(app, &parts).await?;
        let unreadable = || {
            crate::shared::refused(&Refusal::invalid(
                "file",
                "could not be read; it may be too large",
            ))
        };
        let form = Multipart::from_request(Request::from_parts(parts.clone(), body), app)
            .await
            .map_err(|_| unreadable())?;
        let mut sent = Sent::of(form).await.ok_or_else(unreadable)?;
        let (token, fields) = token_of(std::mem::take(&mut sent.fields));
        let rest = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&fields)
            .finish();
        let actor = once(
            actor,
            &parts,
            &token,
            &[rest.as_bytes(), sent.name.as_bytes(), &sent.bytes],
        )
        .ok_or_else(from_another_session)?;
        Ok(Self(actor, Sent { fields, ..sent }))
    }
}

async fn person(app: &App, parts: &Parts) -> Result<Actor, Response> {
    match by_session(app, parts).await {
        Ok(Some(actor)) => Ok(actor),
        Ok(None) => Err(to_sign_in()),
        Err(refusal) => Err(crate::shared::refused(&refusal)),
    }
}

/// The form's token, and the rest of it.
fn token_of(pairs: Pairs) -> (String, Pairs) {
    let (token, rest): (Pairs, Pairs) = pairs.into_iter().partition(|(name, _)| name == "csrf");
    (
        token
            .into_iter()
            .next()
            .map(|(_, token)| token)
            .unwrap_or_default(),
        rest,
    )
}

/// The person with a request that has one effect; nothing where the form is from another session's page. A form that goes
/// to several places has a key for each.
fn once(actor: Actor, parts: &Parts, token: &str, typed: &[&[u8]]) -> Option<Actor> {
    let key = actor.form_key(token)?;
    done::sent_by(token);
    let place = parts.uri.path_and_query().map_or("/", |p| p.as_str());
    let once = Once::new(&format!("{key} {place}"), typed);
    Some(actor.once(Some(once)))
}

fn from_another_session() -> Response {
    (
        StatusCode::FORBIDDEN,
        Extension(Wanted::Renewal),
        "This form is from another session.\n",
    )
        .into_response()
}

/// Where somebody else saved in between, the page shows both versions and the person chooses for each field
/// (`choose.NAME`): the chosen values take the field's name.
fn settled(pairs: Pairs) -> Pairs {
    let saved: HashSet<&str> = pairs
        .iter()
        .filter(|(_, choice)| choice == "saved")
        .filter_map(|(name, _)| name.strip_prefix("choose."))
        .collect();
    let takes_saved = |name: &str| saved.contains(name);
    let settle = |(name, value): &(String, String)| match name.split_once('.') {
        Some(("choose", _)) => None,
        Some(("yours", field)) => (!takes_saved(field)).then(|| (field.to_owned(), value.clone())),
        Some(("saved", field)) => takes_saved(field).then(|| (field.to_owned(), value.clone())),
        _ => Some((name.clone(), value.clone())),
    };
    pairs.iter().filter_map(settle).collect()
}
