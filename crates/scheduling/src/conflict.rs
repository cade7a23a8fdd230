//! One interpreter, one place at a time (SC5): overlap and travel.
use crate::{Appointment, Status};
use interpres_directory::{ServiceType, assignable};
use interpres_gate::{Json, ReadTx, Refusal, Row, StoreError, Val, WriteTx};
use interpres_rates::{Side, card_in_effect};
use interpres_types::{AppointmentId, CustomerId, Instant, InterpreterId, Point, Span};

/// How travel between in-person jobs is estimated: along a straight line.
#[derive(Clone, Copy, Debug)]
pub struct Travel {
    /// Kilometres an hour.
    pub speed_kmh: i64,
    /// Minutes added to every trip between two places.
    pub buffer_minutes: i64,
}

impl Travel {
    /// 50 km/h and ten minutes.
    pub const USUAL: Self = Self { speed_kmh: 50, buffer_minutes: 10 };

    /// Minutes from one point to another, rounded up; none within 200 metres.
    #[must_use]
    pub fn minutes(self, from: Point, to: Point) -> i64 {
        let (metres, metres_an_hour) = (from.metres_to(to), self.speed_kmh.max(1) * 1000);
        if metres <= 200 { 0 } else { (metres * 60 + metres_an_hour - 1) / metres_an_hour + self.buffer_minutes }
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
        Self { id: a.id, span: a.span(), service_type: a.service_type, point: a.point() }
    }
}

/// Time of an interpreter that is taken.
#[derive(Clone, Copy, Debug)]
pub struct Busy {
    /// Whose.
    pub interpreter: InterpreterId,
    /// For which customer.
    pub customer: CustomerId,
    /// By what.
    pub slot: Slot,
}

/// Why two slots can't both be had by one interpreter, in words without names; nothing if they can.
#[must_use]
pub fn in_the_way(busy: &Slot, wanted: &Slot, travel: Travel) -> Option<String> {
    if busy.id == wanted.id {
        return None;
    }
    if busy.span.overlaps(wanted.span) {
        return Some("has another appointment at that time".to_owned());
    }
    let in_person = busy.service_type == ServiceType::InPerson && wanted.service_type == ServiceType::InPerson;
    let (from, to) = busy.point.zip(wanted.point).filter(|_| in_person)?;
    let gap = if busy.span.end() <= wanted.span.start() {
        wanted.span.start().minutes_since(busy.span.end())
    } else {
        busy.span.start().minutes_since(wanted.span.end())
    };
    let needed = travel.minutes(from, to);
    (gap < needed).then(|| format!("needs {needed} minutes to travel from or to another appointment, and has {gap}"))
}

fn busy(row: &Row) -> Result<Busy, StoreError> {
    let bad = |_| StoreError::Shape("busy".into());
    let span = Span::new(Instant::from_micros(row.int("starts_at")?), Instant::from_micros(row.int("ends_at")?)).map_err(bad)?;
    let point = row.may_int("latitude")?.zip(row.may_int("longitude")?).map(|(latitude, longitude)| Point { latitude, longitude });
    let slot = Slot { id: row.text("id")?.parse().map_err(bad)?, span, service_type: row.text("service_type")?.parse().map_err(bad)?, point };
    Ok(Busy { interpreter: row.text("interpreter_id")?.parse().map_err(bad)?, customer: row.text("customer_id")?.parse().map_err(bad)?, slot })
}

/// An appointment lasts at most a day and travel inside a region less than half of one, so what
/// could be in the way starts within this many minutes of the slot.
const NEAR_MINUTES: i64 = 36 * 60;

/// Taken time around a slot: of one interpreter, or of everybody in the workspace.
///
/// # Errors
/// A fault of the database.
pub async fn busy_near(tx: &mut ReadTx, slot: &Slot, interpreter: Option<InterpreterId>) -> Result<Vec<Busy>, Refusal> {
    let from = slot.span.start().plus_minutes(-NEAR_MINUTES).micros();
    let to = slot.span.end().plus_minutes(NEAR_MINUTES).micros();
    let columns = "select id, interpreter_id, customer_id, service_type, starts_at, ends_at, latitude, longitude from busy where held and starts_at > $1 and starts_at < $2";
    let rows = match interpreter {
        Some(id) => tx.rows(&format!("{columns} and interpreter_id = $3 order by starts_at limit 500"), vec![from.into(), to.into(), Val::text(id)]).await?,
        None => tx.rows(&format!("{columns} order by starts_at limit 20000"), vec![from.into(), to.into()]).await?,
    };
    Ok(rows.iter().map(busy).collect::<Result<_, _>>()?)
}

/// Gives an appointment to an interpreter, unless something is in the way. Everybody who wants
/// this interpreter's time waits their turn here; the database's own rule is the second wall.
///
/// # Errors
/// [`Refusal::Conflict`] that says what is in the way, unless it is overridden.
pub async fn take(tx: &mut WriteTx, appointment: &mut Appointment, interpreter: InterpreterId, overridden: bool) -> Result<(), Refusal> {
    if assignable(tx, appointment.team_id).await?.is_some_and(|only| !only.contains(&interpreter)) {
        return Err(Refusal::conflict("The interpreter is not one of those that this team assigns."));
    }
    tx.alone(format!("interpreter/{interpreter}")).await?;
    let wanted = Slot::from(&*appointment);
    let near = busy_near(tx, &wanted, Some(interpreter)).await?;
    let conflict = near.iter().find_map(|b| in_the_way(&b.slot, &wanted, Travel::USUAL));
    if let Some(reason) = conflict.filter(|_| !overridden) {
        return Err(Refusal::conflict(format!("The interpreter {reason}.")));
    }
    appointment.pay_rate = card_in_effect(tx, Side::Pay, appointment.wall_start.date).await?.map(Json);
    appointment.interpreter_id = Some(interpreter);
    appointment.overridden = overridden;
    appointment.become_(Status::Assigned);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use interpres_types::{Id, Minutes};

    fn slot(n: u8, start: i64, minutes: i64, point: Option<Point>) -> Slot {
        Slot {
            id: AppointmentId::mint(Instant::from_micros(0), &[n; 10]),
            span: Span::lasting(Instant::from_micros(0).plus_minutes(start), Minutes::try_from(minutes).unwrap()),
            service_type: ServiceType::InPerson,
            point,
        }
    }
    const DENVER: Point = Point { latitude: 39_739_000, longitude: -104_990_000 };
    const BOULDER: Point = Point { latitude: 40_017_000, longitude: -105_280_000 };

    #[test]
    fn overlap_and_too_little_time_to_travel_are_in_the_way() {
        let first = slot(1, 0, 60, Some(DENVER));
        let at = |start| in_the_way(&first, &slot(2, start, 60, Some(BOULDER)), Travel::USUAL);
        assert_eq!(at(59), Some("has another appointment at that time".into()));
        assert_eq!(at(60), Some("needs 58 minutes to travel from or to another appointment, and has 0".into()));
        assert_eq!((at(117).is_some(), at(118)), (true, None));
        assert_eq!(in_the_way(&slot(2, 118, 60, Some(BOULDER)), &first, Travel::USUAL), None);
        assert!(in_the_way(&slot(2, 117, 60, Some(BOULDER)), &first, Travel::USUAL).is_some());
    }

    #[test]
    fn unknown_places_and_remote_sessions_need_no_travel() {
        let (here, nowhere) = (slot(1, 0, 60, Some(DENVER)), slot(2, 60, 60, None));
        assert_eq!(in_the_way(&here, &nowhere, Travel::USUAL), None);
        let remote = Slot { service_type: ServiceType::Video, ..slot(2, 60, 60, Some(BOULDER)) };
        assert_eq!(in_the_way(&here, &remote, Travel::USUAL), None);
    }
}
