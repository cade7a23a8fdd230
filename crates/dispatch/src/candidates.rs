//! Who could take an appointment, best first, with the parts of each score; and for everybody
//! who could not, all reasons why not (DP1).
use crate::wishes::Wishes;
use interpres_directory::{InterpreterCard, assignable, interpreter_cards};
use interpres_gate::{Action, Query, ReadTx, Refusal, Val, async_trait};
use interpres_scheduling::{
    Appointment, AppointmentInput, Busy, Slot, Travel, busy_near, draft, references,
};
use interpres_types::{AppointmentId, InterpreterId};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;

/// The candidates for an appointment.
#[derive(Debug)]
pub struct ListCandidates {
    /// Which.
    pub appointment: AppointmentId,
    /// Which of them.
    pub narrowed: Narrowed,
}

/// Which candidates are listed.
#[derive(Debug)]
pub struct Narrowed {
    /// A part of the name; all when empty.
    pub find: String,
    /// How many of those are passed over.
    pub from: usize,
    /// How many are listed at most.
    pub most: usize,
    /// Those who are listed in any case, before the others.
    pub ticked: Vec<InterpreterId>,
}

impl Default for Narrowed {
    fn default() -> Self {
        Self {
            find: String::new(),
            from: 0,
            most: 100,
            ticked: Vec::new(),
        }
    }
}

/// Candidates and the others.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CandidateList {
    /// Who could take it, best first; the best 100.
    pub items: Vec<Candidate>,
    /// How many could take it in all.
    pub total: usize,
    /// How many of them bear the name that was looked for.
    pub matching: usize,
    /// Who could not, with all reasons; those who at least speak the language first, at most 300.
    pub excluded: Vec<NotCandidate>,
    /// How many could not in all.
    pub excluded_total: usize,
}

/// Somebody who could take it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Candidate {
    /// Who.
    pub interpreter: InterpreterId,
    /// Name.
    pub name: String,
    /// Whether they can answer an offer; others can only be assigned.
    pub signed_up: bool,
    /// Points, 0 to 100; to 150 where the client has a preference.
    pub score: i64,
    /// How the points come about.
    pub parts: Vec<ScorePart>,
    /// Kilometres to the place along a straight line, when both are known.
    pub kilometres: Option<i64>,
}

/// A part of a score.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ScorePart {
    /// What is judged.
    pub name: &'static str,
    /// Points.
    pub points: i64,
    /// The most there is to get.
    pub of: i64,
    /// Why, in words.
    pub why: String,
}

/// Somebody who could not.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NotCandidate {
    /// Who.
    pub interpreter: InterpreterId,
    /// Name.
    pub name: String,
    /// All reasons.
    pub reasons: Vec<String>,
}

/// What is known beside the cards.
struct Facts {
    wanted: Slot,
    busy: HashMap<InterpreterId, Vec<Busy>>,
    with_customer: HashMap<InterpreterId, i64>,
    /// The only ones that the team assigns, where it is limited.
    only: Option<Vec<InterpreterId>>,
    /// Whom the client would rather have, and whom never.
    wishes: Wishes,
}

impl Facts {
    /// The first of an interpreter's other appointments that is in the way.
    fn clash(&self, interpreter: InterpreterId) -> Option<Clash> {
        let busy = self.busy.get(&interpreter)?;
        busy.iter().find_map(|b| {
            Some(Clash {
                with: b.slot.id,
                words: b.in_the_way(&self.wanted, Travel::USUAL)?,
            })
        })
    }
}

/// Points of a score, of a hundred: for being near, where it is in person.
const NEAR: i64 = 40;
/// For jobs they have done for the customer.
const HISTORY: i64 = 30;
/// For how much of the day is free.
const FREE_DAY: i64 = 20;
/// For how they answer.
const ANSWERS: i64 = 10;
/// How many of those who could not are told, with their reasons: the likeliest, and the answer says how many there are.
const MOST_EXCLUDED: usize = 300;

#[async_trait]
impl Query for ListCandidates {
    const ACTION: Action = Action::AppointmentCandidates;
    type View = CandidateList;
    async fn answer(self, tx: &mut ReadTx) -> Result<CandidateList, Refusal> {
        let appointment: Appointment = tx.find(self.appointment).await?;
        candidates(tx, &appointment, self.narrowed).await
    }
}

/// The candidates for an appointment that is still being typed: the second step of booking.
#[derive(Debug)]
pub struct DraftCandidates {
    /// As far as it is typed.
    pub input: AppointmentInput,
    /// Which of them.
    pub narrowed: Narrowed,
}

#[async_trait]
impl Query for DraftCandidates {
    const ACTION: Action = Action::AppointmentDraftCandidates;
    type View = CandidateList;
    async fn answer(self, tx: &mut ReadTx) -> Result<CandidateList, Refusal> {
        let appointment = draft(tx, &self.input).await?;
        candidates(tx, &appointment, self.narrowed).await
    }
}

async fn candidates(
    tx: &mut ReadTx,
    appointment: &Appointment,
    narrowed: Narrowed,
) -> Result<CandidateList, Refusal> {
    let facts = facts(tx, appointment).await?;
    let mut items = Vec::new();
    let mut others = Vec::new();
    for card in interpreter_cards(tx, None).await? {
        let reasons = reasons(&card, appointment, &facts);
        let clash = facts.clash(card.id);
        if reasons.is_empty() && clash.is_none() {
            items.push(score(card, &facts));
        } else {
            others.push(Other {
                speaks: card.languages.contains(&appointment.language),
                card,
                reasons,
                clash,
            });
        }
    }
    items.sort_by(|a, b| {
        b.score
            .cmp(&a.score)
            .then_with(|| a.name.cmp(&b.name))
            .then(a.interpreter.cmp(&b.interpreter))
    });
    others.sort_by(|a, b| {
        b.speaks
            .cmp(&a.speaks)
            .then(a.count().cmp(&b.count()))
            .then_with(|| a.card.name.cmp(&b.card.name))
    });
    let total = items.len();
    let excluded_total = others.len();
    let (mut items, untouched): (Vec<_>, Vec<_>) = items
        .into_iter()
        .partition(|c| narrowed.ticked.contains(&c.interpreter));
    let wanted = narrowed.find.to_lowercase();
    let found: Vec<_> = untouched
        .into_iter()
        .filter(|c| c.name.to_lowercase().contains(&wanted))
        .collect();
    let matching = found.len();
    items.extend(found.into_iter().skip(narrowed.from).take(narrowed.most));
    others.truncate(MOST_EXCLUDED);
    Ok(CandidateList {
        items,
        total,
        matching,
        excluded: excluded(tx, others).await?,
        excluded_total,
    })
}

/// Somebody who could not, before their reasons are told in words.
struct Other {
    speaks: bool,
    card: InterpreterCard,
    reasons: Vec<String>,
    clash: Option<Clash>,
}

impl Other {
    fn count(&self) -> usize {
        self.reasons.len() + usize::from(self.clash.is_some())
    }
}

/// An appointment in the way.
struct Clash {
    with: AppointmentId,
    words: String,
}

/// Adds to each clash the number of what it is with, where the asker may see it.
async fn excluded(tx: &mut ReadTx, others: Vec<Other>) -> Result<Vec<NotCandidate>, Refusal> {
    let with: Vec<AppointmentId> = others
        .iter()
        .filter_map(|o| o.clash.as_ref())
        .map(|clash| clash.with)
        .collect();
    let numbers = if with.is_empty() {
        HashMap::new()
    } else {
        references(tx, &with).await?
    };
    let told = |clash: Clash| match numbers.get(&clash.with) {
        Some(number) => format!("{} ({number})", clash.words),
        None => clash.words,
    };
    let tell = |o: Other| {
        let mut reasons = o.reasons;
        reasons.extend(o.clash.map(told));
        NotCandidate {
            interpreter: o.card.id,
            name: o.card.name,
            reasons,
        }
    };
    Ok(others.into_iter().map(tell).collect())
}

async fn facts(tx: &mut ReadTx, appointment: &Appointment) -> Result<Facts, Refusal> {
    let wanted = Slot::from(appointment);
    let mut busy: HashMap<InterpreterId, Vec<Busy>> = HashMap::new();
    for b in busy_near(tx, &wanted, None).await? {
        busy.entry(b.interpreter).or_default().push(b);
    }
    let sql = "select s.interpreter_id, count(*) as n from busy b join seat s on s.appointment_id = b.id where b.customer_id = $1 and b.status = 'completed' group by s.interpreter_id";
    let rows = tx
        .rows(sql, vec![Val::text(appointment.customer_id)])
        .await?;
    let with_customer = rows
        .iter()
        .filter_map(|row| {
            Some((
                row.text("interpreter_id").ok()?.parse().ok()?,
                row.int("n").ok()?,
            ))
        })
        .collect();
    let only = assignable(tx, appointment.team_id).await?;
    let wishes = Wishes::of(tx, appointment).await?;
    Ok(Facts {
        wanted,
        busy,
        with_customer,
        only,
        wishes,
    })
}

fn reasons(card: &InterpreterCard, appointment: &Appointment, facts: &Facts) -> Vec<String> {
    let mut out = Vec::new();
    if facts
        .only
        .as_ref()
        .is_some_and(|only| !only.contains(&card.id))
    {
        out.push("not on this team’s list".to_owned());
    }
    if facts.wishes.blocked.contains(&card.id) {
        out.push("is blocked for this client".to_owned());
    }
    if !card.languages.contains(&appointment.language) {
        out.push(format!("doesn’t speak {}", appointment.language));
    }
    if !card.service_types.contains(&appointment.service_type) {
        out.push(format!(
            "doesn’t work {}",
            appointment.service_type.label().to_lowercase()
        ));
    }
    let unlike = appointment.gender.filter(|g| card.gender != Some(*g));
    if let Some(gender) = unlike {
        let gender = gender.label().to_lowercase();
        out.push(format!("the client asks for a {gender} interpreter"));
    }
    out
}

fn score(card: InterpreterCard, facts: &Facts) -> Candidate {
    let metres = card
        .point
        .zip(facts.wanted.point)
        .map(|(from, to)| from.metres_to(to));
    let in_person = facts.wanted.service_type == interpres_directory::ServiceType::InPerson;
    let (points, why) = match metres {
        _ if !in_person => (NEAR, "no travel".to_owned()),
        None => (NEAR / 4, "distance unknown".to_owned()),
        Some(m) => (
            (NEAR - m / 2_000).clamp(0, NEAR),
            format!("{} mi", (m * 10 / 16_093).max(1)),
        ),
    };
    let near = ScorePart {
        name: "Distance",
        points,
        of: NEAR,
        why,
    };
    let jobs = facts.with_customer.get(&card.id).copied().unwrap_or(0);
    let history = ScorePart {
        name: "Past jobs here",
        points: (jobs * 10).min(HISTORY),
        of: HISTORY,
        why: match jobs {
            0 => "no jobs here yet".to_owned(),
            1 => "1 job here".to_owned(),
            many => format!("{many} jobs here"),
        },
    };
    let that_day = facts.busy.get(&card.id).map_or(0, Vec::len) as i64;
    let free = ScorePart {
        name: "Free time",
        points: (FREE_DAY - 5 * that_day).max(0),
        of: FREE_DAY,
        why: match that_day {
            0 => "nothing else around then".to_owned(),
            1 => "1 other job around then".to_owned(),
            many => format!("{many} other jobs around then"),
        },
    };
    let answers = ScorePart {
        name: "Responds to offers",
        points: if card.signed_up { ANSWERS } else { 0 },
        of: ANSWERS,
        why: if card.signed_up {
            "signed up"
        } else {
            "not signed up: can only be assigned"
        }
        .to_owned(),
    };
    let mut parts = vec![near, history, free, answers];
    parts.extend(facts.wishes.part(card.id));
    Candidate {
        interpreter: card.id,
        name: card.name,
        signed_up: card.signed_up,
        score: parts.iter().map(|p| p.points).sum(),
        parts,
        kilometres: metres.map(|m| m / 1_000),
    }
}
