//! Accepting an invitation.
use crate::shared::filters;
use crate::{
    App,
    door::Path,
    shared::{Answer, page, paragraphs, with_status},
    sign_in::unsigned::{Unsigned, may_try, too_many},
};
use askama::Template;
use axum::{
    extract::{Request, State},
    http::StatusCode,
};
use interpres_accounts::{
    AcceptInput, TERMS, TERMS_VERSION, Welcome, accept_invitation, look_at_invitation,
};
use interpres_gate::Refusal;
use interpres_types::Problems;

#[derive(Template)]
#[template(path = "invitation.html")]
struct InvitationPage {
    link: String,
    welcome: Option<Welcome>,
    name: String,
    terms: Vec<(String, String)>,
    version: &'static str,
    problems: Problems,
    done: bool,
}

fn gone() -> Answer {
    let page = InvitationPage {
        link: String::new(),
        welcome: None,
        name: String::new(),
        terms: Vec::new(),
        version: TERMS_VERSION,
        problems: Problems::none(),
        done: false,
    };
    with_status(StatusCode::NOT_FOUND, &page)
}

pub(crate) async fn show(
    State(app): State<App>,
    Path(link): Path<String>,
    request: Request,
) -> Answer {
    let origin = crate::door::origin(&request.into_parts().0);
    if !may_try(&app, &origin) {
        return Ok(too_many());
    }
    match look_at_invitation(&app.gate, &link, &origin).await {
        Ok(welcome) => {
            let name = welcome.name.clone();
            page(&InvitationPage {
                link,
                welcome: Some(welcome),
                name,
                terms: paragraphs(TERMS),
                version: TERMS_VERSION,
                problems: Problems::none(),
                done: false,
            })
        }
        Err(Refusal::NotFound) => gone(),
        Err(refusal) => Err(refusal.into()),
    }
}

pub(crate) async fn accept(
    State(app): State<App>,
    Unsigned(origin, input): Unsigned<AcceptInput>,
) -> Answer {
    let shown = |welcome, problems, done| InvitationPage {
        link: input.link.clone(),
        welcome: Some(welcome),
        name: input.name.raw().to_owned(),
        terms: paragraphs(TERMS),
        version: TERMS_VERSION,
        problems,
        done,
    };
    match accept_invitation(&app.gate, &app.options.doors, &input, &origin).await {
        Ok(welcome) => page(&shown(welcome, Problems::none(), true)),
        Err(Refusal::Invalid(problems)) => {
            let welcome = look_at_invitation(&app.gate, &input.link, &origin).await?;
            with_status(
                StatusCode::UNPROCESSABLE_ENTITY,
                &shown(welcome, problems, false),
            )
        }
        Err(Refusal::NotFound) => gone(),
        Err(refusal) => Err(refusal.into()),
    }
}
