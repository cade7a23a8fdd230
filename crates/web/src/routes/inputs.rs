//! Bodies that several lines of the API take.
use interpres_gate::Refusal;
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
