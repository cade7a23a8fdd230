use crate::{
    system_voucher::voucher_of,
    voucher::{NewVoucher, Voucher, VoucherState, must_be},
};
use interpres_accounts::{OWN_INTERPRETER, Workspace};
use interpres_directory::ServiceType;
use interpres_gate::{
    Action, Command, Granted, Json, NewRecord, Phi, Reach, Refusal, WriteTx, async_trait,
};
use interpres_scheduling::{
    Appointment, Assignment, Move, Status, Step, advance, appointment_alone, assignment_of,
};
use interpres_types::{
    AppointmentId, Cents, Field, Instant, Line, LocalDate, MinutesOrNone, Moment, Note, Problems,
    Rule, VoucherId, WallTime, Zone,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A voucher as typed or sent. Times are on the wall clock of the place.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VoucherInput {
    /// Date it started; the scheduled one unless said.
    pub date: Field,
    /// Time it started, like 09:00; required. A full RFC 3339 instant is taken too.
    pub start: Field,
    /// Time it ended; required. Before the start it means the next day, or the hour that the clock shows again.
    pub end: Field,
    /// Which start, where the clock showed that time twice: `earlier` or `later`.
    pub start_which: Field,
    /// Which end, likewise.
    pub end_which: Field,
    /// Miles driven, like 12.7; in person only.
    pub miles: Field,
    /// Minutes of travel.
    pub travel_minutes: Field,
    /// What there is to say.
    pub note: Field,
    /// Printed name of the person on site who signs; required in person.
    pub signer: Field,
    /// The drawn signature, a PNG as a data URL; in person it is required, or a note that says why there is none.
    pub signature: Field,
}

/// Writes a voucher and submits it. The interpreter does, or staff for them, also from memory.
#[derive(Debug)]
pub struct FileVoucher {
    /// Of which appointment.
    pub appointment: AppointmentId,
    /// As it came in.
    pub input: VoucherInput,
}

/// A voucher that was filed or moved on.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Filed {
    /// Its id.
    pub id: VoucherId,
    /// Its version now.
    pub version: i64,
    /// Where it stands.
    pub state: VoucherState,
    /// What the customer is charged, in cents.
    pub bill_total: Cents,
    /// What the interpreter is paid, in cents.
    pub pay_total: Cents,
}

impl Filed {
    pub(crate) const fn of(v: &Voucher, version: i64) -> Self {
        Self {
            id: v.id,
            version,
            state: v.state,
            bill_total: v.bill_total,
            pay_total: v.pay_total,
        }
    }
}

struct Parsed {
    start: Instant,
    end: Instant,
    miles_tenths: i64,
    travel_minutes: i64,
    note: Option<Note<2000>>,
    signer: Option<Line<120>>,
    signature: Option<Note<200_000>>,
}

/// Tenths of a mile of one job: 2,000 miles are across the country.
const MOST_TENTHS: i64 = 20_000;
/// Characters of a drawn signature: what its column holds.
const MOST_SIGNATURE: usize = 200_000;
/// Minutes of one job: a day, like an appointment.
const MOST_WORKED: i64 = 24 * 60;

/// Miles with at most one decimal place, kept as tenths.
struct Miles(i64);
impl std::str::FromStr for Miles {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let (whole, part) = raw.trim().split_once('.').unwrap_or((raw.trim(), "0"));
        let tenths = (part.len() == 1)
            .then(|| format!("{whole}{part}"))
            .and_then(|t| t.parse::<i64>().ok());
        tenths
            .filter(|n| (0..=MOST_TENTHS).contains(n))
            .map(Self)
            .ok_or(Rule::new("must be miles like 12.7, up to 2,000"))
    }
}

/// A drawn signature: a PNG as a data URL, since nothing else may come back as a picture. Its letters and digits
/// are no prose, so they are not searched for numbers that nobody may store.
struct Signature(Note<200_000>);
impl std::str::FromStr for Signature {
    type Err = Rule;
    fn from_str(raw: &str) -> Result<Self, Rule> {
        let body = raw
            .trim()
            .strip_prefix("data:image/png;base64,")
            .unwrap_or_default();
        let is_png = body.starts_with("iVBORw0KGgo")
            && body
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+/=".contains(c));
        if !is_png || raw.len() > MOST_SIGNATURE {
            return Err(Rule::new("must be a drawn signature (a PNG image)"));
        }
        Ok(Self(Note::kept(raw.trim().to_owned())))
    }
}

/// The instants that a time can mean: two, where the clock shows it twice and nobody said which (SC2).
fn meanings(zone: &Zone, day: LocalDate, time: &str, which: &Field) -> Result<Vec<Instant>, Rule> {
    if let Ok(at) = time.parse::<Instant>() {
        return Ok(vec![at]);
    }
    Ok(
        match (zone.moment(WallTime::parse(day, time)?), which.raw().trim()) {
            (Moment::Once(at), _)
            | (Moment::Twice { first: at, .. }, "earlier")
            | (Moment::Twice { second: at, .. }, "later") => vec![at],
            (Moment::Twice { first, second }, _) => vec![first, second],
            (Moment::Never { next }, _) => {
                return Err(Rule::from(format!(
                    "doesn’t exist on that day, because clocks skip it. Did you mean {}?",
                    next.said()
                )));
            }
        },
    )
}

/// From when to when somebody worked.
#[derive(Clone, Copy)]
struct Span {
    start: Instant,
    end: Instant,
}

/// What was worked, where the times mean one thing only: an end before its start is of the next day, or of the hour that
/// comes again. Where they can mean several, each time that is open is asked about.
fn worked(zone: &Zone, day: LocalDate, input: &VoucherInput, p: &mut Problems) -> Option<Span> {
    let start = p.need::<Line<40>>("start", &input.start);
    let end = p.need::<Line<40>>("end", &input.end);
    let start = start?;
    let end = end?;
    let starts = meanings(zone, day, start.as_str(), &input.start_which)
        .map_err(|rule| p.add("start", rule))
        .ok();
    let ends_on = |day| meanings(zone, day, end.as_str(), &input.end_which);
    let ends = ends_on(day).map_err(|rule| p.add("end", rule)).ok();
    let starts = starts?;
    let ends = ends?;
    let mut spans = spans(&starts, &ends);
    if spans.is_empty() {
        spans = self::spans(
            &starts,
            &ends_on(day.plus_days(1))
                .map_err(|rule| p.add("end", rule))
                .ok()?,
        );
    }
    let open = |of: fn(&Span) -> Instant| {
        spans
            .iter()
            .find(|span| of(span) != of(&spans[0]))
            .map(|other| (of(&spans[0]).min(of(other)), of(&spans[0]).max(of(other))))
    };
    for (field, times) in [
        ("start", open(|span| span.start)),
        ("end", open(|span| span.end)),
    ] {
        let Some((first, second)) = times else {
            continue;
        };
        let clock = zone.wall_time(first).said();
        let before = zone.abbreviation(first);
        let after = zone.abbreviation(second);
        p.add(field, Rule::from(format!("happens twice on that day: {clock} {before} and {clock} {after}. Choose the earlier or the later one ({field}_which).")));
    }
    if spans.is_empty() {
        p.add("end", "must be after the start, within 24 hours");
    }
    spans.first().copied().filter(|_| p.is_empty())
}

/// Every way in which the end comes after the start, by a day at most.
fn spans(starts: &[Instant], ends: &[Instant]) -> Vec<Span> {
    let all = starts.iter().flat_map(|start| {
        ends.iter().map(|end| Span {
            start: *start,
            end: *end,
        })
    });
    all.filter(|span| span.end > span.start && span.end.minutes_since(span.start) <= MOST_WORKED)
        .collect()
}

fn parse(a: &Appointment, input: &VoucherInput) -> Result<Parsed, Problems> {
    let mut p = Problems::none();
    let day = p
        .may::<LocalDate>("date", &input.date)
        .unwrap_or(a.wall_start.date);
    let span = worked(&a.zone, day, input, &mut p);
    let in_person = a.service_type == ServiceType::InPerson;
    let miles = p.may::<Miles>("miles", &input.miles);
    let travel = p.may::<MinutesOrNone>("travel_minutes", &input.travel_minutes);
    let note = p.may("note", &input.note);
    let signer = if in_person {
        p.need("signer", &input.signer)
    } else {
        p.may("signer", &input.signer)
    };
    let signature = p
        .may::<Signature>("signature", &input.signature)
        .map(|drawn| drawn.0);
    // Not everybody can draw: a hand may be hurt, or a browser have no script. The note says why, and the reviewer is told.
    if in_person && input.signature.is_blank() && input.note.is_blank() {
        p.add(
            "signature",
            "is required. If no one can sign, say why in the note",
        );
    }
    match span {
        Some(Span { start, end }) if p.is_empty() => Ok(Parsed {
            start,
            end,
            miles_tenths: miles.map_or(0, |m| m.0),
            travel_minutes: travel.map_or(0, MinutesOrNone::get),
            note,
            signer,
            signature,
        }),
        _ => Err(p),
    }
}

#[async_trait]
impl Command for FileVoucher {
    const ACTION: Action = Action::VoucherFile;
    type Outcome = Filed;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Filed, Refusal> {
        let a = appointment_alone(tx, self.appointment).await?;
        let has = assignment_of(tx, a.id)
            .await?
            .ok_or_else(|| Refusal::conflict("No one is assigned to this appointment."))?;
        if tx.reach() == Reach::Own
            && tx.actor().rights().own(&OWN_INTERPRETER) != Some(has.interpreter_id)
        {
            return Err(Refusal::Forbidden);
        }
        // The one of whoever had the job before, too: a job has one voucher.
        let old = voucher_of(tx, &a).await?;
        if let Some(old) = &old {
            must_be(
                old.state,
                &[VoucherState::Returned, VoucherState::Withdrawn],
            )?;
        }
        if a.status != Status::Completed {
            a.status.allow(Move::Submit)?;
        }
        let parsed = parse(&a, &self.input)?;
        if parsed.end > tx.now() {
            return Err(Refusal::invalid("end", "can’t be in the future"));
        }
        if tx.now() < a.starts_at && has.started_at.is_none() {
            return Err(Refusal::conflict(
                "This appointment hasn't started yet. File its voucher once it has.",
            ));
        }
        let voucher = match old {
            Some(old) => old,
            None => blank(tx, &a, &has).await?,
        };
        let voucher = fill(tx, voucher, parsed, &a, &has);
        let saved = tx.save(&voucher).await?;
        if a.status != Status::Completed {
            advance(
                tx,
                a,
                Step::Submit {
                    started: voucher.starts_at,
                    ended: voucher.ends_at,
                },
            )
            .await?;
        }
        Ok(Filed::of(&voucher, saved.version))
    }
}

pub(crate) async fn blank(
    tx: &mut WriteTx,
    a: &Appointment,
    has: &Assignment,
) -> Result<Voucher, Refusal> {
    let workspace = tx.actor().workspace();
    let currency = tx.find::<Workspace>(workspace).await?.currency;
    let key = tx.new_key().await?;
    Ok(NewVoucher {
        appointment_id: a.id,
        interpreter_id: has.interpreter_id,
        customer_id: a.customer_id,
        team_id: a.team_id,
        state: VoucherState::Submitted,
        starts_at: a.starts_at,
        ends_at: a.ends_at,
        miles_tenths: 0,
        travel_minutes: 0,
        flags: Json::default(),
        submitted_at: tx.now(),
        currency,
        bill_total: Cents(0),
        pay_total: Cents(0),
        bill_trace: Json(None),
        pay_trace: Json(None),
    }
    .blank(tx.mint(), key))
}

/// Sets whose work a voucher bills, and to whom: the interpreter, customer and team of the job as it is now.
pub(crate) fn set_parties(v: &mut Voucher, a: &Appointment, has: &Assignment) {
    v.interpreter_id = has.interpreter_id;
    v.customer_id = a.customer_id;
    v.team_id = a.team_id;
}

fn fill(
    tx: &WriteTx,
    mut v: Voucher,
    parsed: Parsed,
    a: &Appointment,
    has: &Assignment,
) -> Voucher {
    set_parties(&mut v, a, has);
    v.state = VoucherState::Submitted;
    v.submitted_at = tx.now();
    v.return_reason = None;
    v.starts_at = parsed.start;
    v.ends_at = parsed.end;
    v.miles_tenths = parsed.miles_tenths;
    v.travel_minutes = parsed.travel_minutes;
    v.note = parsed.note.map(Phi::new);
    v.signer = parsed.signer.map(Phi::new);
    v.signature = parsed.signature.map(Phi::new);
    v.flags = Json(v.find_flags(a, Some(has)));
    v.reprice(a, Some(has));
    v
}
