use super::{Answer, Frame, Nothing, filters, go, page};
use crate::{
    App,
    door::{Posted, Signed},
};
use askama::Template;
use axum::extract::State;
use interpres_accounts::{EndSessions, ListNotices, MarkNoticesRead, MintApiKey, MyAccount, MyAccountView, NoticeList};
use interpres_gate::{Actor, Refusal};
use interpres_types::{Field, Line, Problems};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    account: MyAccountView,
    token: String,
}

async fn account(app: &App, actor: &Actor, token: String) -> Answer {
    let account = app.gate.view(actor, MyAccount).await?.into_inner();
    page(&AccountPage { frame: Frame::of(actor, "/account"), account, token })
}

pub(crate) async fn show(State(app): State<App>, Signed(actor): Signed) -> Answer {
    account(&app, &actor, String::new()).await
}

#[derive(Deserialize)]
pub(crate) struct KeyForm {
    name: Field,
    days: i64,
}

pub(crate) async fn mint(State(app): State<App>, Posted(actor, form): Posted<KeyForm>) -> Answer {
    let mut p = Problems::none();
    let name = p.need::<Line<80>>("name", &form.name).ok_or(Refusal::Invalid(p))?;
    let minted = app.gate.perform(&actor, MintApiKey { name, days: form.days }).await?.into_inner();
    account(&app, &actor, minted.token).await
}

pub(crate) async fn end_sessions(State(app): State<App>, Posted(actor, _): Posted<Nothing>) -> Answer {
    app.gate.perform(&actor, EndSessions { session: None }).await?;
    go("/sign-in")
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
