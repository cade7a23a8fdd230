//! What was done, said once on the page that follows. A form's answer leaves a cookie with the form's token, which is of
//! this session only, and the id of a sentence; the next page in a frame says the sentence and clears it. Nothing that
//! was typed is in it.
use crate::{App, door::cookie, shared::cookies::rest};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use interpres_gate::Actor;
use std::cell::RefCell;

/// What a booking did beside booking.
pub(crate) const BOOKED_AND_OFFERED: &str = "booked-and-offered";
pub(crate) const BOOKED_AND_ASSIGNED: &str = "booked-and-assigned";
/// How long the page that follows may take to be asked for, in seconds.
const KEPT_FOR: u32 = 60;

/// The forms that lead to another page, and what each did. A form that is not here says it on a page of its own.
const SAID: [(&str, &str); 101] = [
    ("/account/keys/{id}/end", "API key revoked."),
    ("/account/factors/{id}/end", "Second factor removed."),
    (
        "/account/ownership",
        "You’re now an owner of this workspace.",
    ),
    ("/account/password", "Password changed."),
    ("/account/photo", "Photo saved."),
    ("/account/profile", "Profile saved."),
    ("/account/providers/{id}", "Account linked."),
    ("/account/sessions/{id}/end", "That device is signed out."),
    ("/appointments", "Appointment booked."),
    (BOOKED_AND_OFFERED, "Appointment booked. Offers sent."),
    (
        BOOKED_AND_ASSIGNED,
        "Appointment booked. Interpreter assigned.",
    ),
    ("/appointments/{id}/assignment", "Interpreter assigned."),
    (
        "/appointments/{id}/assignment/override",
        "Interpreter assigned despite the conflict.",
    ),
    (
        "/appointments/{id}/assignment/removal",
        "Interpreter unassigned.",
    ),
    ("/appointments/{id}/cancellation", "Appointment canceled."),
    ("/appointments/{id}/check-in", "You’re checked in."),
    ("/appointments/{id}/declination", "Request declined."),
    ("/appointments/{id}/edit", "Appointment saved."),
    ("/appointments/{id}/end", "Appointment ended."),
    ("/appointments/{id}/missed", "Appointment marked as missed."),
    ("/appointments/{id}/offers", "Offers sent."),
    ("/appointments/{id}/on-hold", "Appointment put on hold."),
    (
        "/appointments/{id}/on-hold/end",
        "Appointment taken off hold.",
    ),
    ("/appointments/{id}/recalculation", "Rates updated."),
    ("/appointments/{id}/remarks", "Remark added."),
    ("/appointments/{id}/restoration", "Appointment restored."),
    ("/appointments/{id}/start", "Appointment started."),
    ("/appointments/{id}/voucher", "Voucher submitted."),
    ("/audit/findings/{id}/sign-off", "Finding signed off."),
    (
        "/audit/integrity/restorations",
        "Record restored to its last good version.",
    ),
    ("/audit/queries", "Filter saved."),
    ("/audit/queries/{id}/drop", "Filter deleted."),
    ("/audit/watches", "Name added to the watch list."),
    (
        "/audit/watches/{id}/end",
        "Name removed from the watch list.",
    ),
    (
        "/break-glass",
        "Emergency access opened. The owners have been told.",
    ),
    ("/break-glass/{id}/approval", "Emergency access reviewed."),
    ("/break-glass/{id}/concern", "Concern recorded."),
    ("/clients/{id}", "Client saved."),
    ("/appointments/{id}/erasure", "Client erased."),
    ("/clients/{id}/erasure", "Client erased."),
    ("/imports/{id}/mapping", "Columns matched."),
    ("/customers", "Customer added."),
    ("/customers/{id}", "Customer saved."),
    ("/imports/{id}/run", "Import started."),
    ("/interpreters", "Interpreter added."),
    ("/interpreters/{id}", "Interpreter saved."),
    ("/interpreters/{id}/invitation", "Invitation sent."),
    ("/invoices", "Invoice created."),
    ("/invoices/{id}/sending", "Invoice marked as sent."),
    ("/lists/{id}/columns", "Columns saved."),
    ("/lists/{id}/opening", "The list’s first view is saved."),
    ("/notices/read", "All notifications marked as read."),
    (
        "/offers/{id}/acceptance",
        "Offer accepted. The appointment is yours.",
    ),
    ("/offers/{id}/refusal", "Offer declined."),
    ("/offers/{id}/withdrawal", "Offer withdrawn."),
    ("/people/invitations", "Invitation sent."),
    (
        "/people/invitations/{id}/resending",
        "Invitation sent again.",
    ),
    ("/people/invitations/{id}/revocation", "Invitation revoked."),
    ("/people/review", "Access review started."),
    ("/people/review/{id}/decisions", "Decisions saved."),
    ("/people/review/{id}/signature", "Access review signed off."),
    ("/people/roles/{id}", "Role saved."),
    ("/people/roles/{id}/end", "Role deleted."),
    ("/people/services", "Service account added."),
    ("/people/services/{id}", "Service account saved."),
    ("/people/services/{id}/end", "Service account ended."),
    ("/people/services/{id}/keys/{key}/end", "API key revoked."),
    ("/people/teams", "Team added."),
    ("/people/teams/{id}", "Team renamed."),
    ("/people/teams/{id}/limits", "Team limits saved."),
    ("/people/{id}", "Access saved."),
    (
        "/people/{id}/deactivation",
        "Member deactivated. They’re signed out everywhere.",
    ),
    ("/people/{id}/recovery", "Recovery requested."),
    (
        "/people/{id}/recovery/{recovery}/agreement",
        "Recovery approved.",
    ),
    (
        "/people/{id}/recovery/{recovery}/refusal",
        "Recovery refused.",
    ),
    ("/people/{id}/reinstatement", "Member reactivated."),
    (
        "/people/{id}/removal",
        "Member removed. They’re signed out everywhere.",
    ),
    ("/people/{id}/sessions/end", "Signed out on every device."),
    ("/people/{id}/unlinking", "Identity provider unlinked."),
    ("/rates", "Rate added."),
    ("/retention", "Retention period saved."),
    ("/retention/file/confirmation", "Export confirmed."),
    (
        "/settings/hipaa/agreements/{id}/signature",
        "Agreement signed.",
    ),
    (
        "/settings/hipaa/changes/{id}/confirmation",
        "HIPAA mode is off.",
    ),
    (
        "/settings/hipaa/changes/{id}/refusal",
        "Request dropped. HIPAA mode stays on.",
    ),
    ("/settings/hipaa/exporters", "Exporters saved."),
    ("/settings/hipaa/mode", "HIPAA mode is on."),
    (
        "/settings/hipaa/mode/end",
        "Request to turn off HIPAA mode saved.",
    ),
    ("/settings/jobs", "Job retried."),
    ("/settings/providers", "Identity provider saved."),
    (
        "/settings/providers/directory-tokens/end",
        "Directory tokens revoked.",
    ),
    ("/settings/providers/{id}/end", "Identity provider removed."),
    ("/settings/security", "Security settings saved."),
    ("/settings/workspace", "Workspace settings saved."),
    ("/settings/workspace/logo", "Logo saved."),
    ("/views", "View saved."),
    ("/views/{id}/drop", "View deleted."),
    ("/views/{id}/name", "View renamed."),
    ("/views/{id}/sharing", "Sharing saved."),
    ("/vouchers/{id}/approval", "Voucher approved."),
    ("/vouchers/{id}/return", "Voucher returned."),
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
            words(what)
        })
        .ok()
        .flatten()
}

fn words(what: &str) -> Option<&'static str> {
    SAID.iter()
        .find(|(id, _)| *id == what)
        .map(|(_, words)| *words)
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
        what.filter(|what| words(what).is_some()).map(|what| {
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
            .filter(|path| words(path).is_none() && !SPEAK_FOR_THEMSELVES.contains(path))
            .collect();
        assert_eq!(silent, [""; 0]);
    }
}
