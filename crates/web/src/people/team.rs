//! One team and what it is limited to.
use crate::shared::filters;
use crate::{
    App,
    door::{Path, Posted, Signed},
    shared::{
        Answer, Frame, Pairs, Refused,
        both::{self, Sent},
        go,
        pick::{self, Of, Picks},
        problems_of, with_status,
    },
};
use askama::Template;
use axum::{extract::State, http::StatusCode};
use interpres_directory::{LimitInput, LimitTeam, Limited, ServiceType, ShowTeam, TeamView};
use interpres_gate::Actor;
use interpres_types::{Problems, TeamId};

#[derive(Template)]
#[template(path = "team.html")]
struct TeamPage {
    frame: Frame,
    team: TeamView,
    picked: Picked,
    ways: String,
    types: &'static [ServiceType],
    problems: Problems,
}

impl TeamPage {
    fn has(&self, way: &ServiceType) -> bool {
        self.ways.split(';').any(|word| word == way.word())
    }
}

/// The limits that are chosen of thousands.
struct Picked {
    customers: Picks,
    interpreters: Picks,
}

impl Picked {
    fn kept(team: &TeamView) -> Self {
        let kept = |name, of, all: &[Limited]| {
            let each = all.iter().map(|one| (one.id.clone(), one.words.clone()));
            Picks::from_stored(name, of, each)
        };
        Self {
            customers: kept("customers", Of::Customers, &team.only_customers),
            interpreters: kept("interpreters", Of::Interpreters, &team.only_interpreters),
        }
    }
    async fn sent(
        app: &App,
        actor: &Actor,
        pairs: &mut Pairs,
        open: &mut Problems,
    ) -> Result<Self, Refused> {
        Ok(Self {
            customers: pick::many(app, actor, pairs, "customers", Of::Customers, open).await?,
            interpreters: pick::many(app, actor, pairs, "interpreters", Of::Interpreters, open)
                .await?,
        })
    }
    fn again(&self) -> bool {
        self.customers.again || self.interpreters.again
    }
    /// What a value of the form means.
    fn meaning(&self, field: &str, value: &str) -> Option<String> {
        let picks = match field {
            "customers" => &self.customers,
            "interpreters" => &self.interpreters,
            _ => {
                return value
                    .parse()
                    .ok()
                    .map(|way: ServiceType| say::overheard(way.label()).into_owned());
            }
        };
        let one = picks.chosen.iter().find(|item| item.value == value)?;
        Some(one.words.clone())
    }
}

/// The ticked ways of working, as the API has them in one field.
fn ways(pairs: &[(String, String)]) -> String {
    let ways = pairs.iter().filter(|(name, _)| name == TYPE);
    ways.map(|(_, way)| way.as_str())
        .collect::<Vec<_>>()
        .join(";")
}

/// What the form calls a way of working.
const TYPE: &str = "type";

async fn team_page(
    app: &App,
    actor: &Actor,
    id: TeamId,
    typed: Option<Typed>,
    problems: Problems,
) -> Answer {
    let team = app.gate.view(actor, ShowTeam(id)).await?.into_inner();
    let Typed { picked, ways } = typed.unwrap_or_else(|| Typed {
        picked: Picked::kept(&team),
        ways: team.service_types.join(";"),
    });
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    with_status(
        status,
        &TeamPage {
            frame: Frame::of(actor, "/people"),
            team,
            picked,
            ways,
            types: ServiceType::ALL,
            problems,
        },
    )
}

/// Limits as they were typed.
struct Typed {
    picked: Picked,
    ways: String,
}

pub(crate) async fn show(
    State(app): State<App>,
    Path(id): Path<TeamId>,
    Signed(actor): Signed,
) -> Answer {
    team_page(&app, &actor, id, None, Problems::none()).await
}

/// Limits as a form has them.
fn as_sent(team: &TeamView) -> Pairs {
    let of = |name: &'static str, all: &[Limited]| -> Pairs {
        all.iter()
            .map(|one| (name.to_owned(), one.id.clone()))
            .collect()
    };
    let ways = team
        .service_types
        .iter()
        .map(|way| (TYPE.to_owned(), way.clone()));
    of("customers", &team.only_customers)
        .into_iter()
        .chain(of("interpreters", &team.only_interpreters))
        .chain(ways)
        .collect()
}

pub(crate) async fn limit(
    State(app): State<App>,
    Path(id): Path<TeamId>,
    Posted(actor, mut pairs): Posted<Pairs>,
) -> Answer {
    let mut open = Problems::none();
    let picked = Picked::sent(&app, &actor, &mut pairs, &mut open).await?;
    let typed = Typed {
        picked,
        ways: ways(&pairs),
    };
    if typed.picked.again() || !open.is_empty() {
        return team_page(&app, &actor, id, Some(typed), open).await;
    }
    let version = pairs
        .iter()
        .find(|(name, _)| name == "version")
        .and_then(|(_, version)| version.parse().ok());
    let limit = LimitTeam {
        id,
        version,
        input: LimitInput {
            customers: typed.picked.customers.values().into(),
            interpreters: typed.picked.interpreters.values().into(),
            service_types: typed.ways.as_str().into(),
        },
    };
    match app.gate.perform(&actor, limit).await {
        Ok(_) => go(format!("/people/teams/{id}")),
        Err(refusal) if both::is_late(&refusal) => {
            let team = app.gate.view(&actor, ShowTeam(id)).await?.into_inner();
            let (back, saved) = (format!("/people/teams/{id}"), Picked::kept(&team));
            let meaning = |field: &str, value: &str| {
                let yours = typed.picked.meaning(field, value);
                yours.or_else(|| saved.meaning(field, value))
            };
            let sent = Sent {
                here: "/people",
                action: format!("{back}/limits"),
                back,
                yours: pairs,
                lists: &["customers", "interpreters", TYPE],
                meaning: &meaning,
            };
            both::page(&actor, refusal, sent, &as_sent(&team))
        }
        Err(refusal) => team_page(&app, &actor, id, Some(typed), problems_of(refusal)?).await,
    }
}
