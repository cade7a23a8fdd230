//! The named world: two small agencies with their people, customers and a few appointments. The
//! demo starts from it and so do the tests. Every protected value in it holds the word
//! [`KANARYA`], so that a leak anywhere is found by looking for one word.
use crate::{
    cast::{APPOINTMENTS, CUSTOMERS, FRONT_RANGE, INTERPRETERS, PEOPLE, PRAIRIE, TEAMS, said},
    enter::{enrol, enter},
};
use interpres_accounts::{
    AcceptTerms, AddMember, Doors, EndSessions, FoundWorkspace, Founder, MintApiKey, OpenAccount,
    Password, SignIn, TERMS_VERSION, TermsInput, Visitor, hashed, sign_in,
};
use interpres_directory::{AddCustomer, AddInterpreter, CustomerInput, InterpreterInput};
use interpres_gate::{Gate, Origin, Refusal, Role};
use interpres_rates::{RateInput, SetRate};
use interpres_scheduling::{AppointmentInput, BookAppointment};
use interpres_types::{
    AppointmentId, CustomerId, INSTALLATION, Id, InterpreterId, LocalDate, TeamId, UserId,
    WorkspaceId, Zone,
};
use interpres_vault::random;
use std::{collections::BTreeMap, sync::Arc};

/// The word in every protected value of the named world.
pub const KANARYA: &str = "Kanarya";

/// Somebody of the named world.
#[derive(Clone, Debug)]
pub struct Person {
    /// Full name.
    pub name: String,
    /// Which agency: its name.
    pub workspace: String,
    /// Role.
    pub role: Role,
    /// Address.
    pub email: String,
    /// Password, random for each world.
    pub password: String,
    /// API key.
    pub api_key: String,
    /// The seed of their authenticator app, as base32.
    pub totp_secret: String,
}

/// The named world's people and records, by the names tests and demo call them.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// People by first name.
    pub people: BTreeMap<String, Person>,
    /// Agencies by name.
    pub workspaces: BTreeMap<String, WorkspaceId>,
    /// Interpreters by first name.
    pub interpreters: BTreeMap<String, InterpreterId>,
    /// Customers by name.
    pub customers: BTreeMap<String, CustomerId>,
    /// Appointments by reference.
    pub appointments: BTreeMap<String, AppointmentId>,
}

/// Four groups of five letters: about 94 bits.
fn fresh_password() -> String {
    let letters: Vec<char> = random::<20>()
        .iter()
        .map(|b| char::from(b'a' + b % 26))
        .collect();
    letters
        .chunks(5)
        .map(|c| c.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}

/// Fills an empty installation with the named world, through the gate, as the people it tells of.
///
/// # Errors
/// Whatever the gate refuses: the world is made by its rules.
pub async fn fill_world(gate: &Gate) -> Result<World, Refusal> {
    let mut world = settle(gate).await?;
    book(gate, &mut world).await?;
    Ok(world)
}

/// The named world without its appointments.
pub(crate) async fn settle(gate: &Gate) -> Result<World, Refusal> {
    let mut world = World::default();
    let mut users = BTreeMap::new();
    for (first, last, workspace, role, _) in PEOPLE {
        let (user, person) = open_account(gate, first, last, workspace, role).await?;
        users.insert(first, user);
        world.people.insert(first.to_owned(), person);
    }
    for name in [FRONT_RANGE, PRAIRIE] {
        let id = WorkspaceId::mint(gate.now(), &random());
        world.workspaces.insert(name.to_owned(), id);
        let teams = found(gate, &mut world, &users, name, id).await?;
        let people: Vec<&str> = PEOPLE
            .iter()
            .filter(|p| p.2 == name && p.3 != Role::Requester)
            .map(|p| p.0)
            .collect();
        for first in people {
            arrive(gate, &mut world, first).await?;
        }
        fill_workspace(gate, &mut world, &users, name, &teams).await?;
    }
    Ok(world)
}

pub(crate) async fn open_account(
    gate: &Gate,
    first: &str,
    last: &str,
    workspace: &str,
    role: Role,
) -> Result<(UserId, Person), Refusal> {
    let password = fresh_password();
    let password_hash = hashed(gate, Password::typed(&password)).await?;
    let domain = if workspace == FRONT_RANGE {
        "frontrange"
    } else {
        "prairie"
    };
    let (name, email) = (
        format!("{first} {last}"),
        format!("{}@{domain}.example", first.to_lowercase()),
    );
    let open = OpenAccount {
        email: said(&email)?,
        name: said(&name)?,
        password_hash,
    };
    let user = gate
        .perform(&gate.operator(INSTALLATION), open)
        .await?
        .into_inner();
    Ok((
        user,
        Person {
            name,
            workspace: workspace.to_owned(),
            role,
            email,
            password,
            api_key: String::new(),
            totp_secret: String::new(),
        },
    ))
}

async fn found(
    gate: &Gate,
    world: &mut World,
    users: &BTreeMap<&str, UserId>,
    name: &str,
    id: WorkspaceId,
) -> Result<Vec<TeamId>, Refusal> {
    let mut people = Vec::new();
    for (first, last, workspace, role, teams) in PEOPLE
        .iter()
        .filter(|p| p.2 == name && p.3 != Role::Requester)
    {
        let interpreter =
            (*role == Role::Interpreter).then(|| InterpreterId::mint(gate.now(), &random()));
        world
            .interpreters
            .extend(interpreter.map(|id| ((*first).to_owned(), id)));
        let email = said(&world.people[*first].email)?;
        debug_assert_eq!(*workspace, name);
        people.push(Founder {
            user: users[first],
            name: said(&format!("{first} {last}"))?,
            email,
            role: *role,
            teams: teams.to_vec(),
            may_export: *first == "Carl",
            interpreter,
        });
    }
    let front = name == FRONT_RANGE;
    let teams: Vec<&str> = if front {
        TEAMS.to_vec()
    } else {
        vec!["Office"]
    };
    let founding = FoundWorkspace {
        name: said(name)?,
        zone: said("America/Denver")?,
        currency: said("USD")?,
        teams: teams.iter().map(|t| said(t)).collect::<Result<_, _>>()?,
        people,
        hipaa_signed_by: if front {
            Some(said("Olivia Hart, owner")?)
        } else {
            None
        },
    };
    Ok(gate
        .perform(&gate.operator(id), founding)
        .await?
        .into_inner()
        .teams)
}

/// A person signs in for the first time, accepts the user terms, sets their authenticator app up, and makes a key.
pub(crate) async fn arrive(gate: &Gate, world: &mut World, first: &str) -> Result<(), Refusal> {
    let person = world.people.get_mut(first).ok_or(Refusal::NotFound)?;
    let visitor = Visitor::default();
    let Ok(SignIn::Open(entry)) = sign_in(
        gate,
        &Arc::new(Doors::default()),
        &person.email,
        &person.password,
        &visitor,
    )
    .await
    else {
        return Err(Refusal::Forbidden);
    };
    let actor = gate
        .admit_session(&entry.token, Origin::default())
        .await?
        .ok_or(Refusal::Forbidden)?;
    gate.perform(
        &actor,
        AcceptTerms(TermsInput {
            name: person.name.clone().into(),
            terms: TERMS_VERSION.into(),
        }),
    )
    .await?;
    let (actor, seed) = enrol(gate, &actor).await?;
    person.totp_secret = seed;
    person.api_key = gate
        .perform(
            &actor,
            MintApiKey {
                name: said("demo")?,
                days: 365,
                only: "".into(),
                networks: "".into(),
            },
        )
        .await?
        .into_inner()
        .token;
    gate.perform(&actor, EndSessions { session: None })
        .await
        .map(drop)
}

async fn fill_workspace(
    gate: &Gate,
    world: &mut World,
    users: &BTreeMap<&str, UserId>,
    name: &str,
    teams: &[TeamId],
) -> Result<(), Refusal> {
    let owner = if name == FRONT_RANGE {
        "Olivia"
    } else {
        "Peter"
    };
    let owner = enter(gate, &world.people[owner]).await?;
    for (side, title, hourly) in [
        ("bill", "Standard", "95.00"),
        ("pay", "Interpreters", "45.00"),
    ] {
        let input = RateInput {
            side: side.into(),
            name: title.into(),
            hourly: hourly.into(),
            minimum_minutes: "60".into(),
            increment_minutes: "15".into(),
            mileage: "0.725".into(),
            effective_from: "2026-01-01".into(),
        };
        gate.perform(&owner, SetRate { input }).await?;
    }
    for (first, languages, team, zip, gender, _) in INTERPRETERS.iter().filter(|i| i.5 == name) {
        let person = world.people.get(*first);
        let (last, email) = person.map_or_else(
            || {
                (
                    "Haile".to_owned(),
                    format!("{}@example.org", first.to_lowercase()),
                )
            },
            |p| {
                (
                    p.name.split(' ').next_back().unwrap_or("").to_owned(),
                    p.email.clone(),
                )
            },
        );
        let input = InterpreterInput {
            first_name: (*first).into(),
            last_name: last.into(),
            email: email.into(),
            languages: (*languages).into(),
            team: (*team).into(),
            zip: (*zip).into(),
            gender: (*gender).into(),
            ..InterpreterInput::default()
        };
        let id = world.interpreters.get(*first).copied();
        let stored = gate.perform(&owner, AddInterpreter { input, id }).await?;
        world
            .interpreters
            .insert((*first).to_owned(), said(&stored.id)?);
    }
    for (customer, team, zip, city, health_care, _) in CUSTOMERS.iter().filter(|c| c.5 == name) {
        let email = format!(
            "interpreting@{}.example",
            customer.split(' ').next_back().unwrap_or("").to_lowercase()
        );
        let input = CustomerInput {
            name: (*customer).into(),
            email: email.into(),
            team: (*team).into(),
            address: "100 Main St".into(),
            zip: (*zip).into(),
            city: (*city).into(),
            state: "CO".into(),
            health_care: (*health_care).into(),
            ..CustomerInput::default()
        };
        let stored = gate.perform(&owner, AddCustomer { input }).await?;
        world
            .customers
            .insert((*customer).to_owned(), said(&stored.id)?);
    }
    for (first, last, _, role, _) in PEOPLE
        .iter()
        .filter(|p| p.2 == name && p.3 == Role::Requester)
    {
        let (email, customer) = (
            said(&world.people[*first].email)?,
            world.customers.get("St. Brigid Hospital").copied(),
        );
        gate.perform(
            &owner,
            AddMember {
                user: users[first],
                name: said(&format!("{first} {last}"))?,
                email,
                role: *role,
                teams: teams.to_vec(),
                interpreter: None,
                customer,
            },
        )
        .await?;
        arrive(gate, world, first).await?;
    }
    Ok(())
}

pub(crate) async fn book(gate: &Gate, world: &mut World) -> Result<(), Refusal> {
    let dora = enter(gate, &world.people["Dora"]).await?;
    let zone: Zone = said("America/Denver")?;
    let today: LocalDate = zone.wall_time(gate.now()).date;
    for (reference, days, start, minutes, language, service_type, team, customer, client) in
        APPOINTMENTS
    {
        let input = AppointmentInput {
            reference: reference.into(),
            date: today.plus_days(days).to_string().into(),
            start: start.into(),
            minutes: minutes.to_string().into(),
            language: language.into(),
            service_type: service_type.into(),
            team: team.into(),
            customer: customer.into(),
            lep_client: client.into(),
            notes: "Ask for Kanarya at the desk".into(),
            internal_notes: "Kanarya has been here before".into(),
            meeting: if service_type == "video" {
                "https://meet.example/room-12"
            } else {
                ""
            }
            .into(),
            ..AppointmentInput::default()
        };
        let booked = gate.perform(&dora, BookAppointment { input }).await?;
        world.appointments.insert(reference.to_owned(), booked.id);
    }
    Ok(())
}
