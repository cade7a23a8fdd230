use crate::{
    AccessReview, AccessReviewLine, Decision, another_in_charge, member::member_of,
    review_access::unchanged,
};
use interpres_gate::{Action, Filter, Page, Query, ReadTx, Refusal, Val, async_trait, bind_list};
use interpres_types::{
    AccessReviewId, AccessReviewLineId, Field, Instant, MemberId, Problems, ServiceId, UserId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The latest ten reviews of who has access.
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
    /// Number of members and services in it.
    pub lines: i64,
    /// Number of undecided ones.
    pub undecided: i64,
    /// Who signed it off.
    pub signed_by: Option<String>,
    /// When it was signed.
    pub signed_at: Option<Instant>,
}

#[async_trait]
impl Query for ListReviews {
    const ACTION: Action = Action::ReviewsList;
    type View = Vec<ReviewView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<ReviewView>, Refusal> {
        let found: Vec<AccessReview> = tx.list("order by opened_at desc limit 10", vec![]).await?;
        let (now, counts) = (tx.now(), counts(tx, &found).await?);
        let view = |r: AccessReview| {
            let (lines, undecided) = counts.get(&r.id.to_string()).copied().unwrap_or_default();
            ReviewView {
                id: r.id,
                opened_at: r.opened_at,
                due_at: r.due_at,
                overdue: r.signed_at.is_none() && now >= r.due_at,
                lines,
                undecided,
                signed_by: r.signed_name.map(|n| n.to_string()),
                signed_at: r.signed_at,
            }
        };
        Ok(found.into_iter().map(view).collect())
    }
}

/// Number of lines per review, and how many are undecided.
async fn counts(
    tx: &mut ReadTx,
    reviews: &[AccessReview],
) -> Result<BTreeMap<String, (i64, i64)>, Refusal> {
    let mut args = Vec::new();
    let list = bind_list(
        &mut args,
        reviews
            .iter()
            .map(|r| r.id)
            .chain([AccessReviewId::NONE])
            .map(Val::text)
            .collect(),
    );
    let sql = format!(
        "select review_id, count(*) as n, count(decision) as decided from access_review_line where review_id in ({list}) group by review_id"
    );
    let rows = tx.rows(&sql, args).await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.text("review_id")?.to_owned(),
                (row.int("n")?, row.int("n")? - row.int("decided")?),
            ))
        })
        .collect()
}

/// The members and services of a review, by name.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListReviewLines {
    /// The review's id; required.
    pub review: Field,
    /// `left` for undecided lines, `change` for those marked for change; default: all.
    pub only: Field,
    /// Page cursor.
    pub cursor: Field,
    /// Page size, 1–200; default 50.
    pub limit: Field,
}

/// A member or service as of the start of the review, and the decision.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReviewLineView {
    /// The line's id.
    pub id: AccessReviewLineId,
    /// Their name.
    pub name: String,
    /// The member.
    pub member: Option<MemberId>,
    /// The service.
    pub service: Option<ServiceId>,
    /// Their role.
    pub role: String,
    /// In how many teams.
    pub teams: i64,
    /// When the member last signed in, or a key of the service was used.
    pub last_seen_at: Option<Instant>,
    /// Whether the member has a second factor.
    pub enrolled: Option<bool>,
    /// The decision.
    pub decision: Option<Decision>,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// When they decided.
    pub decided_at: Option<Instant>,
    /// Whether it is marked for change but still has the same access.
    pub unchanged: bool,
    /// Whether it is the caller's own line, which someone else must decide.
    pub left_to_others: bool,
    #[serde(skip)]
    cursor: String,
}

#[async_trait]
impl Query for ListReviewLines {
    const ACTION: Action = Action::ReviewsList;
    type View = Page<ReviewLineView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<ReviewLineView>, Refusal> {
        let mut p = Problems::none();
        let (limit, review) = (
            p.page_limit(&self.limit),
            p.need::<AccessReviewId>("review", &self.review),
        );
        let only = match self.only.raw() {
            "" => "",
            "left" => " and decision is null",
            "change" => " and decision = 'change'",
            _ => {
                p.add("only", "must be left or change");
                ""
            }
        };
        let (Some(review), true) = (review, p.is_empty()) else {
            return Err(p.into());
        };
        let mut filter = Filter::begin(
            &format!("where review_id = $1{only}"),
            vec![Val::text(review)],
        );
        filter.after("name_key", &self.cursor)?;
        let filter = filter.page("name_key, id", limit);
        let lines: Vec<AccessReviewLine> = tx.list(&filter.sql, filter.args).await?;
        let left: Vec<AccessReviewLineId> = unchanged(tx, &lines).await?;
        let others = match tx.actor().user() {
            Some(user) if another_in_charge(tx, user).await? => {
                member_of(tx, user).await?.map(|m| m.id)
            }
            _ => None,
        };
        let view = |l: AccessReviewLine| ReviewLineView {
            cursor: Filter::place(&l.name_key, l.id),
            unchanged: left.contains(&l.id),
            left_to_others: others.is_some() && l.member_id == others,
            id: l.id,
            name: l.name.into(),
            member: l.member_id,
            service: l.service_id,
            role: l.role,
            teams: l.teams,
            last_seen_at: l.last_seen_at,
            enrolled: l.enrolled,
            decision: l.decision,
            decided_by: l.decided_by,
            decided_at: l.decided_at,
        };
        Ok(Page::cut(
            lines.into_iter().map(view).collect(),
            limit,
            |view: &ReviewLineView| view.cursor.clone(),
        ))
    }
}
