use super::{Answer, Frame, Nothing, audit::on_the_wall, filters, go, page, with_status};
use crate::{
    App,
    door::{Posted, Signed},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use interpres_accounts::{
    EndSessions, FactorKind, Identity, ListNotices, MarkNoticesRead, MintApiKey, MyAccount, MyAccountView, NoticeList, RevokeApiKey, my_identity,
};
use interpres_gate::{Actor, Permission, Refusal, SessionCard, Strength};
use interpres_types::{ApiKeyId, Field, Instant, Line, Problems, SessionId, Zone};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    account: MyAccountView,
    identity: Option<Identity>,
    token: String,
    /// What was done, in words.
    done: &'static str,
    problems: Problems,
    zone: Zone,
    /// What one may do oneself, by name: what a key can be narrowed to.
    mine: Vec<String>,
}

impl AccountPage {
    fn when(&self, at: &Instant) -> String {
        on_the_wall(&self.zone, *at)
    }
    fn enrolled(&self) -> bool {
        self.identity.as_ref().is_some_and(|i| i.factors.iter().any(|f| f.kind != FactorKind::Codes))
    }
    fn proved(&self, session: &SessionCard) -> &'static str {
        match session.strength {
            Strength::Password => "password",
            Strength::Factor => "two factors",
        }
    }
    /// A browser's own words, cut down to what a person knows it by.
    fn browser(&self, agent: &str) -> String {
        const KNOWN: [(&str, &str); 5] = [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
        const ON: [(&str, &str); 6] =
            [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux")];
        let find = |list: &[(&str, &'static str)]| list.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
        match (find(&KNOWN), find(&ON)) {
            (Some(name), Some(on)) => format!("{name} on {on}"),
            (Some(name), None) => name.to_owned(),
            _ => agent.chars().take(60).collect(),
        }
    }
}

/// The page, with a key just made, or with what is wrong with a new password.
pub(super) async fn account(app: &App, actor: &Actor, token: String, done: &'static str, problems: Problems) -> Answer {
    let account = app.gate.view(actor, MyAccount).await?.into_inner();
    // What an identity provider keeps is changed there.
    let identity = if actor.via().is_some() { None } else { Some(my_identity(&app.gate, actor).await?) };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mine = Permission::ALL.iter().filter(|p| p.is_for_people() && actor.may(**p)).map(ToString::to_string).collect();
    with_status(status, &AccountPage { mine, frame: Frame::of(actor, "/account"), account, identity, token, done, problems, zone: actor.zone() })
}

pub(crate) async fn show(State(app): State<App>, Signed(actor): Signed) -> Answer {
    account(&app, &actor, String::new(), "", Problems::none()).await
}

#[derive(Deserialize)]
pub(crate) struct KeyForm {
    name: Field,
    days: i64,
    #[serde(default)]
    only: Vec<String>,
    #[serde(default)]
    networks: Field,
}

pub(crate) async fn mint(State(app): State<App>, Posted(actor, form): Posted<KeyForm>) -> Answer {
    let mut p = Problems::none();
    let name = p.need::<Line<80>>("name", &form.name).ok_or(Refusal::Invalid(p))?;
    let minted = app.gate.perform(&actor, MintApiKey { name, days: form.days, only: form.only.join(" ").into(), networks: form.networks }).await?.into_inner();
    account(&app, &actor, minted.token, "", Problems::none()).await
}

pub(crate) async fn end_sessions(State(app): State<App>, Posted(actor, _): Posted<Nothing>) -> Answer {
    app.gate.perform(&actor, EndSessions { session: None }).await?;
    go("/sign-in")
}

pub(crate) async fn end_session(State(app): State<App>, Path(id): Path<SessionId>, Posted(actor, _): Posted<Nothing>) -> Answer {
    app.gate.perform(&actor, EndSessions { session: Some(id.to_string()) }).await?;
    go("/account")
}

pub(crate) async fn revoke(State(app): State<App>, Path(id): Path<ApiKeyId>, Posted(actor, _): Posted<Nothing>) -> Answer {
    app.gate.perform(&actor, RevokeApiKey(id)).await?;
    go("/account")
}

#[derive(Template)]
#[template(path = "notices.html")]
struct NoticesPage {
    frame: Frame,
    list: NoticeList,
}

pub(crate) async fn notices(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let list = app.gate.view(&actor, ListNotices).await?.into_inner();
    page(&NoticesPage { frame: Frame::of(&actor, ""), list })
}

pub(crate) async fn read(State(app): State<App>, Posted(actor, _): Posted<Nothing>) -> Answer {
    app.gate.perform(&actor, MarkNoticesRead).await?;
    go("/notices")
}
