//! Accepting the user terms: before anything else opens, and again with each new version (AC6).
use crate::{AcceptedTerms, member::mine};
use interpres_gate::{
    Action, Command, Granted, Json, Refusal, TERMS_VERSION, WriteTx, async_trait,
};
use interpres_types::{Field, Instant, Line, Problems};

/// The text of the user terms.
pub const TERMS: &str = include_str!("../texts/user-terms.md");

/// Input to accept the terms.
#[derive(Clone, Debug, Default)]
pub struct TermsInput {
    /// The full name; required.
    pub name: Field,
    /// The version that was read and accepted; required.
    pub terms: Field,
}

impl TermsInput {
    /// The name, where the version of now was accepted.
    pub(crate) fn name(&self, p: &mut Problems) -> Option<Line<120>> {
        let name = p.need::<Line<120>>("name", &self.name);
        if self.terms.raw() != TERMS_VERSION {
            p.add("terms", "must be accepted");
        }
        name
    }
}

/// The version of now, accepted by this name.
pub(crate) fn accepted(
    name: &Line<120>,
    at: Instant,
    address: Option<String>,
) -> Json<AcceptedTerms> {
    Json(AcceptedTerms {
        version: TERMS_VERSION.to_owned(),
        name: name.to_string(),
        at,
        address,
    })
}

/// Accepts the user terms as they are now, in the workspace one is in.
#[derive(Debug)]
pub struct AcceptTerms(pub TermsInput);

#[async_trait]
impl Command for AcceptTerms {
    const ACTION: Action = Action::TermsAccept;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let mut p = Problems::none();
        let name = self.0.name(&mut p);
        let (Some(name), true) = (name, p.is_empty()) else {
            return Err(p.into());
        };
        let mut me = mine(tx).await?;
        me.terms = Some(accepted(
            &name,
            tx.now(),
            tx.actor().origin().address.clone(),
        ));
        tx.save(&me).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_tells_the_version_that_is_accepted() {
        assert!(TERMS.contains(&format!("\nVersion {TERMS_VERSION}\n")));
    }
}
