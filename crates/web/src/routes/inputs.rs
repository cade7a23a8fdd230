//! Bodies that several lines of the API take.
use crate::App;
use futures_util::future::BoxFuture;
use interpres_gate::{Actor, Refusal};
use interpres_types::{Field, MemberId, Rule};
use schemars::JsonSchema;
use serde::Deserialize;
use std::str::FromStr;

/// A body that says nothing.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// Why an offer is refused.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ReasonInput {
    /// In words.
    pub(crate) reason: Field,
}

/// Who may take files away.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ExportersInput {
    /// The members' ids; owners always may.
    pub(crate) members: Vec<MemberId>,
}

/// Which page of a list that is of a record.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct PageInput {
    /// Where the page begins.
    pub(crate) cursor: Field,
    /// How many, up to 200; 50 unless said.
    pub(crate) limit: Field,
}

/// Whom to assign.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AssignmentInput {
    /// The interpreter's id; required.
    pub(crate) interpreter: Field,
}

pub(crate) fn need<T: FromStr<Err = Rule>>(field: &'static str, raw: &Field) -> Result<T, Refusal> {
    let mut p = interpres_types::Problems::none();
    p.need(field, raw).ok_or(Refusal::Invalid(p))
}

/// A form's fields as an operation of the API has them.
pub(super) fn of_pairs<B: serde::de::DeserializeOwned>(
    pairs: &[(String, String)],
) -> Result<B, serde_html_form::de::Error> {
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    serde_html_form::from_str(&form)
}

/// What is looked at outside before something is done.
pub(crate) type First<B> =
    for<'a> fn(&'a App, &'a Actor, &'a B) -> BoxFuture<'a, Result<(), Refusal>>;

pub(super) fn nothing<'a, B>(
    _: &'a App,
    _: &'a Actor,
    _: &'a B,
) -> BoxFuture<'a, Result<(), Refusal>> {
    Box::pin(async { Ok(()) })
}
