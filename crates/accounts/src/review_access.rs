//! The access review (AC8): each quarter somebody in charge goes through every member, keeps, changes or
//! revokes each, and signs it off. Reviews are kept with all their versions.
use crate::{Member, Service, change_member::end_membership, member::member_of, role::held_by};
use interpres_gate::{Action, Command, Gate, Json, Notice, Permission, Query, ReadTx, Refusal, Val, WorkerKind, WriteTx, record, words};
use interpres_types::{AccessReviewId, Field, Instant, Line, MemberId, Problems, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Days from one review to the next.
const EVERY_DAYS: i64 = 90;
/// Days in which one has to be signed off.
const DUE_DAYS: i64 = 14;
const DAY_MINUTES: i64 = 24 * 60;
const MOST_MEMBERS: usize = 5000;

words! {
    /// What a reviewer makes of a member.
    Decision, "must be keep, change or revoke" {
        /// As it is.
        Keep = "keep", "Keep";
        /// Another role or other teams; changed on the member's page.
        Change = "change", "Change";
        /// Deactivated at once.
        Revoke = "revoke", "Revoke";
    }
}

/// A member as they were when the review was opened, and what was made of them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ReviewLine {
    /// Who.
    pub member: MemberId,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: String,
    /// In how many teams.
    pub teams: usize,
    /// When they last signed in.
    pub last_sign_in_at: Option<Instant>,
    /// Whether they have a second factor.
    pub enrolled: bool,
    /// What was made of them.
    pub decision: Option<Decision>,
    /// By whom.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<Instant>,
}

record! {
    /// A review of who has access.
    pub struct AccessReview in "access_review" by AccessReviewId {
        /// When it was opened.
        opened_at: Instant,
        /// Until when it has to be signed off.
        due_at: Instant,
        /// Every member.
        lines: Json<Vec<ReviewLine>>,
        /// When those in charge were last told that it is overdue.
        told_at: Option<Instant>,
        /// Who signed it off.
        signed_by: Option<UserId>,
        /// Their name.
        signed_name: Option<Line<120>>,
        /// When.
        signed_at: Option<Instant>,
    }
}

/// Opens a review where the latest is a quarter old, and tells of one that is overdue; in every
/// workspace. Gives how many were opened.
///
/// # Errors
/// A fault of the database.
pub async fn keep_reviews(gate: &Gate) -> Result<usize, Refusal> {
    let mut opened = 0;
    for workspace in gate.workspaces().await? {
        opened += usize::from(gate.perform(&gate.worker(workspace, WorkerKind::Steward), KeepReview).await?.into_inner());
    }
    Ok(opened)
}

struct KeepReview;

impl Command for KeepReview {
    const ACTION: Action = Action::ReviewOpen;
    const PERMISSION: Permission = Permission::OpenReviews;
    type Outcome = bool;
    async fn run(self, tx: &mut WriteTx) -> Result<bool, Refusal> {
        tell_of_ends(tx).await?;
        let now = tx.now();
        let latest: Vec<AccessReview> = tx.list("order by opened_at desc limit 1", vec![]).await?;
        match latest.into_iter().next() {
            Some(mut open) if open.signed_at.is_none() => {
                let late = now >= open.due_at && open.told_at.is_none_or(|at| now >= at.plus_minutes(7 * DAY_MINUTES));
                if late {
                    open.told_at = Some(now);
                    tx.save(&open).await?;
                    tx.tell_those_in_charge(
                        &Notice::new("legal", "The review of who has access is overdue. Go through it and sign it off.").goes_to("/people/review"),
                    )
                    .await?;
                }
                Ok(false)
            }
            Some(signed) if now < signed.opened_at.plus_minutes(EVERY_DAYS * DAY_MINUTES) => Ok(false),
            _ => open(tx).await.map(|()| true),
        }
    }
}

/// Tells those who answer for keys that end soon: what ends unseen is a program that stands still.
async fn tell_of_ends(tx: &mut WriteTx) -> Result<(), Refusal> {
    let (people, services) = tx.keys_near_their_end().await?;
    for user in people {
        tx.notify(user, Notice::new("account", "A key of yours ends within two weeks. Make another, and put it where the old one is.").goes_to("/account"))
            .await?;
    }
    for service in services {
        let notice = Notice::new("account", "A key of a service that you answer for ends within two weeks. Make another, and put it where the old one is.");
        let Some(service) = tx.may_find::<Service>(service).await? else { continue };
        tx.notify(service.kept_by, notice.leads_to("/people/services", service.id)).await?;
    }
    Ok(())
}

async fn open(tx: &mut WriteTx) -> Result<(), Refusal> {
    let now = tx.now();
    let members: Vec<Member> = tx.list(&format!("where ended_at is null order by name, id limit {MOST_MEMBERS}"), vec![]).await?;
    let states = tx.person_states(None).await?;
    let line = |m: Member| {
        let state = states.iter().find(|s| s.user == m.user_id);
        ReviewLine {
            member: m.id,
            name: m.name.to_string(),
            role: m.role.to_string(),
            teams: m.team_ids.0.len(),
            last_sign_in_at: state.and_then(|s| s.last_sign_in_at),
            enrolled: state.is_some_and(|s| s.enrolled),
            decision: None,
            decided_by: None,
            decided_at: None,
        }
    };
    let lines = Json(members.into_iter().map(line).collect());
    let review = AccessReview {
        id: tx.mint(),
        version: 0,
        key: None,
        opened_at: now,
        due_at: now.plus_minutes(DUE_DAYS * DAY_MINUTES),
        lines,
        told_at: None,
        signed_by: None,
        signed_name: None,
        signed_at: None,
    };
    tx.save(&review).await?;
    tx.tell_those_in_charge(&Notice::new("legal", "It is time to review who has access. Go through every member within two weeks.").goes_to("/people/review"))
        .await
}

/// Opens a review now, unless one is open.
#[derive(Debug)]
pub struct OpenReview;

impl Command for OpenReview {
    const ACTION: Action = Action::ReviewOpen;
    const PERMISSION: Permission = Permission::EditMembers;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx) -> Result<(), Refusal> {
        if tx.count::<AccessReview>("where signed_at is null", vec![]).await? > 0 {
            return Err(Refusal::conflict("A review is open already."));
        }
        open(tx).await
    }
}

/// The latest reviews.
#[derive(Clone, Debug)]
pub struct ListReviews;

/// A review as shown.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReviewView {
    /// Its id.
    pub id: AccessReviewId,
    /// When it was opened.
    pub opened_at: Instant,
    /// Until when it has to be signed off.
    pub due_at: Instant,
    /// Whether it is overdue.
    pub overdue: bool,
    /// Every member.
    pub lines: Vec<ReviewLine>,
    /// How many members nothing was made of yet.
    pub undecided: usize,
    /// The membership of whoever asks, where somebody else has to decide about it.
    pub left_to_others: Option<MemberId>,
    /// Who signed it off.
    pub signed_by: Option<String>,
    /// When.
    pub signed_at: Option<Instant>,
}

impl Query for ListReviews {
    const ACTION: Action = Action::ReviewsList;
    const PERMISSION: Permission = Permission::ViewReadiness;
    type View = Vec<ReviewView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<ReviewView>, Refusal> {
        let found: Vec<AccessReview> = tx.list("order by opened_at desc limit 10", vec![]).await?;
        let (now, me) = (tx.now(), tx.actor().user());
        let left_to_others = match me {
            Some(user) if others_decide(tx, user).await? => member_of(tx, user).await?.map(|m| m.id),
            _ => None,
        };
        let view = |r: AccessReview| ReviewView {
            id: r.id,
            opened_at: r.opened_at,
            due_at: r.due_at,
            overdue: r.signed_at.is_none() && now >= r.due_at,
            undecided: r.lines.0.iter().filter(|l| l.decision.is_none()).count(),
            lines: r.lines.0,
            left_to_others,
            signed_by: r.signed_name.map(|n| n.to_string()),
            signed_at: r.signed_at,
        };
        Ok(found.into_iter().map(view).collect())
    }
}

/// What is made of members.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DecideInput {
    /// The members.
    pub members: Vec<MemberId>,
    /// keep, change or revoke; required.
    pub decision: Field,
}

/// Keeps, changes or revokes members. Whoever is revoked is out at once.
#[derive(Debug)]
pub struct DecideReview {
    /// Which review.
    pub id: AccessReviewId,
    /// What is made of whom.
    pub input: DecideInput,
}

impl Command for DecideReview {
    const ACTION: Action = Action::ReviewDecide;
    const PERMISSION: Permission = Permission::EditMembers;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx) -> Result<(), Refusal> {
        let mut p = Problems::none();
        let decision = p.need::<Decision>("decision", &self.input.decision).ok_or(p)?;
        let mut review: AccessReview = tx.find(self.id).await?;
        if review.signed_at.is_some() {
            return Err(Refusal::conflict("This review was signed off already."));
        }
        let (now, me) = (tx.now(), tx.actor().user());
        for id in &self.input.members {
            let Some(line) = review.lines.0.iter_mut().find(|l| l.member == *id) else {
                return Err(Refusal::invalid("members", "must be members of this review"));
            };
            let member: Member = tx.find(*id).await?;
            if Some(member.user_id) == me && others_decide(tx, member.user_id).await? {
                return Err(Refusal::conflict("Nobody reviews themselves. Another owner or admin decides about you."));
            }
            if decision == Decision::Revoke && member.ended_at.is_none() {
                if held_by(tx, &member).await?.may_be_given_by(tx).is_err() {
                    return Err(Refusal::Forbidden);
                }
                end_membership(tx, member, false).await?;
            }
            (line.decision, line.decided_by, line.decided_at) = (Some(decision), me, Some(now));
        }
        tx.save(&review).await.map(drop)
    }
}

/// Whether there is somebody else who could decide.
async fn others_decide(tx: &mut ReadTx, but: UserId) -> Result<bool, Refusal> {
    Ok(tx.count::<Member>("where role in ('owner', 'admin') and ended_at is null and user_id <> $1", vec![Val::text(but)]).await? > 0)
}

/// Signs a review off, once something was made of every member.
#[derive(Debug)]
pub struct SignReview(pub AccessReviewId);

impl Command for SignReview {
    const ACTION: Action = Action::ReviewSign;
    const PERMISSION: Permission = Permission::EditMembers;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx) -> Result<(), Refusal> {
        let mut review: AccessReview = tx.find(self.0).await?;
        if review.signed_at.is_some() {
            return Err(Refusal::conflict("This review was signed off already."));
        }
        let open = review.lines.0.iter().filter(|l| l.decision.is_none()).count();
        if open > 0 {
            return Err(Refusal::conflict(format!("Nothing was made of {open} members yet.")));
        }
        review.signed_by = tx.actor().user();
        review.signed_name = Some(tx.actor().name().parse().map_err(Refusal::fault)?);
        review.signed_at = Some(tx.now());
        tx.save(&review).await.map(drop)
    }
}
