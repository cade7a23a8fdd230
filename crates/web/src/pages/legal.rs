//! Legal documents: what is agreed between workspace and operator, and what each member accepted.
use super::{Answer, Frame, audit::on_the_wall, filters, page, terms::paragraphs};
use crate::{App, door::Signed};
use askama::Template;
use axum::extract::State;
use interpres_accounts::{Acceptance, ListAcceptances, TERMS, TERMS_VERSION};
use interpres_compliance::{AgreementView, ListAgreements, MODE_TERMS, MODE_TERMS_VERSION};
use interpres_types::{Instant, Zone};

#[derive(Template)]
#[template(path = "legal.html")]
struct LegalPage {
    frame: Frame,
    tab: &'static str,
    agreements: Vec<AgreementView>,
    /// Texts of ours: their title, version and paragraphs.
    texts: [(&'static str, &'static str, Vec<(String, String)>); 2],
    acceptances: Vec<Acceptance>,
    zone: Zone,
}

impl LegalPage {
    fn when(&self, at: &Instant) -> String {
        on_the_wall(&self.zone, *at)
    }
}

pub(crate) async fn show(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let agreements = app.gate.view(&actor, ListAgreements).await?.into_inner();
    let acceptances = app.gate.view(&actor, ListAcceptances).await?.into_inner();
    let texts = [("User terms", TERMS_VERSION, paragraphs(TERMS)), ("Terms of HIPAA mode", MODE_TERMS_VERSION, paragraphs(MODE_TERMS))];
    page(&LegalPage { frame: Frame::of(&actor, "/settings/workspace"), tab: "/settings/legal", agreements, texts, acceptances, zone: actor.zone() })
}
