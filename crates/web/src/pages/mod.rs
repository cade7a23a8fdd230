//! Pages: server-rendered, the same views as the API. A handler reads, asks the gate, and renders.
mod account;
mod address;
mod appointments;
mod audit;
mod billing;
mod book;
mod both;
mod choice;
mod directory;
mod disclosures;
mod ending;
mod erasures;
#[expect(unreachable_pub, reason = "the filter macro writes public types")]
mod filters;
mod findings;
mod frame;
mod hipaa;
mod identity;
mod imports;
mod interpret;
mod invitation;
mod legal;
mod own_path;
mod password;
mod people;
mod picker;
mod pictures;
mod proof;
mod provider;
mod retention;
mod review;
mod roles;
mod services;
mod settings;
mod sign_in;
mod team;
mod terms;
mod told;
mod typed;

use crate::{App, early::Early, problem};
use askama::Template;
use axum::{
    Extension, Router,
    extract::State,
    http::StatusCode,
    middleware,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use interpres_gate::{Refusal, Released, Role};

pub(crate) use frame::Frame;
pub(crate) use own_path::OwnPath;
pub(crate) use sign_in::may_try;
pub(crate) use told::{Told, in_frame};
pub(crate) use typed::Wanted;

pub(crate) fn routes(app: &App) -> Router<App> {
    Router::new()
        .route("/", get(home))
        .route("/sign-in", get(sign_in::form).post(sign_in::submit))
        .route("/sign-in/proof", post(sign_in::prove))
        .route("/sign-in/text", post(sign_in::text))
        .route("/sign-in/passkey", post(sign_in::find_passkey))
        .route("/sign-in/passkey/answer", post(sign_in::by_passkey))
        .route("/sign-in/provider", post(provider::by_address))
        .route("/sign-in/provider/answer", get(provider::answer))
        .route("/sign-in/provider/{id}", get(provider::by_link))
        .route("/sign-in/provider/{id}/logout", post(provider::log_out))
        .route("/proof/provider", get(provider::prove))
        .route(
            "/settings/providers",
            get(provider::list).post(provider::add),
        )
        .route("/account/providers/{id}", post(provider::link))
        .route(
            "/settings/providers/directory-tokens",
            post(provider::mint_token),
        )
        .route(
            "/settings/providers/directory-tokens/end",
            post(provider::end_tokens),
        )
        .route("/settings/providers/{id}/end", post(provider::end))
        .route("/terms", get(terms::form).post(terms::accept))
        .route("/proof/text", post(proof::text))
        .route("/proof", get(proof::form).post(proof::submit))
        .route("/password", post(password::choose))
        .route(
            "/password/forgotten",
            get(password::forgotten).post(password::forget),
        )
        .route("/password/keys", post(password::end_keys))
        .route("/password/{link}", get(password::by_link))
        .route("/session/end", post(sign_in::end))
        .route("/session/renewal", post(identity::renew_session))
        .route("/session/resumed", get(identity::resumed))
        .route("/appointments", get(appointments::list).post(book::book))
        .route("/appointments/search", post(appointments::search))
        .route("/appointments/new", get(book::begin))
        .route("/appointments/new/details", post(book::back_to_details))
        .route("/appointments/new/assignment", post(book::assignment))
        .route("/appointments/new/review", post(book::review))
        .route("/appointments/new/{draft}/details", get(book::show_details))
        .route(
            "/appointments/new/{draft}/assignment",
            get(book::show_assignment),
        )
        .route("/appointments/new/{draft}/review", get(book::show_review))
        .route("/appointments/{id}", get(appointments::show))
        .route(
            "/appointments/{id}/edit",
            get(appointments::edit).post(appointments::save),
        )
        .route(
            "/appointments/{id}/candidates",
            post(appointments::find_candidates),
        )
        .route(
            "/appointments/{id}/edit/details",
            post(appointments::look_again),
        )
        .route("/appointments/{id}/offers", post(appointments::offer))
        .route("/appointments/{id}/assignment", post(appointments::assign))
        .route(
            "/appointments/{id}/assignment/removal",
            post(appointments::release),
        )
        .route(
            "/appointments/{id}/assignment/override",
            post(ending::assign_anyway),
        )
        .route("/appointments/{id}/cancellation", post(ending::cancel))
        .route("/appointments/{id}/missed", post(ending::missed))
        .route("/appointments/{id}/declination", post(ending::decline))
        .route("/appointments/{id}/restoration", post(ending::restore))
        .route(
            "/appointments/{id}/recalculation",
            post(ending::recalculate),
        )
        .route("/appointments/{id}/check-in", post(interpret::check_in))
        .route("/appointments/{id}/start", post(interpret::start))
        .route("/appointments/{id}/end", post(interpret::end))
        .route("/appointments/{id}/voucher", post(interpret::file_voucher))
        .route("/today", get(interpret::today))
        .route("/schedule", get(interpret::schedule))
        .route("/offers", get(interpret::offers))
        .route("/offers/{id}", get(interpret::offer))
        .route("/offers/{id}/acceptance", post(interpret::accept))
        .route("/offers/{id}/refusal", post(interpret::refuse))
        .route("/offers/{id}/withdrawal", post(ending::withdraw))
        .route(
            "/interpreters",
            get(directory::interpreters).post(directory::add_interpreter),
        )
        .route("/interpreters/new", get(directory::new_interpreter))
        .route(
            "/interpreters/{id}",
            get(directory::interpreter).post(directory::edit_interpreter),
        )
        .route(
            "/interpreters/{id}/invitation",
            post(directory::invite_interpreter),
        )
        .route(
            "/customers",
            get(directory::customers).post(directory::add_customer),
        )
        .route("/customers/new", get(directory::new_customer))
        .route(
            "/customers/{id}",
            get(directory::customer).post(directory::edit_customer),
        )
        .route("/people", get(people::members))
        .route("/people/ended", get(people::ended))
        .route(
            "/people/invitations",
            get(people::invitations).post(people::invite),
        )
        .route("/people/invitations/{id}/resending", post(people::resend))
        .route("/people/invitations/{id}/revocation", post(people::revoke))
        .route(
            "/people/teams",
            get(people::list_teams).post(people::add_team),
        )
        .route(
            "/people/teams/{id}",
            get(team::show).post(people::rename_team),
        )
        .route("/people/teams/{id}/limits", post(team::limit))
        .route("/people/roles", get(roles::list))
        .route("/people/roles/{id}", get(roles::blank).post(roles::save))
        .route("/people/roles/{id}/end", post(roles::drop))
        .route("/people/services", get(services::list).post(services::add))
        .route(
            "/people/services/{id}",
            get(services::show).post(services::change),
        )
        .route("/people/services/{id}/end", post(services::end))
        .route("/people/services/{id}/keys", post(services::mint))
        .route(
            "/people/services/{id}/keys/{key}/end",
            post(services::revoke),
        )
        .route("/people/review", get(review::show).post(review::begin))
        .route("/people/review/{id}/decisions", post(review::decide))
        .route("/people/review/{id}/signature", post(review::sign))
        .route("/break-glass", get(review::broken).post(review::break_it))
        .route("/break-glass/{id}", get(review::under))
        .route("/break-glass/{id}/approval", post(review::approve))
        .route("/break-glass/{id}/concern", post(review::concern))
        .route("/people/{id}", get(people::show).post(people::change))
        .route("/people/{id}/deactivation", post(people::deactivate))
        .route("/people/{id}/removal", post(people::remove))
        .route("/people/{id}/reinstatement", post(people::reinstate))
        .route("/people/{id}/unlinking", post(people::unlink))
        .route("/people/{id}/sessions/end", post(people::sign_out))
        .route("/people/{id}/recovery", post(people::ask_recovery))
        .route(
            "/people/{id}/recovery/{recovery}/agreement",
            post(people::agree_recovery),
        )
        .route(
            "/people/{id}/recovery/{recovery}/refusal",
            post(people::drop_recovery),
        )
        .route(
            "/settings/workspace",
            get(settings::workspace).post(settings::set_workspace),
        )
        .route("/settings/workspace/logo", post(pictures::set_logo))
        .route(
            "/settings/security",
            get(settings::security).post(settings::set_security),
        )
        .route("/settings/hipaa", get(hipaa::show))
        .route("/settings/hipaa/mode", post(hipaa::enable))
        .route("/settings/hipaa/mode/end", post(hipaa::disable))
        .route(
            "/settings/hipaa/changes/{id}/confirmation",
            post(hipaa::confirm),
        )
        .route("/settings/hipaa/changes/{id}/refusal", post(hipaa::drop))
        .route("/settings/hipaa/exporters", post(hipaa::name_exporters))
        .route(
            "/settings/hipaa/agreements/{id}/signature",
            post(hipaa::sign),
        )
        .route("/settings/hipaa/agreements/{id}/text", get(hipaa::text))
        .route("/settings/legal", get(legal::show))
        .route("/settings/readiness", get(hipaa::readiness))
        .route("/settings/readiness/pdf", get(hipaa::readiness_as_pdf))
        .route("/workspaces", get(settings::workspaces))
        .route("/workspaces/{id}/session", post(settings::switch))
        .route("/invitation", post(invitation::accept))
        .route("/invitation/{link}", get(invitation::show))
        .route("/account/ownership", post(settings::accept_ownership))
        .route("/imports", get(imports::list).post(imports::take))
        .route("/imports/templates/{name}", get(imports::template))
        .route("/imports/{id}", get(imports::review))
        .route("/imports/{id}/mapping", post(imports::map))
        .route(
            "/imports/{id}/mapping/customers",
            post(imports::look_for_customers),
        )
        .route("/imports/{id}/run", post(imports::start))
        .route("/imports/{id}/rejected.csv", get(imports::rejected))
        .route("/vouchers", get(billing::vouchers))
        .route("/vouchers/{id}", get(billing::voucher))
        .route("/vouchers/{id}/approval", post(billing::approve))
        .route("/vouchers/{id}/return", post(billing::send_back))
        .route(
            "/invoices",
            get(billing::invoices).post(billing::make_invoice),
        )
        .route("/invoices/{id}", get(billing::invoice))
        .route("/invoices/{id}/pdf", get(billing::pdf))
        .route("/invoices/{id}/sending", post(billing::send))
        .route("/rates", get(billing::rates).post(billing::set_rate))
        .route("/audit", get(audit::entries))
        .route("/erasures", get(erasures::list))
        .route("/audit/affected", get(disclosures::affected))
        .route("/appointments/{id}/disclosures", get(disclosures::show))
        .route("/appointments/{id}/disclosures.csv", get(disclosures::csv))
        .route("/retention", get(retention::show).post(retention::set))
        .route("/retention/file", post(retention::file))
        .route("/retention/file/confirmation", post(retention::confirm))
        .route("/workspace/export", post(retention::export))
        .route("/appointments/{id}/erasure", post(appointments::erase))
        .route("/audit/export", get(audit::export))
        .route("/audit/findings", get(findings::list))
        .route("/audit/findings/{id}/sign-off", post(findings::sign_off))
        .route("/audit/watches", post(findings::watch))
        .route("/audit/watches/{id}/end", post(findings::end_watch))
        .route("/audit/queries", post(findings::save_query))
        .route("/audit/queries/{id}/drop", post(findings::drop_query))
        .route("/audit/integrity", get(audit::integrity))
        .route("/audit/integrity/restorations", post(audit::restore))
        .route("/audit/entries/{id}/proof", get(audit::proof))
        .route("/history/{kind}/{id}", get(audit::history))
        .route("/account", get(account::show))
        .route("/account/profile", post(account::set_profile))
        .route("/account/photo", post(pictures::set_photo))
        .route("/pictures/{id}", get(pictures::show))
        .route("/account/address", post(address::ask))
        .route("/address", post(address::follow))
        .route("/address/{link}", get(address::by_link))
        .route("/account/password", post(identity::change))
        .route("/account/factors", get(identity::factors))
        .route("/account/factors/app", post(identity::begin_app))
        .route("/account/factors/app/code", post(identity::add_app))
        .route("/account/factors/text", post(identity::begin_text))
        .route("/account/factors/text/code", post(identity::add_text))
        .route("/account/factors/passkey", post(identity::begin_passkey))
        .route(
            "/account/factors/passkey/answer",
            post(identity::add_passkey),
        )
        .route("/account/factors/codes", post(identity::make_codes))
        .route("/account/factors/{id}/end", post(identity::end_factor))
        .route("/account/keys", post(account::mint))
        .route("/account/keys/{id}/end", post(account::revoke))
        .route("/account/sessions/{id}/end", post(account::end_session))
        .route("/account/sessions/end", post(account::end_sessions))
        .route("/notices", get(account::notices))
        .route("/notices/read", post(account::read))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            typed::ask_first,
        ))
}

/// A form that holds nothing but its token.
#[derive(serde::Deserialize)]
pub(crate) struct Nothing {}

/// What a handler gives: a page, or a refusal that becomes one.
pub(crate) type Answer = Result<Response, Refused>;

/// A refusal on its way to a page.
pub(crate) struct Refused(Refusal);
impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}
impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        refused(&self.0)
    }
}

/// A template as an answer.
pub(crate) fn page(template: &impl Template) -> Answer {
    with_status(StatusCode::OK, template)
}

/// A template as an answer with a status, for forms that must be looked at again.
pub(crate) fn with_status(status: StatusCode, template: &impl Template) -> Answer {
    let html = template.render().map_err(Refusal::fault)?;
    Ok((status, Html(html)).into_response())
}

/// Elsewhere, after something was done.
pub(crate) fn go(path: impl AsRef<str>) -> Answer {
    Ok(Redirect::to(path.as_ref()).into_response())
}

/// A form's answer: what is wrong is shown on the form, anything else is a page of its own.
pub(crate) fn problems_of(refusal: Refusal) -> Result<interpres_types::Problems, Refused> {
    match refusal {
        Refusal::Invalid(problems) => Ok(problems),
        other => Err(Refused(other)),
    }
}

/// What is wrong, in words.
fn told(problems: &interpres_types::Problems) -> Vec<String> {
    problems
        .list()
        .iter()
        .map(|p| format!("{} {}", p.field.replace('_', " "), p.rule))
        .collect()
}

/// What a page shows that is asked by its address: the view, or else nothing and what is wrong with the question.
pub(crate) fn answered<T>(
    answer: Result<Released<T>, Refusal>,
) -> Result<(Option<T>, String), Refused> {
    match answer {
        Ok(view) => Ok((Some(view.into_inner()), String::new())),
        Err(Refusal::Invalid(problems)) => Ok((None, told(&problems).join("; "))),
        Err(other) => Err(Refused(other)),
    }
}

/// A refusal as a page.
pub(crate) fn refused(refusal: &Refusal) -> Response {
    if let Refusal::Ask(ask) = refusal {
        return (
            problem::status(refusal),
            Extension(Wanted::Asked(*ask)),
            refusal.to_string(),
        )
            .into_response();
    }
    let (title, text, list) = match refusal {
        Refusal::NotFound => ("Nothing here", refusal.to_string(), Vec::new()),
        Refusal::Forbidden => ("Not allowed", refusal.to_string(), Vec::new()),
        Refusal::Invalid(problems) => (
            "Please review this",
            "Nothing was changed. Go back; your browser has kept what you typed.".to_owned(),
            told(problems),
        ),
        Refusal::Conflict(c) => ("This does not fit", c.message.clone(), Vec::new()),
        Refusal::TooSoon(_) => ("Too much at once", refusal.to_string(), Vec::new()),
        Refusal::Full => ("The disk is full", refusal.to_string(), Vec::new()),
        Refusal::Ask(_) | Refusal::Fault(_) => {
            ("Something went wrong", refusal.to_string(), Vec::new())
        }
    };
    Told { title, text, list }.with(problem::status(refusal))
}

/// What is said before a handler, as a page.
pub(crate) fn told_early(early: Early) -> Response {
    Told {
        title: early.title,
        text: early.words,
        list: early.look_at,
    }
    .with(early.status)
}

pub(crate) async fn not_found() -> Response {
    refused(&Refusal::NotFound)
}

/// Where one's work is.
async fn home(State(app): State<App>, crate::door::Signed(actor): crate::door::Signed) -> Answer {
    let chosen = app
        .gate
        .view(&actor, interpres_accounts::MyProfile)
        .await?
        .into_inner()
        .first_page;
    if let Some(page) =
        chosen.filter(|page| account::first_pages(&Frame::of(&actor, "")).any(|may| may == *page))
    {
        return go(format!("/{page}"));
    }
    match actor.rights().role {
        Role::Interpreter => go("/today"),
        Role::Billing => go("/vouchers"),
        Role::Compliance => go("/audit"),
        _ => go("/appointments"),
    }
}
