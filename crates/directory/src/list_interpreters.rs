use crate::{
    DirectorySortBy, Gender, Interpreter, ServiceType, UNACCENTED,
    listing::{HAYSTACK, Window, of_team},
};
use interpres_accounts::{Team, all_teams};
use interpres_gate::{
    Action, Counter, Filter, Page, Query, ReadTx, Refusal, Val, WHOLE, async_trait, bind_list,
    words,
};
use interpres_types::{Field, InterpreterId, Language, Line, Problems, searchable};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The interpreters of one's reach, by last name.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListInterpreters {
    /// Parts of the name, the city or the e-mail address, whatever their case and accents; every word must be found.
    pub q: Field,
    /// A language they must have.
    pub language: Field,
    /// A service type they must take.
    pub service_type: Field,
    /// A team's name.
    pub team: Field,
    /// The state they live in; not for those who only pay interpreters.
    pub state: Field,
    /// `none`, `invited` or `accepted`: whether they can sign in.
    pub sign_up: Field,
    /// Only these, by their ids with commas between, up to 200.
    pub ids: Field,
    /// `name`, `city` or `team`; with `-` before it the other way.
    pub sort: Field,
    /// How many are passed over, up to 10,000; with a sort other than `name` in place of a cursor.
    pub past: Field,
    /// Where the page begins.
    pub cursor: Field,
    /// How many, up to 200; 50 unless said.
    pub limit: Field,
}

/// An interpreter as shown.
#[derive(Debug, Serialize, JsonSchema)]
pub struct InterpreterView {
    /// Id.
    pub id: InterpreterId,
    /// Version, for changing it.
    pub version: i64,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Address. This and what else is personal is empty for those who only pay interpreters.
    pub email: String,
    /// Telephone.
    pub phone: Option<String>,
    /// Languages by name.
    pub languages: Vec<String>,
    /// How they work.
    pub service_types: Vec<ServiceType>,
    /// Gender.
    pub gender: Option<Gender>,
    /// The team's name.
    pub team: String,
    /// Street.
    pub address: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State.
    pub state: Option<String>,
    /// ZIP code.
    pub zip: Option<String>,
    /// Whether the map knows where they live.
    pub located: bool,
    /// Whether they can sign in.
    pub sign_up: SignUp,
    #[serde(skip)]
    cursor: String,
}

words! {
    /// Whether an interpreter can sign in.
    SignUp, "must be none, invited or accepted" {
        /// Nobody has invited them.
        None = "none", "Not invited";
        /// Invited, and not here yet.
        Invited = "invited", "Invited";
        /// They are a member.
        Accepted = "accepted", "Signed up";
    }
}

/// How these interpreters stand, as far as they were invited at all.
async fn sign_ups(
    tx: &mut ReadTx,
    ids: &[InterpreterId],
) -> Result<BTreeMap<InterpreterId, SignUp>, Refusal> {
    let mut args = Vec::new();
    let list = bind_list(&mut args, ids.iter().map(Val::text).collect());
    args.push(Val::Int(tx.now().micros()));
    let sql = format!(
        "select interpreter_id, cast(2 as bigint) as far from member where interpreter_id in ({list}) and ended_at is null
         union all select interpreter_id, cast(1 as bigint) as far from invitation where interpreter_id in ({list}) and accepted_at is null and revoked_at is null and ends_at > ${}
         order by far",
        args.len()
    );
    let mut found = BTreeMap::new();
    for row in tx.rows(&sql, args).await? {
        let id = row
            .text("interpreter_id")?
            .parse()
            .map_err(|_| Refusal::fault("an interpreter's id can't be read"))?;
        found.insert(
            id,
            if row.int("far")? == 2 {
                SignUp::Accepted
            } else {
                SignUp::Invited
            },
        );
    }
    Ok(found)
}

#[async_trait]
impl Query for ListInterpreters {
    const ACTION: Action = Action::InterpretersList;
    type View = Page<InterpreterView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<InterpreterView>, Refusal> {
        self.found(tx, None).await
    }
}

/// All that a list of interpreters holds, to be taken away as a file.
#[derive(Debug)]
pub struct ExportInterpreters(pub ListInterpreters);

#[async_trait]
impl Query for ExportInterpreters {
    const ACTION: Action = Action::InterpretersExport;
    type View = Vec<InterpreterView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<InterpreterView>, Refusal> {
        let list = ListInterpreters {
            past: "".into(),
            cursor: "".into(),
            ..self.0
        };
        list.found(tx, Some(WHOLE)).await?.whole()
    }
}

impl ListInterpreters {
    /// A page of it, of so many where it is said.
    async fn found(
        self,
        tx: &mut ReadTx,
        most: Option<usize>,
    ) -> Result<Page<InterpreterView>, Refusal> {
        let personal = personal(tx);
        let mut p = Problems::none();
        let mut window = Window::of(&mut p, &self.sort, &self.past, &self.cursor, &self.limit);
        if window.sort.by == DirectorySortBy::City && !personal {
            p.add("sort", "must be name or team");
        }
        if !p.is_empty() {
            return Err(p.into());
        }
        window.limit = most.unwrap_or(window.limit);
        let mut filter = Filter::begin("where 1 = 1", Vec::new());
        self.conditions(tx, &mut filter).await?;
        let filter = window.cut(filter, "interpreter", &self.cursor)?;
        let found: Vec<Interpreter> = tx.list(&filter.sql, filter.args).await?;
        let teams = all_teams(tx).await?;
        let ids: Vec<InterpreterId> = found.iter().map(|i| i.id).collect();
        let sign_ups = if ids.is_empty() {
            BTreeMap::new()
        } else {
            sign_ups(tx, &ids).await?
        };
        let views = found
            .into_iter()
            .map(|i| view(i, &teams, &sign_ups, personal))
            .collect();
        Ok(Page::cut(views, window.limit, |v: &InterpreterView| {
            v.cursor.clone()
        }))
    }
}

const MEMBERS: &str =
    "select interpreter_id from member where interpreter_id is not null and ended_at is null";

impl ListInterpreters {
    async fn conditions(&self, tx: &mut ReadTx, filter: &mut Filter) -> Result<(), Refusal> {
        let personal = personal(tx);
        let mut p = Problems::none();
        let q = p.may::<Line<80>>("q", &self.q);
        let team = p.may::<Line<80>>("team", &self.team);
        let state = p.may::<Line<20>>("state", &self.state);
        let language = p.may::<Language>("language", &self.language);
        let service = p.may::<ServiceType>("service_type", &self.service_type);
        let sign_up = p.may::<SignUp>("sign_up", &self.sign_up);
        filter.among(&mut p, &self.ids);
        if state.is_some() && !personal {
            p.add("state", "isn't shown to you");
        }
        if !p.is_empty() {
            return Err(p.into());
        }
        if let Some(team) = team {
            of_team(tx, filter, &team).await?;
        }
        if let Some(q) = q {
            // Nobody finds out by searching what they are not shown.
            let column = if personal { &HAYSTACK } else { &UNACCENTED };
            filter.holds(column, &searchable(q.as_str()));
        }
        if let Some(language) = language {
            filter.and("languages like ?", format!("%\"{}\"%", language.tag()));
        }
        if let Some(service) = service {
            filter.and("service_types like ?", format!("%\"{}\"%", service.word()));
        }
        if let Some(state) = state {
            filter.and("lower(state) = ?", state.as_str().to_lowercase());
        }
        if let Some(sign_up) = sign_up {
            stands(sign_up, tx.now().micros(), filter);
        }
        Ok(())
    }
}

/// Only those who stand so with signing up.
fn stands(sign_up: SignUp, now: i64, filter: &mut Filter) {
    if sign_up == SignUp::Accepted {
        filter.sql += &format!(" and id in ({MEMBERS})");
        return;
    }
    let now = filter.bind(now);
    let not = if sign_up == SignUp::None { "not " } else { "" };
    filter.sql += &format!(
        " and id not in ({MEMBERS}) and id {not}in (select interpreter_id from invitation
           where interpreter_id is not null and accepted_at is null and revoked_at is null and ends_at > {now})"
    );
}

/// How many interpreters each of some lists holds, in one question.
#[derive(Clone, Debug)]
pub struct CountInterpreters {
    /// The lists; where they begin and how they are sorted does not count.
    pub lists: Vec<ListInterpreters>,
}

#[async_trait]
impl Query for CountInterpreters {
    const ACTION: Action = Action::InterpretersList;
    type View = Vec<i64>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<i64>, Refusal> {
        let mut counter = Counter::default();
        for list in &self.lists {
            list.conditions(tx, counter.begin()).await?;
            counter.end("interpreter");
        }
        counter.counts(tx).await
    }
}

fn personal(tx: &ReadTx) -> bool {
    tx.actor().rights().role.sees_personal_data()
}

fn view(
    i: Interpreter,
    teams: &[Team],
    sign_ups: &BTreeMap<InterpreterId, SignUp>,
    personal: bool,
) -> InterpreterView {
    let seen = InterpreterView {
        cursor: Filter::place(&i.name_key, i.id),
        id: i.id,
        version: i.version,
        first_name: i.first_name.into(),
        last_name: i.last_name.into(),
        email: i.email.to_string(),
        phone: i.phone.map(|p| p.to_string()),
        languages: i.languages.iter().map(ToString::to_string).collect(),
        service_types: i.service_types.0,
        gender: i.gender,
        team: team_name(teams, i.team_id),
        address: i.address.map(Into::into),
        city: i.city.map(Into::into),
        state: i.state.map(Into::into),
        zip: i.zip.map(Into::into),
        located: i.latitude.is_some(),
        sign_up: sign_ups.get(&i.id).copied().unwrap_or(SignUp::None),
    };
    if personal {
        return seen;
    }
    InterpreterView {
        email: String::new(),
        phone: None,
        gender: None,
        address: None,
        city: None,
        state: None,
        zip: None,
        ..seen
    }
}

pub(crate) fn team_name(teams: &[Team], id: interpres_types::TeamId) -> String {
    teams
        .iter()
        .find(|t| t.id == id)
        .map(|t| t.name.to_string())
        .unwrap_or_default()
}

/// One interpreter.
#[derive(Debug)]
pub struct ShowInterpreter(pub InterpreterId);

#[async_trait]
impl Query for ShowInterpreter {
    const ACTION: Action = Action::InterpreterShow;
    type View = InterpreterView;
    async fn answer(self, tx: &mut ReadTx) -> Result<InterpreterView, Refusal> {
        let interpreter: Interpreter = tx.find(self.0).await?;
        let team: Option<Team> = tx.may_find(interpreter.team_id).await?;
        let sign_ups = sign_ups(tx, &[interpreter.id]).await?;
        Ok(view(interpreter, team.as_slice(), &sign_ups, personal(tx)))
    }
}
