//! Legal documents, and who accepted them.
use crate::shared::filters;
use crate::{
    App,
    door::{Query, Signed},
    shared::{Answer, Frame, page, paragraphs},
};
use askama::Template;
use axum::extract::State;
use interpres_accounts::{Acceptance, ListAcceptances, TERMS, TERMS_VERSION};
use interpres_compliance::{AgreementView, ListAgreements, MODE_TERMS, MODE_TERMS_VERSION};
use interpres_gate::Page;

/// A text of ours that people accept.
struct Text {
    title: &'static str,
    version: &'static str,
    /// Each paragraph's strong first words and the rest.
    paragraphs: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "legal.html")]
struct LegalPage {
    frame: Frame,
    tab: &'static str,
    agreements: Vec<AgreementView>,
    texts: [Text; 2],
    acceptances: Page<Acceptance>,
    zone: String,
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(asked): Query<ListAcceptances>,
) -> Answer {
    let agreements = app.gate.view(&actor, ListAgreements).await?.into_inner();
    let acceptances = app.gate.view(&actor, asked).await?.into_inner();
    let texts = [
        Text {
            title: say::user_terms(),
            version: TERMS_VERSION,
            paragraphs: paragraphs(TERMS),
        },
        Text {
            title: say::mode_terms(),
            version: MODE_TERMS_VERSION,
            paragraphs: paragraphs(MODE_TERMS),
        },
    ];
    page(&LegalPage {
        frame: Frame::of(&actor, "/settings/workspace"),
        tab: "/settings/legal",
        agreements,
        texts,
        acceptances,
        zone: actor.zone().to_string(),
    })
}
