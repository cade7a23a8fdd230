//! What was done, said once on the page that follows. A form's answer leaves a cookie with the form's token, which is of
//! this session only, and the id of a sentence; the next page in a frame says the sentence, in the language that it is in
//! itself, and clears it. Nothing that was typed is in it.
use crate::{App, door::cookie, shared::cookies::rest};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use interpres_gate::Actor;
use say::Says;
use std::cell::RefCell;

/// What a booking did beside booking.
pub(crate) const BOOKED_AND_OFFERED: &str = "booked-and-offered";
pub(crate) const BOOKED_AND_ASSIGNED: &str = "booked-and-assigned";
/// How long the page that follows may take to be asked for, in seconds.
const KEPT_FOR: u32 = 60;

/// The forms that lead to another page, and what each did. A form that is not here says it on a page of its own.
const SAID: [(&str, Says); 101] = [
    ("/account/keys/{id}/end", say::done_key_revoked),
    ("/account/factors/{id}/end", say::done_factor_removed),
    ("/account/ownership", say::done_now_an_owner),
    ("/account/password", say::done_password_changed),
    ("/account/photo", say::done_photo_saved),
    ("/account/profile", say::done_profile_saved),
    ("/account/providers/{id}", say::done_account_linked),
    ("/account/sessions/{id}/end", say::done_device_signed_out),
    ("/appointments", say::done_booked),
    (BOOKED_AND_OFFERED, say::done_booked_and_offered),
    (BOOKED_AND_ASSIGNED, say::done_booked_and_assigned),
    ("/appointments/{id}/assignment", say::done_assigned),
    (
        "/appointments/{id}/assignment/override",
        say::done_assigned_despite,
    ),
    (
        "/appointments/{id}/assignment/removal",
        say::done_unassigned,
    ),
    ("/appointments/{id}/cancellation", say::done_canceled),
    ("/appointments/{id}/check-in", say::done_checked_in),
    ("/appointments/{id}/declination", say::done_request_declined),
    ("/appointments/{id}/edit", say::done_appointment_saved),
    ("/appointments/{id}/end", say::done_ended),
    ("/appointments/{id}/missed", say::done_missed),
    ("/appointments/{id}/offers", say::done_offers_sent),
    ("/appointments/{id}/on-hold", say::done_on_hold),
    ("/appointments/{id}/on-hold/end", say::done_off_hold),
    ("/appointments/{id}/recalculation", say::done_rates_updated),
    ("/appointments/{id}/remarks", say::done_remark_added),
    ("/appointments/{id}/restoration", say::done_restored),
    ("/appointments/{id}/start", say::done_started),
    ("/appointments/{id}/voucher", say::done_voucher_submitted),
    (
        "/audit/findings/{id}/sign-off",
        say::done_finding_signed_off,
    ),
    ("/audit/integrity/restorations", say::done_record_restored),
    ("/audit/queries", say::done_filter_saved),
    ("/audit/queries/{id}/drop", say::done_filter_deleted),
    ("/audit/watches", say::done_watch_added),
    ("/audit/watches/{id}/end", say::done_watch_removed),
    ("/break-glass", say::done_glass_opened),
    ("/break-glass/{id}/approval", say::done_glass_reviewed),
    ("/break-glass/{id}/concern", say::done_concern_recorded),
    ("/clients/{id}", say::done_client_saved),
    ("/appointments/{id}/erasure", say::done_client_erased),
    ("/clients/{id}/erasure", say::done_client_erased),
    ("/imports/{id}/mapping", say::done_columns_matched),
    ("/customers", say::done_customer_added),
    ("/customers/{id}", say::done_customer_saved),
    ("/imports/{id}/run", say::done_import_started),
    ("/interpreters", say::done_interpreter_added),
    ("/interpreters/{id}", say::done_interpreter_saved),
    ("/interpreters/{id}/invitation", say::done_invitation_sent),
    ("/invoices", say::done_invoice_created),
    ("/invoices/{id}/sending", say::done_invoice_sent),
    ("/lists/{id}/columns", say::done_columns_saved),
    ("/lists/{id}/opening", say::done_first_view_saved),
    ("/notices/read", say::done_notices_read),
    ("/offers/{id}/acceptance", say::done_offer_accepted),
    ("/offers/{id}/refusal", say::done_offer_declined),
    ("/offers/{id}/withdrawal", say::done_offer_withdrawn),
    ("/people/invitations", say::done_invitation_sent),
    (
        "/people/invitations/{id}/resending",
        say::done_invitation_resent,
    ),
    (
        "/people/invitations/{id}/revocation",
        say::done_invitation_revoked,
    ),
    ("/people/review", say::done_review_started),
    ("/people/review/{id}/decisions", say::done_decisions_saved),
    ("/people/review/{id}/signature", say::done_review_signed_off),
    ("/people/roles/{id}", say::done_role_saved),
    ("/people/roles/{id}/end", say::done_role_deleted),
    ("/people/services", say::done_service_added),
    ("/people/services/{id}", say::done_service_saved),
    ("/people/services/{id}/end", say::done_service_ended),
    (
        "/people/services/{id}/keys/{key}/end",
        say::done_key_revoked,
    ),
    ("/people/teams", say::done_team_added),
    ("/people/teams/{id}", say::done_team_renamed),
    ("/people/teams/{id}/limits", say::done_team_limits_saved),
    ("/people/{id}", say::done_access_saved),
    ("/people/{id}/deactivation", say::done_member_deactivated),
    ("/people/{id}/recovery", say::done_recovery_requested),
    (
        "/people/{id}/recovery/{recovery}/agreement",
        say::done_recovery_approved,
    ),
    (
        "/people/{id}/recovery/{recovery}/refusal",
        say::done_recovery_refused,
    ),
    ("/people/{id}/reinstatement", say::done_member_reactivated),
    ("/people/{id}/removal", say::done_member_removed),
    ("/people/{id}/sessions/end", say::done_member_signed_out),
    ("/people/{id}/unlinking", say::done_provider_unlinked),
    ("/rates", say::done_rate_added),
    ("/retention", say::done_retention_saved),
    ("/retention/file/confirmation", say::done_export_confirmed),
    (
        "/settings/hipaa/agreements/{id}/signature",
        say::done_agreement_signed,
    ),
    (
        "/settings/hipaa/changes/{id}/confirmation",
        say::done_hipaa_off,
    ),
    (
        "/settings/hipaa/changes/{id}/refusal",
        say::done_hipaa_stays_on,
    ),
    ("/settings/hipaa/exporters", say::done_exporters_saved),
    ("/settings/hipaa/mode", say::done_hipaa_on),
    ("/settings/hipaa/mode/end", say::done_hipaa_off_asked),
    ("/settings/jobs", say::done_job_retried),
    ("/settings/providers", say::done_provider_saved),
    (
        "/settings/providers/directory-tokens/end",
        say::done_tokens_revoked,
    ),
    ("/settings/providers/{id}/end", say::done_provider_removed),
    ("/settings/security", say::done_security_saved),
    ("/settings/workspace", say::done_workspace_saved),
    ("/settings/workspace/logo", say::done_logo_saved),
    ("/views", say::done_view_saved),
    ("/views/{id}/drop", say::done_view_deleted),
    ("/views/{id}/name", say::done_view_renamed),
    ("/views/{id}/sharing", say::done_sharing_saved),
    ("/vouchers/{id}/approval", say::done_voucher_approved),
    ("/vouchers/{id}/return", say::done_voucher_returned),
];

/// The forms that answer with a page of their own, or lead on to the next step of something that isn't done yet.
#[cfg(test)]
const SPEAK_FOR_THEMSELVES: [&str; 53] = [
    "/account/address",
    "/account/factors/app",
    "/account/factors/app/code",
    "/account/factors/codes",
    "/account/factors/passkey",
    "/account/factors/passkey/answer",
    "/account/factors/text",
    "/account/factors/text/code",
    "/account/keys",
    "/account/sessions/end",
    "/address",
    "/appointments/new/assignment",
    "/appointments/new/details",
    "/appointments/new/review",
    "/appointments/search",
    "/appointments/selected/cancellation",
    "/appointments/selected/export",
    "/appointments/{id}/candidates",
    "/clients/search",
    "/customers/selected/export",
    "/find",
    "/imports",
    "/interpreters/selected/export",
    "/interpreters/selected/invitation",
    "/invitation",
    "/invoices/selected/export",
    "/invoices/selected/sending",
    "/password",
    "/password/forgotten",
    "/password/keys",
    "/people/ended/selected/export",
    "/people/invitations/selected/resending",
    "/people/invitations/selected/revocation",
    "/people/selected/export",
    "/people/services/{id}/keys",
    "/proof",
    "/proof/text",
    "/retention/file",
    "/session/end",
    "/session/renewal",
    "/settings/providers/directory-tokens",
    "/sign-in",
    "/sign-in/passkey",
    "/sign-in/passkey/answer",
    "/sign-in/proof",
    "/sign-in/provider",
    "/sign-in/provider/{id}/logout",
    "/sign-in/text",
    "/terms",
    "/vouchers/selected/approval",
    "/vouchers/selected/export",
    "/workspaces/{id}/session",
    "/workspace/export",
];

/// What is known around one request.
#[derive(Default)]
struct Around {
    /// The cookie that came along, where a page was asked for.
    came: Option<String>,
    /// Whether a page in a frame was made, which has said it.
    is_said: bool,
    /// The token of the form that was sent.
    token: String,
    /// What was done where the form's address alone doesn't say it.
    done: Option<&'static str>,
}

tokio::task_local! {
    static AROUND: RefCell<Around>;
}

/// A form of this session's own was sent.
pub(crate) fn sent_by(token: &str) {
    let _ = AROUND.try_with(|around| token.clone_into(&mut around.borrow_mut().token));
}

/// The form did this rather than what its address says.
pub(crate) fn did(what: &'static str) {
    let _ = AROUND.try_with(|around| around.borrow_mut().done = Some(what));
}

/// What is to be said in the frame of this person's page.
pub(crate) fn take(actor: &Actor) -> Option<&'static str> {
    AROUND
        .try_with(|around| {
            let mut around = around.borrow_mut();
            around.is_said = true;
            let (token, what) = around.came.as_deref()?.split_once(':')?;
            actor.form_key(token)?;
            sentence(what).map(|says| says())
        })
        .ok()
        .flatten()
}

fn sentence(what: &str) -> Option<Says> {
    SAID.iter()
        .find(|(id, _)| *id == what)
        .map(|(_, says)| *says)
}

/// Stands around every page: keeps what a form did for the page it leads to, and clears it when that has said it.
pub(crate) async fn say_once(State(app): State<App>, request: Request, next: Next) -> Response {
    let (name, is_get) = (&app.cookies.done, request.method() == Method::GET);
    let came = cookie(request.headers(), name)
        .filter(|_| is_get)
        .map(str::to_owned);
    let (is_there, form) = (came.is_some(), request.extensions().get().map(path));
    let around = RefCell::new(Around {
        came,
        ..Around::default()
    });
    let answer = async {
        let response = next.run(request).await;
        (response, AROUND.with(RefCell::take))
    };
    let (mut response, around) = AROUND.scope(around, answer).await;
    let kept = if is_there && around.is_said {
        Some(format!("{name}={}; Max-Age=0", rest(&app)))
    } else if !is_get && response.status() == StatusCode::SEE_OTHER && !around.token.is_empty() {
        let what = around.done.map(str::to_owned).or(form);
        what.filter(|what| sentence(what).is_some()).map(|what| {
            let (token, rest) = (around.token, rest(&app));
            format!("{name}={token}:{what}{rest}; Max-Age={KEPT_FOR}")
        })
    } else {
        None
    };
    if let Some(cookie) = kept.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn path(matched: &MatchedPath) -> String {
    matched.as_str().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_said_of_a_form_that_is_there() {
        let routes = crate::app::routes(interpres_compliance::Serving::default(), false);
        let forms = routes.reached.forms();
        let lost: Vec<&str> = SAID
            .iter()
            .map(|(id, _)| *id)
            .filter(|id| id.starts_with('/') && !forms.contains(id))
            .collect();
        assert_eq!(lost, [""; 0]);
    }

    #[test]
    fn a_form_that_leads_on_says_what_it_did_or_is_known_to_have_a_page_of_its_own() {
        let routes = crate::app::routes(interpres_compliance::Serving::default(), false);
        let silent: Vec<&str> = routes
            .reached
            .forms()
            .into_iter()
            .filter(|path| sentence(path).is_none() && !SPEAK_FOR_THEMSELVES.contains(path))
            .collect();
        assert_eq!(silent, [""; 0]);
    }
}
