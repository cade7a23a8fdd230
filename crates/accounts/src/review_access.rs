//! The access review (AC8): each quarter an owner or admin goes through every member and service account, keeps,
//! changes or revokes each, and signs it off. Reviews are stored with all versions.
use crate::{
    Member, Service, another_in_charge, change_member::end_membership,
    manage_services::end_service, role::held_by,
};
use interpres_gate::{
    Action, Alone, Command, Granted, Json, ReadTx, Refusal, Val, WriteTx, async_trait, bind_list,
    record, words,
};
use interpres_types::{
    AccessReviewId, AccessReviewLineId, Field, Instant, Line, MemberId, Problems, RoleId, Rule,
    ServiceId, TeamId, UserId,
};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Lines that can be decided at once.
const MOST_LINES: usize = 200;

words! {
    /// A reviewer's decision about a member or service account.
    Decision, "must be keep, change or revoke" {
        /// Unchanged.
        Keep = "keep", "Keep";
        /// Another role or other teams: to be given before the review is signed off.
        Change = "change", "Change";
        /// Deactivated, or ended, at once.
        Revoke = "revoke", "Revoke";
    }
}

record! {
    /// A review of who has access.
    pub struct AccessReview from NewAccessReview in "access_review" by AccessReviewId {
        /// When it was opened.
        opened_at: Instant,
        /// Until when it has to be signed off.
        due_at: Instant,
        /// Content of reviews from before each line was a record; empty since.
        lines: Json<Vec<serde_json::Value>>,
        /// When owners and admins were last reminded that it is overdue.
        told_at: Option<Instant>,
        /// Who signed it off.
        signed_by: Option<UserId>,
        /// Their name.
        signed_name: Option<Line<120>>,
        /// When it was signed.
        signed_at: Option<Instant>,
    }
}

record! {
    /// A member or service account as of the start of the review, and the decision.
    pub struct AccessReviewLine from NewAccessReviewLine in "access_review_line" by AccessReviewLineId {
        /// The review.
        review_id: AccessReviewId,
        /// Their name.
        name: Line<120>,
        /// The name folded for sorting.
        name_key: String,
        /// The member.
        member_id: Option<MemberId>,
        /// The service.
        service_id: Option<ServiceId>,
        /// Their role, as people see it.
        role: String,
        /// Role and teams by id: what another one is known by.
        holds: String,
        /// In how many teams.
        teams: i64,
        /// When the member last signed in, or a key of the service was used.
        last_seen_at: Option<Instant>,
        /// Whether the member has a second factor.
        enrolled: Option<bool>,
        /// The decision.
        decision: Option<Decision>,
        /// Who decided.
        decided_by: Option<UserId>,
        /// When they decided.
        decided_at: Option<Instant>,
    }
}

/// Waits until nobody else opens, decides or signs off a review: what is signed is what was decided by then.
pub(crate) async fn reviews_alone(tx: &mut WriteTx) -> Result<Alone, Refusal> {
    tx.alone("access-review").await
}

/// Role and teams by id.
fn holds(role: &Line<40>, id: Option<RoleId>, teams: &Json<Vec<TeamId>>) -> String {
    let mut teams: Vec<String> = teams.0.iter().map(ToString::to_string).collect();
    teams.sort();
    format!(
        "{} {}",
        id.map_or_else(|| role.to_string(), |id| id.to_string()),
        teams.join(" ")
    )
}

/// A member's current access; `None` if deactivated.
pub(crate) fn held_by_member(m: &Member) -> Option<String> {
    m.ended_at
        .is_none()
        .then(|| holds(&m.role, m.role_id, &m.team_ids))
}

/// A service account's current access.
pub(crate) fn held_by_service(s: &Service) -> Option<String> {
    s.ended_at
        .is_none()
        .then(|| holds(&s.role, s.role_id, &s.team_ids))
}

/// Decisions about members and service accounts.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DecideInput {
    /// Their lines in the review; 1 to 200.
    pub lines: Vec<AccessReviewLineId>,
    /// keep, change or revoke; required.
    pub decision: Field,
}

/// Keeps, changes or revokes members and service accounts. Revoking ends access at once.
#[derive(Debug)]
pub struct DecideReview {
    /// Which review.
    pub id: AccessReviewId,
    /// The decisions.
    pub input: DecideInput,
}

#[async_trait]
impl Command for DecideReview {
    const ACTION: Action = Action::ReviewDecide;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let mut p = Problems::none();
        let decision = p.need::<Decision>("decision", &self.input.decision);
        if self.input.lines.is_empty() || self.input.lines.len() > MOST_LINES {
            p.add(
                "lines",
                Rule::from(format!("must be 1 to {MOST_LINES} lines of this review")),
            );
        }
        let (Some(decision), true) = (decision, p.is_empty()) else {
            return Err(p.into());
        };
        reviews_alone(tx).await?;
        let review: AccessReview = tx.find(self.id).await?;
        if review.signed_at.is_some() {
            return Err(Refusal::conflict("This review is already signed off."));
        }
        let lines = lines_of(tx, review.id, &self.input.lines).await?;
        let (mut members, mut services) = subjects(tx, &lines.iter().collect::<Vec<_>>()).await?;
        let (now, me) = (tx.now(), tx.actor().user());
        for mut line in lines {
            if let Some(member) = line.member_id.and_then(|id| members.remove(&id)) {
                decide_member(tx, member, decision).await?;
            }
            if let Some(service) = line
                .service_id
                .and_then(|id| services.remove(&id))
                .filter(|s| decision == Decision::Revoke && s.ended_at.is_none())
            {
                end_service(tx, service).await?;
            }
            line.decision = Some(decision);
            line.decided_by = me;
            line.decided_at = Some(now);
            tx.save(&line).await?;
        }
        Ok(())
    }
}

async fn decide_member(
    tx: &mut WriteTx,
    member: Member,
    decision: Decision,
) -> Result<(), Refusal> {
    if Some(member.user_id) == tx.actor().user() && another_in_charge(tx, member.user_id).await? {
        return Err(Refusal::conflict(
            "Nobody reviews themselves. Another owner or admin decides about you.",
        ));
    }
    if decision == Decision::Revoke && member.ended_at.is_none() {
        if held_by(tx, &member)
            .await?
            .may_be_given_by(tx, Some(&member.team_ids.0))
            .is_err()
        {
            return Err(Refusal::Forbidden);
        }
        end_membership(tx, member, false).await?;
    }
    Ok(())
}

async fn lines_of(
    tx: &mut ReadTx,
    review: AccessReviewId,
    ids: &[AccessReviewLineId],
) -> Result<Vec<AccessReviewLine>, Refusal> {
    let mut args = vec![Val::text(review)];
    let list = bind_list(&mut args, ids.iter().map(Val::text).collect());
    let lines: Vec<AccessReviewLine> = tx
        .list(
            &format!("where review_id = $1 and id in ({list}) order by id limit {MOST_LINES}"),
            args,
        )
        .await?;
    if ids
        .iter()
        .any(|id| !lines.iter().any(|line| line.id == *id))
    {
        return Err(Refusal::invalid("lines", "must be lines of this review"));
    }
    Ok(lines)
}

/// The members and services of lines, as they are now.
async fn subjects(
    tx: &mut ReadTx,
    lines: &[&AccessReviewLine],
) -> Result<(BTreeMap<MemberId, Member>, BTreeMap<ServiceId, Service>), Refusal> {
    let (mut args, mut services) = (Vec::new(), Vec::new());
    let in_members = bind_list(
        &mut args,
        lines
            .iter()
            .filter_map(|l| l.member_id)
            .chain([MemberId::NONE])
            .map(Val::text)
            .collect(),
    );
    let in_services = bind_list(
        &mut services,
        lines
            .iter()
            .filter_map(|l| l.service_id)
            .chain([ServiceId::NONE])
            .map(Val::text)
            .collect(),
    );
    let members: Vec<Member> = tx
        .list(&format!("where id in ({in_members})"), args)
        .await?;
    let services: Vec<Service> = tx
        .list(&format!("where id in ({in_services})"), services)
        .await?;
    Ok((
        members.into_iter().map(|m| (m.id, m)).collect(),
        services.into_iter().map(|s| (s.id, s)).collect(),
    ))
}

/// Those of these lines that are marked for change but still have the same role and teams.
pub(crate) async fn unchanged(
    tx: &mut ReadTx,
    lines: &[AccessReviewLine],
) -> Result<Vec<AccessReviewLineId>, Refusal> {
    let lines: Vec<&AccessReviewLine> = lines
        .iter()
        .filter(|l| l.decision == Some(Decision::Change))
        .collect();
    let (members, services) = subjects(tx, &lines).await?;
    let now = |line: &AccessReviewLine| {
        let member = line
            .member_id
            .and_then(|id| members.get(&id))
            .and_then(held_by_member);
        member.or_else(|| {
            line.service_id
                .and_then(|id| services.get(&id))
                .and_then(held_by_service)
        })
    };
    Ok(lines
        .iter()
        .filter(|line| now(line).as_deref() == Some(line.holds.as_str()))
        .map(|line| line.id)
        .collect())
}

/// Signs a review off, once everyone is decided and every marked change was made.
#[derive(Debug)]
pub struct SignReview(pub AccessReviewId);

#[async_trait]
impl Command for SignReview {
    const ACTION: Action = Action::ReviewSign;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let lock = reviews_alone(tx).await?;
        let mut review: AccessReview = tx.find(self.0).await?;
        if review.signed_at.is_some() {
            return Err(Refusal::conflict("This review is already signed off."));
        }
        let open = tx
            .count::<AccessReviewLine>(
                &lock,
                "where review_id = $1 and decision is null",
                vec![Val::text(review.id)],
            )
            .await?;
        if open > 0 {
            return Err(Refusal::conflict(format!(
                "Nothing was made of {open} of them yet."
            )));
        }
        let changing: Vec<AccessReviewLine> = tx
            .list(
                "where review_id = $1 and decision = 'change' order by id",
                vec![Val::text(review.id)],
            )
            .await?;
        let left = unchanged(tx, &changing).await?.len();
        if left > 0 {
            return Err(Refusal::conflict(format!(
                "{left} of them are to be changed and hold what they held. Give them another role or other teams first."
            )));
        }
        review.signed_by = tx.actor().user();
        review.signed_name = Some(Line::kept(tx.actor().name().to_owned()));
        review.signed_at = Some(tx.now());
        tx.save(&review).await.map(drop)
    }
}
