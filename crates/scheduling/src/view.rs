//! An appointment as pages, JSON and tables show it.
use crate::{
    Appointment, Assignment, Client, Mode, Status, assignments_of, client::clients_of, moves_from,
};
use interpres_directory::{Gender, ServiceType};
use interpres_gate::{PersonName, ReadTx, Refusal, Sensitive, Shown, Val, bind_list};
use interpres_types::{
    AppointmentId, CustomerId, Id, Instant, InterpreterId, LepClientId, Line, Note, TeamId,
    names_nobody,
};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;

/// Lines whose names one statement asks for: three ids each, well below what either engine binds.
const AT_A_TIME: usize = 64;

/// What the log calls it when a client's name was shown with an appointment.
const CLIENT_NAME: &str = "client_name";

/// A record by id and name.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Named {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// An appointment as shown.
#[derive(Serialize, JsonSchema)]
pub struct AppointmentView {
    /// Id.
    pub id: AppointmentId,
    /// Version, for changing it.
    pub version: i64,
    /// The number people call it by.
    pub reference: String,
    /// Where it stands.
    pub status: Status,
    /// Date at the place.
    pub date: String,
    /// The date as people write it.
    #[serde(skip)]
    pub long_date: String,
    /// Time of day at the place.
    pub start: String,
    /// Time of day it ends.
    pub end: String,
    /// Zone of the place.
    pub zone: String,
    /// The zone's short name then.
    pub zone_short: String,
    /// Length in minutes.
    pub minutes: i64,
    /// The start in UTC.
    pub starts_at: Instant,
    /// The end in UTC.
    pub ends_at: Instant,
    /// Language beside English.
    pub language: String,
    /// How the interpreter is there.
    pub service_type: ServiceType,
    /// How it is interpreted.
    pub mode: Mode,
    /// Team.
    pub team: Named,
    /// Customer.
    pub customer: Named,
    /// Who covers it.
    pub interpreter: Option<Named>,
    /// The client's name, or initials where the caller may not see it.
    pub lep_client: Option<Shown<PersonName>>,
    /// Initials or a file number, where no name is kept.
    pub client_label: Option<String>,
    /// Whom it is for, by id; not for interpreters.
    pub client: Option<LepClientId>,
    /// Street, city, state and ZIP code in one line.
    pub place: Option<String>,
    /// Meeting link or dial-in.
    pub meeting: Option<String>,
    /// The gender the client asks for.
    pub gender: Option<Gender>,
    /// For the interpreter; only in a single appointment's view.
    pub notes: Option<Shown<Note<2000>>>,
    /// For staff; only in a single appointment's view, never for interpreters and requesters.
    pub internal_notes: Option<Shown<Note<2000>>>,
    /// When the interpreter checked in or arrived.
    pub checked_in_at: Option<Instant>,
    /// When it started.
    pub started_at: Option<Instant>,
    /// When it ended, was called off or was marked.
    pub ended_at: Option<Instant>,
    /// Who canceled or did not come.
    pub ended_by: Option<crate::Party>,
    /// Why it was canceled.
    pub end_reason: Option<crate::EndReason>,
    /// What can happen next, by name.
    pub moves: Vec<crate::Move>,
    /// The parts of the place, for the form.
    #[serde(skip)]
    pub place_parts: [String; 4],
}

/// What a line of a list points to by id, and shows by name.
#[derive(Clone, Copy, Debug)]
pub struct PointsTo {
    /// For whom.
    pub customer: CustomerId,
    /// Who covers it.
    pub interpreter: Option<InterpreterId>,
    /// The team that schedules it.
    pub team: TeamId,
}

/// The names of the customers, interpreters and teams that a list points to, by id.
pub struct Names(HashMap<String, String>);

impl Names {
    /// In one query for every 64 of the list.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn of(tx: &mut ReadTx, list: &[PointsTo]) -> Result<Self, Refusal> {
        let mut names = HashMap::new();
        for some in list.chunks(AT_A_TIME) {
            let mut args = Vec::new();
            let customers = bind_list(
                &mut args,
                some.iter().map(|line| Val::text(line.customer)).collect(),
            );
            let interpreters = bind_list(
                &mut args,
                some.iter()
                    .filter_map(|line| line.interpreter)
                    .map(Val::text)
                    .collect(),
            );
            let teams = bind_list(
                &mut args,
                some.iter().map(|line| Val::text(line.team)).collect(),
            );
            let sql = format!(
                "select id, name from customer_card where id in ({customers}) \
                 union all select id, first_name || ' ' || last_name from interpreter_card where id in ({interpreters}) \
                 union all select id, name from team where id in ({teams})"
            );
            for row in tx.rows(&sql, args).await? {
                names.insert(row.text("id")?.to_owned(), row.text("name")?.to_owned());
            }
        }
        Ok(Self(names))
    }
    /// This one's; empty where it is not within reach.
    pub fn of_id(&self, id: impl Id) -> Named {
        let id = id.to_string();
        let name = self.0.get(&id).cloned().unwrap_or_default();
        Named { id, name }
    }
}

/// Shows appointments: names beside ids, the client revealed or masked by the scope's rule.
///
/// # Errors
/// A fault of the database or the vault.
pub async fn views(
    tx: &mut ReadTx,
    appointments: Vec<Appointment>,
) -> Result<Vec<AppointmentView>, Refusal> {
    let clients = clients_of(tx, &appointments).await?;
    appointment_views(tx, appointments, Some(clients)).await
}

/// Shows appointments without their clients, so that nothing of them is opened.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn views_without_clients(
    tx: &mut ReadTx,
    appointments: Vec<Appointment>,
) -> Result<Vec<AppointmentView>, Refusal> {
    appointment_views(tx, appointments, None).await
}

async fn appointment_views(
    tx: &mut ReadTx,
    appointments: Vec<Appointment>,
    mut clients: Option<HashMap<AppointmentId, Client>>,
) -> Result<Vec<AppointmentView>, Refusal> {
    let ids: Vec<AppointmentId> = appointments.iter().map(|a| a.id).collect();
    let mut assignments = assignments_of(tx, &ids).await?;
    let has = |id: &AppointmentId| assignments.get(id).map(|has| has.interpreter_id);
    let names = Names::of(
        tx,
        &appointments
            .iter()
            .map(|a| PointsTo {
                customer: a.customer_id,
                interpreter: has(&a.id),
                team: a.team_id,
            })
            .collect::<Vec<_>>(),
    )
    .await?;
    let mut out = Vec::with_capacity(appointments.len());
    for mut a in appointments {
        let has = assignments.remove(&a.id);
        let name = match clients.as_mut().map(|clients| clients.remove(&a.id)) {
            Some(Some(client)) => {
                a.client_label = client.label;
                client.name
            }
            Some(None) => a.client_name.take(),
            None => {
                a.client_label = None;
                None
            }
        };
        a.client_label = shown_label(tx, a.health_care != Some(false), a.client_label);
        let lep_client = name
            .map(|name| tx.reveal_with::<Appointment, _>(&name, a.id, CLIENT_NAME))
            .transpose()?;
        let customer = names.of_id(a.customer_id);
        let team = names.of_id(a.team_id);
        let interpreter = has.as_ref().map(|has| names.of_id(has.interpreter_id));
        out.push(view(a, has, team, customer, interpreter, lep_client));
    }
    Ok(out)
}

/// A client's label as it is shown. Labels were once taken by a looser rule: one that may be a name is masked like a
/// name.
pub(crate) fn shown_label(tx: &ReadTx, covered: bool, label: Option<Line<40>>) -> Option<Line<40>> {
    if tx.opens_fields(covered) {
        return label;
    }
    label.and_then(|label| {
        if names_nobody(label.as_str()) {
            Some(label)
        } else {
            PersonName::mask(label.as_str()).parse().ok()
        }
    })
}

fn view(
    a: Appointment,
    has: Option<Assignment>,
    team: Named,
    customer: Named,
    interpreter: Option<Named>,
    lep_client: Option<Shown<PersonName>>,
) -> AppointmentView {
    let end = a.zone.wall_time(a.ends_at);
    let text = |t: Option<String>| t.unwrap_or_default();
    let place_parts = [
        text(a.address.map(Into::into)),
        text(a.city.map(Into::into)),
        text(a.state.map(Into::into)),
        text(a.zip.map(Into::into)),
    ];
    let [street, city, state, zip] = &place_parts;
    let state_and_zip = format!("{state} {zip}");
    let place: Vec<&str> = [street.as_str(), city.as_str(), state_and_zip.trim()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    AppointmentView {
        id: a.id,
        version: a.version,
        reference: a.reference.into(),
        status: a.status,
        date: a.wall_start.date.to_string(),
        long_date: a.wall_start.date.long(),
        start: a.wall_start.clock(),
        end: end.clock(),
        zone_short: a.zone.abbreviation(a.starts_at),
        zone: a.zone.to_string(),
        minutes: a.minutes.get(),
        starts_at: a.starts_at,
        ends_at: a.ends_at,
        language: a.language.to_string(),
        service_type: a.service_type,
        mode: a.mode,
        team,
        customer,
        interpreter,
        lep_client,
        client_label: a.client_label.map(Into::into),
        client: a.client_id,
        place: (!place.is_empty()).then(|| place.join(", ")),
        meeting: a.meeting.map(Into::into),
        gender: a.gender,
        notes: None,
        internal_notes: None,
        checked_in_at: has.as_ref().and_then(|has| has.checked_in_at),
        started_at: has.as_ref().and_then(|has| has.started_at),
        ended_at: a.ended_at.or(has.and_then(|has| has.ended_at)),
        ended_by: a.ended_by,
        end_reason: a.end_reason,
        moves: moves_from(a.status).to_vec(),
        place_parts,
    }
}
