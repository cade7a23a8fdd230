use crate::{Address, Gender, Interpreter, NewInterpreter, ServiceType, ShowInterpreter};
use interpres_accounts::{fold, team_named};
use interpres_gate::{
    Action, Command, Granted, Json, NewRecord, Query, Reach, ReadTx, Refusal, Saved, Val, WriteTx,
    async_trait,
};
use interpres_types::{
    Blank, Email, Field, InterpreterId, Language, Line, Phone, Problems, Rule, TeamId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An interpreter as typed into the form, sent to the API, or read from a file.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InterpreterInput {
    /// First name; required.
    pub first_name: Field,
    /// Last name; required.
    pub last_name: Field,
    /// E-mail address; required and unique.
    pub email: Field,
    /// Telephone.
    pub phone: Field,
    /// Languages beside English, separated by semicolons; at least one.
    pub languages: Field,
    /// The team's name; required.
    pub team: Field,
    /// In-person, video, phone, separated by semicolons; all three unless said.
    pub service_types: Field,
    /// Female or male.
    pub gender: Field,
    /// Street.
    pub address: Field,
    /// City.
    pub city: Field,
    /// State.
    pub state: Field,
    /// ZIP code.
    pub zip: Field,
}

/// The same, parsed.
#[derive(Debug)]
pub struct ParsedInterpreter {
    first_name: Line<60>,
    last_name: Line<60>,
    email: Email,
    phone: Option<Phone>,
    languages: Vec<Language>,
    team: Line<80>,
    service_types: Vec<ServiceType>,
    gender: Option<Gender>,
    address: Address,
}

/// The key by which importing again finds the same person.
///
/// # Errors
/// What is wrong with it.
pub fn interpreter_address(input: &InterpreterInput) -> Result<Email, Problems> {
    let mut p = Problems::none();
    p.need("email", &input.email).ok_or(p)
}

/// The most values of a list in one cell: nobody interprets more languages.
const MOST_LISTED: usize = 64;

/// A list in one cell, separated by semicolons.
fn each<T: std::str::FromStr<Err = Rule>>(
    p: &mut Problems,
    field: &'static str,
    raw: &Field,
) -> Vec<T> {
    let words = raw
        .raw()
        .split(';')
        .map(str::trim)
        .filter(|w| !w.is_empty());
    if words.clone().nth(MOST_LISTED).is_some() {
        p.add(field, "must be 64 or fewer");
        return Vec::new();
    }
    words
        .filter_map(|word| word.parse().map_err(|rule: Rule| p.add(field, rule)).ok())
        .collect()
}

/// Parses an interpreter, or tells everything that is wrong.
///
/// # Errors
/// Every field with the rule it broke.
pub fn parse_interpreter(input: &InterpreterInput) -> Result<ParsedInterpreter, Problems> {
    let mut p = Problems::none();
    let first_name = p.need("first_name", &input.first_name);
    let last_name = p.need("last_name", &input.last_name);
    let email = p.need("email", &input.email);
    let team = p.need("team", &input.team);
    let phone = p.may("phone", &input.phone);
    let gender = p.may("gender", &input.gender);
    if input.languages.is_blank() {
        p.add("languages", "at least one is required");
    }
    let languages = each(&mut p, "languages", &input.languages);
    let service_types = if input.service_types.is_blank() {
        ServiceType::ALL.to_vec()
    } else {
        each(&mut p, "service_types", &input.service_types)
    };
    let address = Address {
        street: p.may("address", &input.address),
        city: p.may("city", &input.city),
        state: p.may("state", &input.state),
        zip: p.may("zip", &input.zip),
    };
    match (first_name, last_name, email, team) {
        (Some(first_name), Some(last_name), Some(email), Some(team)) if p.is_empty() => {
            Ok(ParsedInterpreter {
                first_name,
                last_name,
                email,
                phone,
                languages,
                team,
                service_types,
                gender,
                address,
            })
        }
        _ => Err(p),
    }
}

/// Adds an interpreter to the directory.
#[derive(Debug)]
pub struct AddInterpreter {
    /// As it came in.
    pub input: InterpreterInput,
    /// The id, when it was promised before; a new one otherwise.
    pub id: Option<InterpreterId>,
}

#[async_trait]
impl Command for AddInterpreter {
    const ACTION: Action = Action::InterpreterAdd;
    type Outcome = Stored;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Stored, Refusal> {
        let parsed = parse_interpreter(&self.input)?;
        let team = own_team(tx, &parsed.team).await?;
        let taken = tx
            .rows(
                "select id from interpreter_address where email = $1",
                vec![Val::text(&parsed.email)],
            )
            .await?;
        if !taken.is_empty() {
            return Err(Refusal::invalid(
                "email",
                "already belongs to another interpreter",
            ));
        }
        let blank = NewInterpreter {
            team_id: team,
            first_name: parsed.first_name.clone(),
            last_name: parsed.last_name.clone(),
            name_key: String::new(),
            email: parsed.email.clone(),
            languages: Json::default(),
            service_types: Json::default(),
        }
        .blank(self.id.unwrap_or_else(|| tx.mint()), None);
        fill(tx, blank, parsed, team).await
    }
}

/// Changes an interpreter: every field becomes what is given.
#[derive(Debug)]
pub struct EditInterpreter {
    /// Which.
    pub id: InterpreterId,
    /// The version the caller saw.
    pub version: Option<i64>,
    /// As it came in.
    pub input: InterpreterInput,
}

#[async_trait]
impl Command for EditInterpreter {
    const ACTION: Action = Action::InterpreterEdit;
    type Outcome = Stored;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Stored, Refusal> {
        change_interpreter(tx, self, Blank::Empties).await
    }
}

/// Changes an interpreter as part of something else. What is blank may stay as it is.
///
/// # Errors
/// As [`EditInterpreter`].
pub async fn change_interpreter(
    tx: &mut WriteTx,
    edit: EditInterpreter,
    blank: Blank,
) -> Result<Stored, Refusal> {
    let input = match blank {
        Blank::Stays => edit
            .input
            .over(ShowInterpreter(edit.id).answer(tx).await?.into()),
        Blank::Empties => edit.input,
    };
    let interpreter: Interpreter = tx.find(edit.id).await?;
    tx.expect_version(&interpreter, edit.version)?;
    let parsed = parse_interpreter(&input)?;
    let team = own_team(tx, &parsed.team).await?;
    fill(tx, interpreter, parsed, team).await
}

/// A record that was stored.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Stored {
    /// Its id.
    pub id: String,
    /// Its version now.
    pub version: i64,
}

impl Stored {
    pub(crate) fn of<I: std::fmt::Display>(saved: &Saved<I>) -> Self {
        Self {
            id: saved.id.to_string(),
            version: saved.version,
        }
    }
}

async fn fill(
    tx: &mut WriteTx,
    mut i: Interpreter,
    parsed: ParsedInterpreter,
    team: TeamId,
) -> Result<Stored, Refusal> {
    let address = parsed.address.filled();
    let point = address.point();
    i.team_id = team;
    i.name_key = fold(&format!("{} {}", parsed.last_name, parsed.first_name));
    i.first_name = parsed.first_name;
    i.last_name = parsed.last_name;
    i.email = parsed.email;
    i.phone = parsed.phone;
    i.gender = parsed.gender;
    i.languages = Json(parsed.languages);
    i.service_types = Json(parsed.service_types);
    i.address = address.street;
    i.city = address.city;
    i.state = address.state;
    i.zip = address.zip;
    i.latitude = point.map(|p| p.latitude);
    i.longitude = point.map(|p| p.longitude);
    Ok(Stored::of(&tx.save(&i).await?))
}

/// The team of this name, when the actor may file records under it.
///
/// # Errors
/// [`Refusal::Invalid`] when there is no such team or it is not the actor's.
pub async fn own_team(tx: &mut ReadTx, name: &Line<80>) -> Result<TeamId, Refusal> {
    let team = team_named(tx, name.as_str())
        .await?
        .ok_or_else(|| Refusal::invalid("team", "is not a team of this workspace"))?;
    let reaches = tx.reach() != Reach::Team || tx.actor().rights().teams.contains(&team.id);
    if reaches {
        Ok(team.id)
    } else {
        Err(Refusal::invalid("team", "is not one of your teams"))
    }
}
