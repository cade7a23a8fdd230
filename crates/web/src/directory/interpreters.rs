//! The list of interpreters.
use crate::shared::filters;
use crate::{
    App,
    directory::{agenda::Booked, interpreter::languages, teams::teams},
    door::{Posted, Signed},
    shared::{
        Answer, Frame, Pairs, Refused, answered, go,
        listing::{Filtered, Listing, filtered},
        many::{Doing, Picked, may_export},
        own_list::{Choice, OwnList, choice},
        page,
        paper::spreadsheet,
        parts::{Column, Pager, Tab},
    },
};
use askama::Template;
use axum::extract::{RawQuery, State};
use interpres_accounts::ListName;
use interpres_directory::{
    CountInterpreters, ExportInterpreters, InterpreterView, InviteInterpreter, ListInterpreters,
    ServiceType, SignUp,
};
use interpres_gate::{Action, Actor, FURTHEST, Page, Permission as P};
use interpres_scheduling::AgendaOwner;
use interpres_types::Language;

const PATH: &str = "/interpreters";

fn filters_of() -> [Filtered; 5] {
    [
        filtered("language", say::language()),
        filtered("service_type", say::service()),
        filtered("team", say::field_team()),
        filtered("state", say::state()),
        filtered("sign_up", say::interpreter_sign_up()),
    ]
}

#[derive(Template)]
#[template(path = "interpreters.html")]
struct InterpretersPage {
    frame: Frame,
    list: Listing,
    page: Page<InterpreterView>,
    tabs: Vec<Tab>,
    columns: Vec<Column>,
    pager: Pager,
    booked: Option<Booked>,
    own: OwnList,
    exports: Option<String>,
    services: &'static [ServiceType],
    teams: Pairs,
    problem: String,
    may_edit: bool,
    may_import: bool,
    personal: bool,
}

impl InterpretersPage {
    /// Whether rows can be ticked.
    fn picks(&self) -> bool {
        self.exports.is_some() || self.may_edit
    }
    /// What somebody speaks beside English.
    fn languages(&self, i: &InterpreterView) -> String {
        languages(i)
    }
    /// What the search looks through.
    fn sought(&self) -> &'static str {
        if self.personal {
            say::find_by_city_or_email()
        } else {
            say::name()
        }
    }
}

/// The columns that can be left out.
const CHOICES: [Choice; 6] = [
    choice("languages", "c-langs"),
    choice("services", "c-services"),
    choice("team", "c-team"),
    choice("city", "c-city"),
    choice("phone", "c-phone"),
    choice("booked", "c-booked"),
];

fn said(label: &str) -> String {
    say::overheard(label).into_owned()
}

fn told(field: &str, value: &str) -> String {
    match field {
        "language" => value
            .parse::<Language>()
            .map_or_else(|_| value.to_owned(), |language| said(language.name())),
        "service_type" => value
            .parse::<ServiceType>()
            .map_or_else(|_| value.to_owned(), |service| said(service.label())),
        "sign_up" => value
            .parse::<SignUp>()
            .map_or_else(|_| value.to_owned(), |sign_up| said(sign_up.label())),
        "state" => value.to_uppercase(),
        _ => value.to_owned(),
    }
}

pub(crate) async fn interpreters(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    let raw = raw.unwrap_or_default();
    let own = OwnList::of(&app, &actor, ListName::Interpreters, PATH, &CHOICES).await?;
    if let Some(first) = own.first(&raw) {
        return go(first);
    }
    let list = Listing::of(PATH, &raw, &filters_of(), told).bare_at(own.bare());
    let mut own = own.asked(list.hidden_fields(""));
    let asked: ListInterpreters = list.query();
    let (found, problem) = answered(app.gate.view(&actor, asked.clone()).await)?;
    let found = found.unwrap_or_default();
    let counts = counts(&app, &actor, &asked).await?;
    let personal = actor.rights().role.sees_personal_data();
    let whose = found.items.iter().map(|i| AgendaOwner::Interpreter(i.id));
    let booked = Booked::count(&app, &actor, whose.collect()).await?;
    page(&InterpretersPage {
        frame: Frame::of(&actor, PATH),
        tabs: own.tabs(tabs(&list, &counts)),
        columns: own.columns(columns(&list, personal, booked.is_some())),
        pager: list.pager(
            found.items.len(),
            counts.last().copied().unwrap_or_default(),
        ),
        booked,
        own,
        exports: may_export(&actor, Action::InterpretersExport).then(|| list.export()),
        services: ServiceType::ALL,
        teams: teams(&app, &actor).await?,
        problem,
        may_edit: actor.may(P::EditInterpreters),
        may_import: actor.may(P::Import),
        personal,
        page: found,
        list,
    })
}

/// The ways to stand with signing up that have a tab; the first is all.
const TABS: [Option<SignUp>; 4] = [
    None,
    Some(SignUp::Accepted),
    Some(SignUp::Invited),
    Some(SignUp::None),
];

/// How many each tab holds, and the list itself.
async fn counts(app: &App, actor: &Actor, asked: &ListInterpreters) -> Result<Vec<i64>, Refused> {
    let of_tab = |sign_up: &Option<SignUp>| ListInterpreters {
        sign_up: sign_up.map_or("", SignUp::word).into(),
        ..asked.clone()
    };
    let mut lists: Vec<ListInterpreters> = TABS.iter().map(of_tab).collect();
    lists.push(asked.clone());
    let (counts, _) = answered(app.gate.view(actor, CountInterpreters { lists }).await)?;
    Ok(counts.unwrap_or_default())
}

fn tabs(list: &Listing, counts: &[i64]) -> Vec<Tab> {
    let tab = |(sign_up, count): (&Option<SignUp>, &i64)| {
        let word = sign_up.map_or("", SignUp::word);
        Tab {
            name: sign_up.map_or_else(
                || say::interpreters_all().to_owned(),
                |sign_up| said(sign_up.label()),
            ),
            path: if word.is_empty() {
                list.address(&["sign_up"], &[])
            } else {
                list.address(&["sign_up"], &[("sign_up", word)])
            },
            current: list.value("sign_up") == word,
            count: (*count <= FURTHEST).then_some(*count),
        }
    };
    TABS.iter().zip(counts).map(tab).collect()
}

fn columns(list: &Listing, personal: bool, booked: bool) -> Vec<Column> {
    let head = |name, class, word| list.head(name, class, word, "name");
    let mut all = vec![
        head(say::name(), "c-name", "name"),
        Column::plain(say::interpreter_languages(), "c-langs"),
        Column::plain(say::interpreter_services(), "c-services"),
        head(say::field_team(), "c-team", "team"),
    ];
    if personal {
        all.push(head(say::city(), "c-city", "city"));
        all.push(Column::plain(say::phone(), "c-phone"));
    }
    if booked {
        all.push(Column::plain(say::next_seven_days(), "c-booked end"));
    }
    all.push(Column::plain(say::interpreter_sign_up(), "c-state"));
    all
}

pub(crate) async fn export(
    State(app): State<App>,
    Signed(actor): Signed,
    RawQuery(raw): RawQuery,
) -> Answer {
    let list = Listing::of(PATH, &raw.unwrap_or_default(), &filters_of(), told);
    let found = app
        .gate
        .view(&actor, ExportInterpreters(list.query()))
        .await?;
    let lines = found.into_inner().into_iter().map(line);
    let today = actor.today(app.gate.now());
    Ok(spreadsheet("interpreters", today, &HEADS, lines)?)
}

pub(crate) async fn export_selected(Posted(_, picked): Posted<Picked>) -> Answer {
    picked.export(PATH)
}

const HEADS: [&str; 12] = [
    "Last name",
    "First name",
    "Email",
    "Phone",
    "Languages",
    "Services",
    "Team",
    "Address",
    "City",
    "State",
    "ZIP code",
    "Sign-up",
];

fn line(i: InterpreterView) -> Vec<String> {
    let services: Vec<&str> = i.service_types.iter().map(|s| s.label()).collect();
    vec![
        i.last_name,
        i.first_name,
        i.email,
        i.phone.unwrap_or_default(),
        i.languages.join("; "),
        services.join("; "),
        i.team,
        i.address.unwrap_or_default(),
        i.city.unwrap_or_default(),
        i.state.unwrap_or_default(),
        i.zip.unwrap_or_default(),
        i.sign_up.label().to_owned(),
    ]
}

fn inviting() -> Doing {
    Doing {
        heading: say::invite_interpreters(),
        done: say::interpreters_invited(),
        here: PATH,
        page: Some(PATH),
    }
}

pub(crate) async fn invite_selected(
    State(app): State<App>,
    Posted(actor, picked): Posted<Picked>,
) -> Answer {
    picked
        .each(&app, &actor, &inviting(), InviteInterpreter)
        .await
}
