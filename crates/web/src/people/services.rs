//! Programs with a role of their own.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Signed},
    people::members::names,
    shared::{
        Answer, Frame, Nothing, Pairs,
        both::{self, Sent},
        go,
        near::{near, on_day},
        pick::{self, Of, Pick},
        problems_of,
        rights::role_in_words,
        versioned, with_status,
    },
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_accounts::{
    EndService, ListRoles, ListServices, ListTeams, MintServiceKey, RevokeServiceKey, RoleCard,
    SaveService, ServiceCard, ServiceInput, ServiceView, ShowService, TeamCard,
};
use interpres_gate::{Actor, Refusal};
use interpres_types::{ApiKeyId, Instant, Line, Problems, ServiceId, Zone};
use serde::Deserialize;

struct Row {
    card: ServiceCard,
    teams: String,
}

#[derive(Template)]
#[template(path = "services.html")]
struct ServicesPage {
    frame: Frame,
    tab: &'static str,
    services: Vec<Row>,
    form: Form,
}

/// The fields of a service, for a new one and for one that is there.
struct Form {
    input: ServiceInput,
    roles: Vec<(String, String)>,
    teams: Vec<TeamCard>,
    keeper: Pick,
    problems: Problems,
}

/// A service as it was typed.
struct Typed {
    version: Option<i64>,
    input: ServiceInput,
    keeper: Pick,
    /// What is open.
    problems: Problems,
    /// As it was sent, with what was chosen.
    pairs: Pairs,
}

impl Typed {
    fn blank() -> Self {
        Self {
            version: None,
            input: ServiceInput::default(),
            keeper: Pick::blank("keeper", Of::Members),
            problems: Problems::none(),
            pairs: Pairs::new(),
        }
    }
    async fn of(app: &App, actor: &Actor, mut pairs: Pairs) -> Result<Self, Refusal> {
        let mut problems = Problems::none();
        let keeper =
            pick::one(app, actor, &mut pairs, "keeper", Of::Members, &mut problems).await?;
        let (version, form) = versioned::<ServiceForm>(pairs.clone());
        Ok(Self {
            version,
            input: form.input(),
            keeper,
            problems,
            pairs,
        })
    }
    /// With what else is wrong.
    fn but(self, problems: Problems) -> Self {
        Self { problems, ..self }
    }
}

impl Form {
    async fn of(app: &App, actor: &Actor, typed: Typed) -> Result<Self, Refusal> {
        let Typed {
            input,
            keeper,
            problems,
            ..
        } = typed;
        let roles = app.gate.view(actor, ListRoles).await?.into_inner();
        let teams = app.gate.view(actor, ListTeams).await?.into_inner();
        let for_services = |role: &RoleCard| {
            role.own || !["owner", "requester", "interpreter"].contains(&role.name.as_str())
        };
        let roles = roles
            .into_iter()
            .filter(for_services)
            .map(|role| {
                let words = say::overheard(&role_in_words(&role.name)).into_owned();
                (role.id, words)
            })
            .collect();
        Ok(Self {
            input,
            roles,
            teams,
            keeper,
            problems,
        })
    }
    fn in_team(&self, team: &TeamCard) -> bool {
        self.input.teams.is_blank()
            || self
                .input
                .teams
                .raw()
                .split(';')
                .any(|name| name == team.name)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ServiceForm {
    name: String,
    role: String,
    team: Vec<String>,
    networks: String,
    keeper: String,
}

impl ServiceForm {
    fn input(&self) -> ServiceInput {
        ServiceInput {
            name: self.name.as_str().into(),
            role: self.role.as_str().into(),
            teams: self.team.join(";").into(),
            networks: self.networks.as_str().into(),
            keeper: self.keeper.as_str().into(),
        }
    }
}

async fn services_page(app: &App, actor: &Actor, typed: Typed) -> Answer {
    let found = app.gate.view(actor, ListServices).await?.into_inner();
    let form = Form::of(app, actor, typed).await?;
    let services = found
        .into_iter()
        .map(|card| Row {
            teams: names(&form.teams, &card.teams),
            card,
        })
        .collect();
    let status = if form.problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    with_status(
        status,
        &ServicesPage {
            frame: Frame::of(actor, "/people"),
            tab: "/people/services",
            services,
            form,
        },
    )
}

pub(crate) async fn list(State(app): State<App>, Signed(actor): Signed) -> Answer {
    services_page(&app, &actor, Typed::blank()).await
}

pub(crate) async fn add(State(app): State<App>, Posted(actor, pairs): Posted<Pairs>) -> Answer {
    let typed = Typed::of(&app, &actor, pairs).await?;
    if !typed.problems.is_empty() {
        return services_page(&app, &actor, typed).await;
    }
    let save = SaveService {
        id: None,
        version: None,
        input: typed.input.clone(),
    };
    match app.gate.perform(&actor, save).await {
        Ok(saved) => go(format!("/people/services/{}", saved.id)),
        Err(refusal) => {
            let problems = problems_of(refusal)?;
            services_page(&app, &actor, typed.but(problems)).await
        }
    }
}

#[derive(Template)]
#[template(path = "service.html")]
struct ServicePage {
    frame: Frame,
    service: ServiceView,
    form: Form,
    minted: String,
    public_url: String,
    now: Instant,
    zone: Zone,
}

impl ServicePage {
    fn seen(&self, at: &Instant) -> String {
        near(*at, self.now, &self.zone)
    }
    fn day(&self, at: &Instant) -> String {
        on_day(*at, self.now, &self.zone)
    }
}

async fn service_page(
    app: &App,
    actor: &Actor,
    id: ServiceId,
    typed: Option<Typed>,
    minted: String,
) -> Answer {
    let service = app.gate.view(actor, ShowService(id)).await?.into_inner();
    let is_kept = typed.is_none();
    let typed = typed.unwrap_or_else(Typed::blank);
    let mut form = Form::of(app, actor, typed).await?;
    if is_kept {
        let card = &service.card;
        let teams: Vec<&str> = form
            .teams
            .iter()
            .filter(|t| card.teams.contains(&t.id))
            .map(|t| t.name.as_str())
            .collect();
        form.input = ServiceInput {
            name: card.name.as_str().into(),
            role: card.role_id.as_str().into(),
            teams: teams.join(";").into(),
            networks: card.networks.as_str().into(),
            keeper: card.keeper.as_str().into(),
        };
        form.keeper = Pick::from_stored(app, actor, "keeper", Of::Members, &card.keeper).await?;
    }
    let status = if form.problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let public_url = app.options.public_url.trim_end_matches('/').to_owned();
    with_status(
        status,
        &ServicePage {
            frame: Frame::of(actor, "/people"),
            service,
            form,
            minted,
            public_url,
            now: app.gate.now(),
            zone: actor.zone(),
        },
    )
}

pub(crate) async fn show(
    State(app): State<App>,
    Path(id): Path<ServiceId>,
    Signed(actor): Signed,
) -> Answer {
    service_page(&app, &actor, id, None, String::new()).await
}

pub(crate) async fn change(
    State(app): State<App>,
    Path(id): Path<ServiceId>,
    Posted(actor, pairs): Posted<Pairs>,
) -> Answer {
    let typed = Typed::of(&app, &actor, pairs).await?;
    if !typed.problems.is_empty() {
        return service_page(&app, &actor, id, Some(typed), String::new()).await;
    }
    let save = SaveService {
        id: Some(id),
        version: typed.version,
        input: typed.input.clone(),
    };
    match app.gate.perform(&actor, save).await {
        Ok(_) => go(format!("/people/services/{id}")),
        Err(refusal) if both::is_late(&refusal) => {
            late(&app, &actor, id, typed.pairs, refusal).await
        }
        Err(refusal) => {
            let typed = typed.but(problems_of(refusal)?);
            service_page(&app, &actor, id, Some(typed), String::new()).await
        }
    }
}

/// Both versions, where somebody else saved in between.
async fn late(app: &App, actor: &Actor, id: ServiceId, yours: Pairs, refusal: Refusal) -> Answer {
    let service = app.gate.view(actor, ShowService(id)).await?.into_inner();
    let (card, form) = (&service.card, Form::of(app, actor, Typed::blank()).await?);
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let in_team = form.teams.iter().filter(|t| card.teams.contains(&t.id));
    let saved: Pairs = [
        field("name", &card.name),
        field("role", &card.role_id),
        field("networks", &card.networks),
        field("keeper", &card.keeper),
    ]
    .into_iter()
    .chain(in_team.map(|t| field("team", &t.name)))
    .collect();
    let meaning = |field: &str, value: &str| {
        let mut roles = form.roles.iter();
        let role = roles.find(|(id, _)| field == "role" && id == value)?;
        Some(role.1.clone())
    };
    let back = format!("/people/services/{id}");
    let sent = Sent {
        here: "/people",
        action: back.clone(),
        back,
        yours,
        lists: &["team"],
        meaning: &meaning,
    };
    both::page(actor, refusal, sent, &saved)
}

pub(crate) async fn end(
    State(app): State<App>,
    Path(id): Path<ServiceId>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate.perform(&actor, EndService(id)).await?;
    go("/people/services")
}

#[derive(Deserialize)]
pub(crate) struct KeyForm {
    name: String,
    days: i64,
    #[serde(default)]
    only: Vec<String>,
}

/// Makes a key and shows it, this once.
pub(crate) async fn mint(
    State(app): State<App>,
    Path(id): Path<ServiceId>,
    Posted(actor, form): Posted<KeyForm>,
) -> Answer {
    let mut p = Problems::none();
    let name = p
        .need::<Line<80>>("name", &form.name.into())
        .ok_or(Refusal::Invalid(p))?;
    let minted = app
        .gate
        .perform(
            &actor,
            MintServiceKey {
                id,
                name,
                days: form.days,
                only: form.only.join(" ").into(),
            },
        )
        .await?
        .into_inner();
    service_page(&app, &actor, id, None, minted.token).await
}

pub(crate) async fn revoke(
    State(app): State<App>,
    Path((id, key)): Path<(ServiceId, ApiKeyId)>,
    Posted(actor, _): Posted<Nothing>,
) -> Answer {
    app.gate
        .perform(&actor, RevokeServiceKey { id, key })
        .await?;
    go(format!("/people/services/{id}"))
}
