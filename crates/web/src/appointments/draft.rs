//! What was typed of a booking so far, kept sealed between its steps.
use crate::{
    App,
    appointments::choice::Choice,
    shared::{Answer, Pairs, Refused, go, pick, versioned},
};
use interpres_accounts::OWN_CUSTOMER;
use interpres_directory::ShowCustomer;
use interpres_gate::{Actor, DraftId, Refusal, Token};
use interpres_scheduling::{AppointmentInput, KeepDraft, ShowDraft};

pub(crate) fn new_draft() -> Result<DraftId, Refusal> {
    Token::random().expose().parse().map_err(Refusal::fault)
}

pub(crate) fn place(draft: &DraftId, step: &str) -> String {
    format!("/appointments/new/{draft}/{step}")
}

/// Keeps what was typed so far, and leads to a step's page. It may be sent again with something else in it: nothing has
/// been booked.
pub(crate) async fn keep(app: &App, actor: &Actor, typed: Pairs, step: &str) -> Answer {
    let id = draft_of(&typed).map_or_else(new_draft, Ok)?;
    let rest = typed.into_iter().filter(|(name, _)| name != DRAFT);
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(rest)
        .finish();
    app.gate
        .perform(
            &actor.clone().once(None),
            KeepDraft {
                id: id.clone(),
                form: form.into(),
            },
        )
        .await?;
    go(place(&id, step))
}

/// The field that says which booking it is.
const DRAFT: &str = "draft";

/// Loads what was typed so far; nothing where nothing is kept any more.
pub(crate) async fn load_draft(
    app: &App,
    actor: &Actor,
    draft: &DraftId,
) -> Result<Option<Pairs>, Refused> {
    let form = app
        .gate
        .view(actor, ShowDraft(draft.clone()))
        .await?
        .into_inner();
    Ok(form.map(|form| {
        form_urlencoded::parse(form.as_bytes())
            .into_owned()
            .chain([(DRAFT.to_owned(), draft.to_string())])
            .collect()
    }))
}

/// What the steps carry beside the details.
pub(crate) fn is_beside(name: &str) -> bool {
    ["version", "back", DRAFT].contains(&name)
        || Choice::FIELDS.contains(&name)
        || pick::is_beside(name)
}

/// The team is the customer's where none is chosen.
pub(crate) async fn with_team(
    app: &App,
    actor: &Actor,
    mut typed: Pairs,
) -> Result<Pairs, Refused> {
    let of = |name: &str| {
        typed
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    };
    if actor.rights().own(&OWN_CUSTOMER).is_none()
        && of("team").is_empty()
        && let Ok(id) = of("customer").parse()
    {
        let team = app
            .gate
            .view(actor, ShowCustomer(id))
            .await
            .map(|c| c.team.clone())
            .unwrap_or_default();
        typed.retain(|(name, _)| name != "team");
        typed.push(("team".to_owned(), team));
    }
    Ok(typed)
}

pub(crate) fn split(typed: Pairs) -> (AppointmentInput, Choice) {
    let choice = Choice::of(&typed);
    let (_, input) = versioned(
        typed
            .into_iter()
            .filter(|(name, _)| !is_beside(name))
            .collect(),
    );
    (input, choice)
}

/// The booking that a form is about.
pub(crate) fn draft_of(typed: &[(String, String)]) -> Option<DraftId> {
    typed.iter().find(|(name, _)| name == DRAFT)?.1.parse().ok()
}

/// The same as a form carries it on.
pub(crate) fn carried_draft(typed: &[(String, String)]) -> String {
    draft_of(typed)
        .map(|draft| draft.to_string())
        .unwrap_or_default()
}

/// What was chosen, as a page without the choice carries it on.
pub(crate) fn picks(choice: &Choice) -> Pairs {
    let ids = choice
        .interpreters
        .iter()
        .map(|id| ("interpreters".to_owned(), id.to_string()));
    std::iter::once(("how".to_owned(), choice.how.word().to_owned()))
        .chain(ids)
        .collect()
}
