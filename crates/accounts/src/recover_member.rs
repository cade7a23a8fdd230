//! A way back in for somebody who lost every second factor (AU8): an admin asks, another agrees, and
//! only the person, by a link in their own mail, takes the factors away. Nothing of it is silent.
use crate::{Member, change_member::may_touch, is_in_charge, second_person};
use interpres_gate::{
    Action, Command, Granted, Letter, Notice, ReadTx, Refusal, Val, WriteTx, async_trait, record,
};
use interpres_types::{Field, Instant, Line, MemberId, Problems, RecoveryId, Rule, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The kind of the ticket in the letter.
pub(crate) const RECOVERY: &str = "recovery";
/// The longest that NIST SP 800-63B-4 (section 4.2.1.2) lets a link by mail be good.
const LINK_SECONDS: i64 = 24 * 3600;
/// How long somebody else may take to agree.
const WAITS_MINUTES: i64 = 24 * 60;

record! {
    /// A way back in that was asked for.
    pub struct Recovery from NewRecovery in "recovery" by RecoveryId {
        /// For whom.
        member_id: MemberId,
        /// How whoever asked knew that it is them. No secrets.
        recognised: Line<200>,
        /// Who asked.
        asked_by: UserId,
        /// Their name.
        asked_name: Line<120>,
        /// When.
        asked_at: Instant,
        /// Who else answered.
        answered_by: Option<UserId>,
        /// Whether they agreed.
        agreed: Option<bool>,
        /// When.
        answered_at: Option<Instant>,
    }
}

/// A way back in that waits for somebody else, as those in charge see it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecoveryCard {
    /// Its id.
    pub id: RecoveryId,
    /// How whoever asked knew that it is them.
    pub recognised: String,
    /// Who asked.
    pub asked_by: UserId,
    /// Their name.
    pub asked_name: String,
    /// Until when somebody else may agree.
    pub ends_at: Instant,
}

/// What is said when asking.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RecoveryInput {
    /// How you know that it is them; required, at least ten characters, no secrets.
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
    /// For whom.
    pub id: MemberId,
    /// How they were recognised.
    pub input: RecoveryInput,
}

/// What became of it.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct RecoveryState {
    /// Its id.
    pub id: RecoveryId,
    /// Whether the letter with the link is on its way.
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

/// Agrees that somebody gets a way back in, or drops it. Who asked can only drop it.
#[derive(Debug)]
pub struct AnswerRecovery {
    /// Which.
    pub id: RecoveryId,
    /// Whether to agree.
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
