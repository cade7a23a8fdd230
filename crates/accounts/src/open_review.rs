//! Opening a review of who has access, and telling of one that is overdue.
use crate::{
    AccessReview, AccessReviewLine, CustomRole, Member, NewAccessReview, NewAccessReviewLine,
    Service, fold,
    member::members_after,
    review_access::{held_by_member, held_by_service, reviews_alone},
    role::{own_roles, shown},
    service::services_after,
};
use interpres_gate::{
    Action, Command, Due, Gate, Granted, Json, NewRecord, Next, Notice, Permission, PersonState,
    Refusal, Val, Work, WorkerKind, WriteTx, async_trait,
};
use interpres_types::{AccessReviewId, Instant, Line, MemberId, ServiceId, UserId};

/// Days from one review to the next.
const EVERY_DAYS: i64 = 90;
/// Days in which one has to be signed off.
const DUE_DAYS: i64 = 14;
const DAY_MINUTES: i64 = 24 * 60;
/// Interval between checks for reviews to open or remind of.
const LOOKS_EVERY_SECONDS: i64 = 600;

/// The job that opens a review once the latest is a quarter old, and reports overdue ones.
pub(crate) struct KeepsReviews;

impl Work for KeepsReviews {
    const NAME: &'static str = "reviews.keep";
    const WORDS: &'static str = "Opens the review of who has access, and reminds of it";
    fn first(now: Instant) -> Option<Instant> {
        Some(now)
    }
    async fn work(gate: &Gate, due: &Due) -> Result<Next, Refusal> {
        gate.perform(&gate.worker(due.workspace, WorkerKind::Steward), KeepReview)
            .await?;
        Ok(Next::At(gate.now().plus_seconds(LOOKS_EVERY_SECONDS)))
    }
}

struct KeepReview;

#[async_trait]
impl Command for KeepReview {
    const ACTION: Action = Action::ReviewOpen;
    const PERMISSION: Permission = Permission::OpenReviews;
    type Outcome = bool;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<bool, Refusal> {
        let lock = reviews_alone(tx).await?;
        tell_of_ends(tx).await?;
        let now = tx.now();
        let latest: Vec<AccessReview> = tx.list("order by opened_at desc limit 1", vec![]).await?;
        match latest.into_iter().next() {
            Some(mut open) if open.signed_at.is_none() => {
                if tx
                    .count::<AccessReviewLine>(
                        &lock,
                        "where review_id = $1",
                        vec![Val::text(open.id)],
                    )
                    .await?
                    == 0
                {
                    fill(tx, open.id).await?;
                }
                let late = now >= open.due_at
                    && open
                        .told_at
                        .is_none_or(|at| now >= at.plus_minutes(7 * DAY_MINUTES));
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
            Some(signed) if now < signed.opened_at.plus_minutes(EVERY_DAYS * DAY_MINUTES) => {
                Ok(false)
            }
            _ => open(tx).await.map(|()| true),
        }
    }
}

/// Notifies those responsible for keys that expire soon: an unnoticed expiry stops a program.
async fn tell_of_ends(tx: &mut WriteTx) -> Result<(), Refusal> {
    let (people, services) = tx.keys_near_their_end().await?;
    for user in people {
        tx.notify(user, Notice::new("account", "A key of yours ends within two weeks. Make another, and put it where the old one is.").goes_to("/account"))
            .await?;
    }
    for service in services {
        let notice = Notice::new(
            "account",
            "A key of a service that you answer for ends within two weeks. Make another, and put it where the old one is.",
        );
        let Some(service) = tx.may_find::<Service>(service).await? else {
            continue;
        };
        tx.notify(
            service.kept_by,
            notice.leads_to("/people/services", service.id),
        )
        .await?;
    }
    Ok(())
}

async fn open(tx: &mut WriteTx) -> Result<(), Refusal> {
    let now = tx.now();
    let review = tx
        .blank(NewAccessReview {
            opened_at: now,
            due_at: now.plus_minutes(DUE_DAYS * DAY_MINUTES),
            lines: Json(Vec::new()),
        })
        .await?;
    tx.save(&review).await?;
    fill(tx, review.id).await?;
    tx.tell_those_in_charge(
        &Notice::new("legal", "It is time to review who has access. Go through every member and service within two weeks.").goes_to("/people/review"),
    )
    .await
}

/// A line for every member and every service.
async fn fill(tx: &mut WriteTx, review: AccessReviewId) -> Result<(), Refusal> {
    let roles = own_roles(tx).await?;
    let mut after = MemberId::NONE;
    loop {
        let members = members_after(tx, after).await?;
        let Some(last) = members.last() else { break };
        after = last.id;
        let users: Vec<UserId> = members.iter().map(|m| m.user_id).collect();
        let states = tx.person_states(&users).await?;
        for member in members {
            let line = of_member(tx, review, &member, &roles, states.get(&member.user_id));
            tx.save(&line).await?;
        }
    }
    let used = tx.services_used().await?;
    let mut after = ServiceId::NONE;
    loop {
        let services = services_after(tx, after).await?;
        let Some(last) = services.last() else { break };
        after = last.id;
        for service in services {
            let line = of_service(tx, review, &service, &roles, used.get(&service.id).copied())?;
            tx.save(&line).await?;
        }
    }
    Ok(())
}

fn of_member(
    tx: &WriteTx,
    review: AccessReviewId,
    m: &Member,
    roles: &[CustomRole],
    state: Option<&PersonState>,
) -> AccessReviewLine {
    AccessReviewLine {
        member_id: Some(m.id),
        last_seen_at: state.and_then(|s| s.last_sign_in_at),
        enrolled: Some(state.is_some_and(|s| s.enrolled)),
        ..NewAccessReviewLine {
            review_id: review,
            name: m.name.clone(),
            name_key: m.sorted_by(),
            role: shown(&m.role, m.role_id, roles).0,
            holds: held_by_member(m).unwrap_or_default(),
            teams: m.team_ids.0.len() as i64,
        }
        .blank(tx.mint(), None)
    }
}

fn of_service(
    tx: &WriteTx,
    review: AccessReviewId,
    s: &Service,
    roles: &[CustomRole],
    used: Option<Instant>,
) -> Result<AccessReviewLine, Refusal> {
    Ok(AccessReviewLine {
        service_id: Some(s.id),
        last_seen_at: used,
        ..NewAccessReviewLine {
            review_id: review,
            name: Line::kept(s.name.as_str().to_owned()),
            name_key: fold(s.name.as_str()),
            role: shown(&s.role, s.role_id, roles).0,
            holds: held_by_service(s).unwrap_or_default(),
            teams: s.team_ids.0.len() as i64,
        }
        .blank(tx.mint(), None)
    })
}

/// Opens a review now, unless one is open.
#[derive(Debug)]
pub struct OpenReview;

#[async_trait]
impl Command for OpenReview {
    const ACTION: Action = Action::ReviewOpen;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let lock = reviews_alone(tx).await?;
        if tx
            .count::<AccessReview>(&lock, "where signed_at is null", vec![])
            .await?
            > 0
        {
            return Err(Refusal::conflict("A review is already open."));
        }
        open(tx).await
    }
}
