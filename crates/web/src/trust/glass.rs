//! Opening an appointment of another team for a stated reason.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Query, Signed},
    shared::{Answer, Frame, go, page, problems_of, time, with_status},
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_compliance::{
    BreakGlassInput, BrokenView, ListBroken, OpenByBreakGlass, ShowUnderGlass,
};
use interpres_gate::{Actor, Permission, Refusal};
use interpres_scheduling::AppointmentView;
use interpres_types::{BreakGlassId, Problems};

#[derive(Template)]
#[template(path = "break_glass.html")]
struct BreakGlassPage {
    frame: Frame,
    may_break: bool,
    broken: Option<Vec<BrokenView>>,
    next: Option<String>,
    input: BreakGlassInput,
    problems: Problems,
    me: String,
    zone: String,
}

async fn glass_page(
    app: &App,
    actor: &Actor,
    filter: ListBroken,
    input: BreakGlassInput,
    problems: Problems,
) -> Answer {
    let (broken, next) = if actor.may(Permission::ReviewFindings) {
        let found = app.gate.view(actor, filter).await?.into_inner();
        (Some(found.items), found.next)
    } else {
        app.gate.may_begin::<OpenByBreakGlass>(actor).await?;
        (None, None)
    };
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let me = actor.user().map(|u| u.to_string()).unwrap_or_default();
    with_status(
        status,
        &BreakGlassPage {
            frame: Frame::of(actor, if broken.is_some() { "/audit" } else { "" }),
            may_break: actor.may(Permission::BreakGlass),
            broken,
            next,
            input,
            problems,
            me,
            zone: actor.zone().to_string(),
        },
    )
}

pub(crate) async fn broken(
    State(app): State<App>,
    Signed(actor): Signed,
    Query(filter): Query<ListBroken>,
) -> Answer {
    glass_page(
        &app,
        &actor,
        filter,
        BreakGlassInput::default(),
        Problems::none(),
    )
    .await
}

pub(crate) async fn break_it(
    State(app): State<App>,
    Posted(actor, input): Posted<BreakGlassInput>,
) -> Answer {
    match app
        .gate
        .perform(
            &actor,
            OpenByBreakGlass {
                input: input.clone(),
            },
        )
        .await
    {
        Ok(opened) => go(format!("/break-glass/{}", opened.id)),
        Err(Refusal::NotFound) => {
            glass_page(
                &app,
                &actor,
                ListBroken::default(),
                input,
                Problems::one("reference", "matches no appointment"),
            )
            .await
        }
        Err(refusal) => {
            glass_page(
                &app,
                &actor,
                ListBroken::default(),
                input,
                problems_of(refusal)?,
            )
            .await
        }
    }
}

#[derive(Template)]
#[template(path = "under_glass.html")]
struct UnderGlassPage {
    frame: Frame,
    view: AppointmentView,
    ends_at: String,
}

impl UnderGlassPage {
    fn range(&self) -> String {
        time::range(self.view.starts_at, self.view.ends_at, &self.view.zone)
    }
}

pub(crate) async fn under(
    State(app): State<App>,
    Path(id): Path<BreakGlassId>,
    Signed(actor): Signed,
) -> Answer {
    let under = app
        .gate
        .view(&actor, ShowUnderGlass(id))
        .await?
        .into_inner();
    page(&UnderGlassPage {
        frame: Frame::of(&actor, ""),
        view: under.appointment,
        ends_at: time::clock(under.ends_at, &actor.zone().to_string()),
    })
}
