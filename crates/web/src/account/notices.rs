//! One's own notices.
use crate::shared::filters;
use crate::{
    App,
    door::{Posted, Signed},
    shared::{Answer, Frame, Nothing, go, page, record_page::opens_to},
};
use askama::Template;
use axum::extract::State;
use interpres_accounts::{ListNotices, MarkNoticesRead, NoticeCard, NoticeList};

#[derive(Template)]
#[template(path = "notices.html")]
struct NoticesPage {
    frame: Frame,
    list: NoticeList,
    zone: String,
}

impl NoticesPage {
    /// Where a notice leads, for those who may go there: it goes to everyone in charge, and not all see the same pages.
    fn leads_to<'n>(&self, notice: &'n NoticeCard) -> Option<&'n str> {
        Some(notice.path.as_str()).filter(|path| opens_to(&self.frame, path))
    }
}

pub(crate) async fn notices(State(app): State<App>, Signed(actor): Signed) -> Answer {
    let list = app.gate.view(&actor, ListNotices).await?.into_inner();
    page(&NoticesPage {
        frame: Frame::of(&actor, ""),
        list,
        zone: actor.zone().to_string(),
    })
}

pub(crate) async fn read(State(app): State<App>, Posted(actor, _): Posted<Nothing>) -> Answer {
    app.gate.perform(&actor, MarkNoticesRead).await?;
    go("/notices")
}
