//! One interpreter, one place at a time (SC5): overlap and travel.
use crate::client::blocked_for;
use crate::{Appointment, AssignedHow, transition::interpreters_alone};
use interpres_accounts::OWN_INTERPRETER;
use interpres_directory::{ServiceType, assignable, interpreter_cards};
use interpres_gate::{Permission, ReadTx, Refusal, Row, StoreError, Val, WriteTx, bind_list};
use interpres_types::{
    AppointmentId, CustomerId, Field, Instant, InterpreterId, Note, Point, Problems, Span,
};
use std::collections::HashMap;

/// How travel between in-person jobs is estimated: along a straight line.
#[derive(Clone, Copy, Debug)]
pub struct Travel {
    /// Kilometres an hour.
    pub speed_kmh: i64,
    /// Minutes added to every trip between two places.
    pub buffer_minutes: i64,
}

/// Two entrances of one campus: nobody plans a trip between them.
const SAME_PLACE_METRES: i64 = 200;

impl Travel {
    /// 50 km/h and ten minutes.
    pub const USUAL: Self = Self {
        speed_kmh: 50,
        buffer_minutes: 10,
    };

    /// Minutes from one point to another, rounded up; none within 200 metres.
    #[must_use]
    pub fn minutes(self, from: Point, to: Point) -> i64 {
        let metres = from.metres_to(to);
        let metres_an_hour = self.speed_kmh.max(1) * 1000;
        if metres <= SAME_PLACE_METRES {
            0
        } else {
            (metres * 60 + metres_an_hour - 1) / metres_an_hour + self.buffer_minutes
        }
    }
}

/// A stretch of time somewhere.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// The appointment's id.
    pub id: AppointmentId,
    /// When.
    pub span: Span,
    /// How the interpreter is there.
    pub service_type: ServiceType,
    /// Where, when known.
    pub point: Option<Point>,
}

impl From<&Appointment> for Slot {
    fn from(a: &Appointment) -> Self {
        Self {
            id: a.id,
            span: a.span(),
            service_type: a.service_type,
            point: a.point(),
        }
    }
}

/// Time of an interpreter that is taken, or asked for.
#[derive(Clone, Copy, Debug)]
pub struct Busy {
    /// Whose.
    pub interpreter: InterpreterId,
    /// For which customer.
    pub customer: CustomerId,
    /// By what.
    pub slot: Slot,
    /// Whether the interpreter was only asked and has not answered yet: a pending hold.
    pub asked: bool,
}

impl Busy {
    /// Why this and what is wanted can't both be had by one interpreter, in words without names; nothing if
    /// they can.
    #[must_use]
    pub fn in_the_way(&self, wanted: &Slot, travel: Travel) -> Option<String> {
        let busy = &self.slot;
        if busy.id == wanted.id {
            return None;
        }
        if busy.span.overlaps(wanted.span) {
            let words = if self.asked {
                "is being asked about another appointment at that time"
            } else {
                "has another appointment at that time"
            };
            return Some(words.to_owned());
        }
        let in_person = busy.service_type == ServiceType::InPerson
            && wanted.service_type == ServiceType::InPerson;
        let (from, to) = busy.point.zip(wanted.point).filter(|_| in_person)?;
        let gap = if busy.span.end() <= wanted.span.start() {
            wanted.span.start().minutes_since(busy.span.end())
        } else {
            busy.span.start().minutes_since(wanted.span.end())
        };
        let needed = travel.minutes(from, to);
        (gap < needed).then(|| {
            format!(
                "needs {needed} minutes to travel from or to another appointment, and has {gap}"
            )
        })
    }
}

fn busy(row: &Row) -> Result<Busy, StoreError> {
    let bad = |_| StoreError::Shape("busy".into());
    let span = Span::new(
        Instant::from_micros(row.int("starts_at")?),
        Instant::from_micros(row.int("ends_at")?),
    )
    .map_err(bad)?;
    let point =
        row.may_int("latitude")?
            .zip(row.may_int("longitude")?)
            .map(|(latitude, longitude)| Point {
                latitude,
                longitude,
            });
    let slot = Slot {
        id: row.text("id")?.parse().map_err(bad)?,
        span,
        service_type: row.text("service_type")?.parse().map_err(bad)?,
        point,
    };
    let interpreter = row.text("interpreter_id")?.parse().map_err(bad)?;
    Ok(Busy {
        interpreter,
        customer: row.text("customer_id")?.parse().map_err(bad)?,
        slot,
        asked: row.int("asked")? != 0,
    })
}

/// An appointment lasts at most a day and travel inside a region less than half of one, so what
/// could be in the way starts within this many minutes of the slot.
const NEAR_MINUTES: i64 = 36 * 60;

/// Maximum number of appointments compared with one, from 36 hours before its start to 36 hours after its end;
/// beyond it the command is rejected.
const MOST_NEAR: usize = 20_000;

const TAKEN: &str = "select b.id, s.interpreter_id, b.customer_id, b.service_type, s.starts_at, s.ends_at, b.latitude, b.longitude, cast(0 as bigint) as asked
    from seat s join busy b on b.id = s.appointment_id where s.state = 'active' and s.starts_at > $1 and s.starts_at < $2";

/// Of a broadcast nobody's time is held: the first to accept has it.
const ASKED: &str = "select b.id, o.interpreter_id, b.customer_id, b.service_type, b.starts_at, b.ends_at, b.latitude, b.longitude, cast(1 as bigint) as asked
    from busy b join asked o on o.appointment_id = b.id
    where b.status = 'pending' and b.starts_at > $1 and b.starts_at < $2 and o.state = 'open' and o.kind <> 'broadcast' and (o.expires_at is null or o.expires_at > $3)";

/// Time around a slot that is taken or asked for: of these interpreters, or of everybody in the workspace.
///
/// # Errors
/// A fault of the database.
pub async fn busy_near(
    tx: &mut ReadTx,
    slot: &Slot,
    only: Option<&[InterpreterId]>,
) -> Result<Vec<Busy>, Refusal> {
    let from = slot.span.start().plus_minutes(-NEAR_MINUTES).micros();
    let to = slot.span.end().plus_minutes(NEAR_MINUTES).micros();
    let mut args: Vec<Val> = vec![from.into(), to.into(), tx.now().micros().into()];
    let sql = match only {
        Some(ids) => {
            let list = bind_list(&mut args, ids.iter().map(Val::text).collect());
            format!(
                "{TAKEN} and s.interpreter_id in ({list}) union all {ASKED} and o.interpreter_id in ({list}) order by starts_at limit {MOST_NEAR}"
            )
        }
        None => format!("{TAKEN} union all {ASKED} order by starts_at limit {MOST_NEAR}"),
    };
    let rows = tx.rows(&sql, args).await?;
    if rows.len() == MOST_NEAR {
        return Err(Refusal::conflict(
            "More appointments lie around this time than can be compared at once, so nobody can be said to be free.",
        ));
    }
    Ok(rows.iter().map(busy).collect::<Result<_, _>>()?)
}

/// How an interpreter comes to an appointment.
#[derive(Debug)]
pub struct Taking {
    /// Who.
    pub interpreter: InterpreterId,
    /// Why a conflict is accepted, by somebody who may. Without it the first one refuses it.
    pub despite: Option<Note<500>>,
    /// How.
    pub how: AssignedHow,
}

/// Why somebody accepts a conflict, if they say so and may.
///
/// # Errors
/// [`Refusal::Forbidden`] for who may not.
pub(crate) fn override_reason(tx: &ReadTx, raw: &Field) -> Result<Option<Note<500>>, Refusal> {
    let mut p = Problems::none();
    let reason = p.may::<Note<500>>("override_reason", raw);
    match reason {
        _ if !p.is_empty() => Err(p.into()),
        Some(_) if !tx.actor().may(Permission::OverrideConflicts) => Err(Refusal::Forbidden),
        reason => Ok(reason),
    }
}

/// What is in an interpreter's way, in words; with its number where the actor may see it. What somebody is
/// only asked about is in nobody's way who decides for themselves.
///
/// # Errors
/// A fault of the database.
pub async fn obstacle(
    tx: &mut ReadTx,
    wanted: &Slot,
    interpreter: InterpreterId,
) -> Result<Option<String>, Refusal> {
    let oneself = tx.actor().rights().own(&OWN_INTERPRETER) == Some(interpreter);
    let near = busy_near(tx, wanted, Some(&[interpreter])).await?;
    let found = near
        .iter()
        .filter(|b| !(b.asked && oneself))
        .find_map(|b| Some((b.slot.id, b.in_the_way(wanted, Travel::USUAL)?)));
    let Some((id, words)) = found else {
        return Ok(None);
    };
    let number = references(tx, &[id]).await?.remove(&id);
    Ok(Some(match number {
        Some(number) => format!("{words} ({number})"),
        None => words,
    }))
}

/// The numbers of those appointments that the actor may see; for up to a few hundred.
///
/// # Errors
/// A fault of the database.
pub async fn references(
    tx: &mut ReadTx,
    ids: &[AppointmentId],
) -> Result<HashMap<AppointmentId, String>, Refusal> {
    let mut args = Vec::new();
    let list = bind_list(&mut args, ids.iter().map(Val::text).collect());
    let mut found = HashMap::new();
    for row in tx
        .rows(
            &format!("select id, reference from appointment where id in ({list})"),
            args,
        )
        .await?
    {
        let id = row
            .text("id")?
            .parse()
            .map_err(|_| Refusal::fault("an appointment's id can't be read"))?;
        found.insert(id, row.text("reference")?.to_owned());
    }
    Ok(found)
}

/// Refuses an interpreter who does not speak the language, whom the team does not assign, or who is blocked for the client.
async fn fits(tx: &mut ReadTx, a: &Appointment, interpreter: InterpreterId) -> Result<(), Refusal> {
    let cards = interpreter_cards(tx, Some(&[interpreter])).await?;
    let card = cards.first().ok_or_else(|| {
        Refusal::invalid("interpreter", "is not an interpreter of this workspace")
    })?;
    if !card.languages.contains(&a.language) {
        return Err(Refusal::invalid(
            "interpreter",
            "does not speak the appointment's language",
        ));
    }
    if assignable(tx, a.team_id)
        .await?
        .is_some_and(|only| !only.contains(&interpreter))
    {
        return Err(Refusal::conflict(
            "The interpreter is not one of those that this team assigns.",
        ));
    }
    if blocked_for(tx, a).await?.contains(&interpreter) {
        return Err(Refusal::conflict(
            "The interpreter is blocked for this client.",
        ));
    }
    Ok(())
}

/// Whether an interpreter can take an appointment: they fit, and nothing is in the way or somebody accepts it; gives why.
/// Everybody who wants this interpreter's time waits their turn here; the database's own rule is the second wall.
///
/// # Errors
/// [`Refusal::Conflict`] that says what is in the way, unless there is a reason to accept it.
pub(crate) async fn clear_way(
    tx: &mut WriteTx,
    a: &Appointment,
    interpreter: InterpreterId,
    despite: Option<Note<500>>,
) -> Result<Option<Note<500>>, Refusal> {
    fits(tx, a, interpreter).await?;
    interpreters_alone(tx, &[interpreter]).await?;
    match (obstacle(tx, &Slot::from(a), interpreter).await?, despite) {
        (None, _) => Ok(None),
        (Some(_), Some(reason)) => Ok(Some(reason)),
        (Some(words), None) => Err(Refusal::conflict(format!("The interpreter {words}."))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use interpres_types::{Id, Minutes};

    fn slot(n: u8, start: i64, minutes: i64, point: Option<Point>) -> Slot {
        Slot {
            id: AppointmentId::mint(Instant::from_micros(0), &[n; 10]),
            span: Span::lasting(
                Instant::from_micros(0).plus_minutes(start),
                Minutes::try_from(minutes).unwrap(),
            ),
            service_type: ServiceType::InPerson,
            point,
        }
    }
    const DENVER: Point = Point {
        latitude: 39_739_000,
        longitude: -104_990_000,
    };
    const BOULDER: Point = Point {
        latitude: 40_017_000,
        longitude: -105_280_000,
    };

    fn in_the_way(busy: Slot, wanted: &Slot) -> Option<String> {
        let busy = Busy {
            interpreter: InterpreterId::NONE,
            customer: CustomerId::NONE,
            slot: busy,
            asked: false,
        };
        busy.in_the_way(wanted, Travel::USUAL)
    }

    #[test]
    fn overlap_and_too_little_time_to_travel_are_in_the_way() {
        let first = slot(1, 0, 60, Some(DENVER));
        let at = |start| in_the_way(first, &slot(2, start, 60, Some(BOULDER)));
        assert_eq!(at(59), Some("has another appointment at that time".into()));
        assert_eq!(
            at(60),
            Some("needs 58 minutes to travel from or to another appointment, and has 0".into())
        );
        assert_eq!((at(117).is_some(), at(118)), (true, None));
        assert_eq!(in_the_way(slot(2, 118, 60, Some(BOULDER)), &first), None);
        assert!(in_the_way(slot(2, 117, 60, Some(BOULDER)), &first).is_some());
    }

    #[test]
    fn unknown_places_and_remote_sessions_need_no_travel() {
        let (here, nowhere) = (slot(1, 0, 60, Some(DENVER)), slot(2, 60, 60, None));
        assert_eq!(in_the_way(here, &nowhere), None);
        let remote = Slot {
            service_type: ServiceType::Video,
            ..slot(2, 60, 60, Some(BOULDER))
        };
        assert_eq!(in_the_way(here, &remote), None);
    }
}
