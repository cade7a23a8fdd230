//! Recovery for someone who lost every second factor (AU8): an admin requests it, another approves, and only the
//! person, by an emailed link, removes the factors. Every step is reported.
use crate::{Member, change_member::may_touch, is_in_charge, second_person};
use interpres_gate::{
    Action, Command, Granted, Letter, Notice, ReadTx, Refusal, Val, WriteTx, async_trait, record,
};
use interpres_types::{Field, Instant, Line, MemberId, Problems, RecoveryId, Rule, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The kind of the emailed ticket.
pub(crate) const RECOVERY: &str = "recovery";
/// The longest validity of an emailed link by NIST SP 800-63B-4 (section 4.2.1.2).
const LINK_SECONDS: i64 = 24 * 3600;
/// Time in which a second admin can approve.
const WAITS_MINUTES: i64 = 24 * 60;

record! {
    /// A way back in that was asked for.
    pub struct Recovery from NewRecovery in "recovery" by RecoveryId {
        /// The member.
        member_id: MemberId,
        /// How the requester verified the person. No secrets.
        recognised: Line<200>,
        /// Who asked.
        asked_by: UserId,
        /// Their name.
        asked_name: Line<120>,
        /// When it was requested.
        asked_at: Instant,
        /// Who else answered.
        answered_by: Option<UserId>,
        /// Whether it was approved.
        agreed: Option<bool>,
        /// When it was answered.
        answered_at: Option<Instant>,
    }
}

/// A recovery awaiting approval, as owners and admins see it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecoveryCard {
    /// Its id.
    pub id: RecoveryId,
    /// How the requester verified the person.
    pub recognised: String,
    /// Who asked.
    pub asked_by: UserId,
    /// Their name.
    pub asked_name: String,
    /// Deadline for approval.
    pub ends_at: Instant,
}

/// Input for a recovery request.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RecoveryInput {
    /// How you verified the person; required, at least ten characters, no secrets.
    pub recognised: Field,
}

/// The one that waits for an answer.
pub(crate) async fn waiting(
    tx: &mut ReadTx,
    member: MemberId,
) -> Result<Option<RecoveryCard>, Refusal> {
    let found: Vec<Recovery> = tx
        .list(
            "where member_id = $1 and answered_at is null order by asked_at desc limit 1",
            vec![Val::text(member)],
        )
        .await?;
    let now = tx.now();
    let card = |r: Recovery| RecoveryCard {
        id: r.id,
        recognised: r.recognised.to_string(),
        asked_by: r.asked_by,
        asked_name: r.asked_name.to_string(),
        ends_at: r.asked_at.plus_minutes(WAITS_MINUTES),
    };
    Ok(found
        .into_iter()
        .next()
        .map(card)
        .filter(|card| now < card.ends_at))
}

/// Asks for a way back in.
#[derive(Debug)]
pub struct AskRecovery {
    /// The member.
    pub id: MemberId,
    /// How the person was verified.
    pub input: RecoveryInput,
}

/// The state of a recovery.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct RecoveryState {
    /// Its id.
    pub id: RecoveryId,
    /// Whether the email with the link is on its way.
    pub agreed: Option<bool>,
}

#[async_trait]
impl Command for AskRecovery {
    const ACTION: Action = Action::RecoveryAsk;
    type Outcome = RecoveryState;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<RecoveryState, Refusal> {
        let mut p = Problems::none();
        let recognised = p.need::<Line<200>>("recognised", &self.input.recognised);
        if recognised
            .as_ref()
            .is_some_and(|line| line.as_str().chars().count() < 10)
        {
            p.add(
                "recognised",
                Rule::new("needs at least ten characters on how you verified them"),
            );
        }
        let (Some(recognised), true) = (recognised, p.is_empty()) else {
            return Err(p.into());
        };
        let by = tx.actor().user().ok_or(Refusal::Forbidden)?;
        let member: Member = tx.find(self.id).await?;
        may_touch(tx, &member).await?;
        if !is_in_charge(tx, by).await? {
            return Err(Refusal::Forbidden);
        }
        if member.ended_at.is_some() {
            return Err(Refusal::conflict("This member is deactivated."));
        }
        let state = tx
            .person_states(&[member.user_id])
            .await?
            .remove(&member.user_id);
        if !state.is_some_and(|s| s.enrolled) {
            return Err(Refusal::conflict(
                "This person has no second factor to lose. A link for a new password is enough for them.",
            ));
        }
        // Two admins of one workspace don't decide about the door of another.
        if tx.belongs_elsewhere(member.user_id).await? {
            return Err(Refusal::conflict(
                "This person belongs to other workspaces as well. Admins of one can't open a way back for all of them.",
            ));
        }
        tx.alone(format!("recovery/{}", member.id)).await?;
        if waiting(tx, member.id).await?.is_some() {
            return Err(Refusal::conflict(
                "A way back in was asked for already, and waits for somebody else.",
            ));
        }
        let recovery = tx
            .blank(NewRecovery {
                member_id: member.id,
                recognised,
                asked_by: by,
                asked_name: Line::kept(tx.actor().name().to_owned()),
                asked_at: tx.now(),
            })
            .await?;
        let id = tx.save(&recovery).await?.id;
        tell(tx, &member, "An admin of your workspace asked for a way back into your account, because you have lost your second factors. Once another admin agrees, you get a link. If you did not ask for it, tell your workspace's compliance officer now.").await?;
        let notice = Notice::new(
            "account",
            "Somebody lost their second factors. Another admin than the one who asked has to agree within a day.",
        );
        tx.tell_those_in_charge(&notice.leads_to("/people", member.id))
            .await?;
        Ok(RecoveryState { id, agreed: None })
    }
}

/// Approves a recovery, or cancels it. The requester can only cancel.
#[derive(Debug)]
pub struct AnswerRecovery {
    /// The recovery.
    pub id: RecoveryId,
    /// Whether to approve.
    pub agree: bool,
}

#[async_trait]
impl Command for AnswerRecovery {
    const ACTION: Action = Action::RecoveryAnswer;
    type Outcome = RecoveryState;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<RecoveryState, Refusal> {
        let mut recovery: Recovery = tx.find(self.id).await?;
        let member: Member = tx.find(recovery.member_id).await?;
        may_touch(tx, &member).await?;
        let now = tx.now();
        if recovery.answered_at.is_some()
            || now >= recovery.asked_at.plus_minutes(WAITS_MINUTES)
            || member.ended_at.is_some()
        {
            return Err(Refusal::conflict(
                "This was answered already, or more than a day ago. Ask anew.",
            ));
        }
        let me = if self.agree {
            Some(second_person(tx, recovery.asked_by).await?)
        } else {
            tx.actor().user()
        };
        if self.agree && tx.belongs_elsewhere(member.user_id).await? {
            return Err(Refusal::conflict(
                "This person belongs to other workspaces as well. Admins of one can't open a way back for all of them.",
            ));
        }
        recovery.answered_by = me;
        recovery.agreed = Some(self.agree);
        recovery.answered_at = Some(now);
        let id = tx.save(&recovery).await?.id;
        if self.agree {
            let words = "Two admins of your workspace opened a way back into your account. By this link, within a day and once, choose a new password; your second factors end with it, and you set up new ones. If you did not ask for it, don't use it, and tell your workspace's compliance officer now.";
            let letter = Letter::new(
                member.email.clone(),
                Notice::new("A way back into your account", words).goes_to("/password"),
            );
            tx.post(letter.with_ticket(RECOVERY, Some(member.user_id), "", LINK_SECONDS))
                .await?;
        } else {
            tell(
                tx,
                &member,
                "The way back into your account that was asked for has been dropped.",
            )
            .await?;
        }
        Ok(RecoveryState {
            id,
            agreed: Some(self.agree),
        })
    }
}

async fn tell(tx: &mut WriteTx, member: &Member, words: &'static str) -> Result<(), Refusal> {
    tx.post(Letter::new(
        member.email.clone(),
        Notice::new("Your account at Interpres", words).goes_to("/account"),
    ))
    .await
}
