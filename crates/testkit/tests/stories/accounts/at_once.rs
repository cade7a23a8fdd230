//! What two decide at once by what the other is about to change.
use interpres_accounts::{
    AskRecovery, ChangeMember, DecideInput, DecideReview, DropRole, EndMember, Member, MemberInput,
    RecoveryInput, RoleInput, SaveRole, SignReview,
};
use interpres_compliance::{SaveQuery, SaveQueryInput};
use interpres_gate::{Action, Actor, Command, Granted, Origin, Refusal, Val, WriteTx, async_trait};
use interpres_testkit::{House, apply, story};
use interpres_types::{AccessReviewId, AccessReviewLineId, INSTALLATION, MemberId, RoleId};

async fn text(house: &House, sql: &str) -> String {
    house.raw(sql).await[0].text("id").unwrap().to_owned()
}

async fn count(house: &House, sql: &str) -> i64 {
    house.raw(sql).await[0].int("n").unwrap()
}

async fn member(house: &House, who: &str) -> MemberId {
    let workspace = house.world.workspaces["Front Range Interpreters"];
    let email = &house.person(who).email;
    let sql = format!(
        "select id from member_row where workspace_id = '{workspace}' and email = '{email}'"
    );
    text(house, &sql).await.parse().unwrap()
}

/// Makes somebody an owner, as if they had been asked and had accepted.
struct MakeOwner(MemberId);

#[async_trait]
impl Command for MakeOwner {
    const ACTION: Action = Action::MemberChange;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let member: Member = tx.find(self.0).await?;
        let role = "owner".parse().unwrap();
        tx.save(&Member { role, ..member }).await.map(drop)
    }
}

/// The access review of Front Range that is open, and the line of somebody in it.
async fn review(house: &House, who: &str) -> (AccessReviewId, AccessReviewLineId) {
    let line = member(house, who).await;
    let sql =
        format!("select id, review_id from access_review_line_row where member_id = '{line}'");
    let rows = house.raw(&sql).await;
    (
        rows[0].text("review_id").unwrap().parse().unwrap(),
        rows[0].text("id").unwrap().parse().unwrap(),
    )
}

async fn open_review(house: &House) {
    house.wait_minutes(11);
    house.gate.work_off().await.unwrap();
}

#[apply(story)]
async fn of_two_owners_who_let_each_other_go_at_once_one_stays(house: &House) {
    let (olivia, adam) = (member(house, "Olivia").await, member(house, "Adam").await);
    house
        .gate
        .perform(&house.enters("Olivia").await, MakeOwner(adam))
        .await
        .unwrap();
    open_review(house).await;
    let (id, line) = review(house, "Olivia").await;
    let (gate, by) = (house.gate.clone(), house.enters("Adam").await);
    let revoked = async move {
        let input = DecideInput {
            lines: vec![line],
            decision: "revoke".into(),
        };
        gate.perform(&by, DecideReview { id, input }).await
    };
    let (gate, by) = (house.gate.clone(), house.enters("Olivia").await);
    let ended = async move {
        let end = EndMember {
            id: adam,
            remove: false,
        };
        gate.perform(&by, end).await
    };
    let lock = House::row_lock("member_row", &format!("id = '{olivia}'"));
    let (revoked, ended) = house.at_once(&lock, revoked, ended).await;
    revoked.unwrap();
    assert!(ended.is_err());
    let workspace = house.world.workspaces["Front Range Interpreters"];
    let owners = format!(
        "select count(*) as n from member_row where workspace_id = '{workspace}' and role = 'owner' and ended_at is null"
    );
    assert_eq!(count(house, &owners).await, 1);
}

#[apply(story)]
async fn nothing_is_decided_in_a_review_while_it_is_signed_off(house: &House) {
    open_review(house).await;
    let (id, line) = review(house, "Vera").await;
    let sql = format!("select id from access_review_line_row where review_id = '{id}'");
    let lines: Vec<AccessReviewLineId> = house
        .raw(&sql)
        .await
        .iter()
        .map(|row| row.text("id").unwrap().parse().unwrap())
        .collect();
    let olivia = house.enters("Olivia").await;
    let adam = house.enters("Adam").await;
    let decide = |by: &Actor, lines: Vec<AccessReviewLineId>, decision: &'static str| {
        let (gate, by) = (house.gate.clone(), by.clone());
        async move {
            let input = DecideInput {
                lines,
                decision: decision.into(),
            };
            gate.perform(&by, DecideReview { id, input }).await
        }
    };
    let (_, own) = review(house, "Olivia").await;
    let others = lines.into_iter().filter(|line| *line != own).collect();
    decide(&olivia, others, "keep").await.unwrap();
    decide(&adam, vec![own], "keep").await.unwrap();
    let gate = house.gate.clone();
    let signed = async move { gate.perform(&olivia, SignReview(id)).await };
    let changed = decide(&adam, vec![line], "change");
    let lock = House::row_lock("access_review_row", &format!("id = '{id}'"));
    let (signed, changed) = house.at_once(&lock, signed, changed).await;
    signed.unwrap();
    assert!(matches!(changed, Err(Refusal::Conflict(_))));
}

#[apply(story)]
async fn of_two_ways_back_in_asked_for_at_once_one_waits(house: &House) {
    let dora = member(house, "Dora").await;
    let ask = |by: Actor| {
        let gate = house.gate.clone();
        async move {
            let input = RecoveryInput {
                recognised: "seen on a video call, with the staff card".into(),
            };
            gate.perform(&by, AskRecovery { id: dora, input }).await
        }
    };
    let adam = ask(house.enters("Adam").await);
    let olivia = ask(house.enters("Olivia").await);
    let (first, second) = house
        .at_once("lock table recovery_row in share mode", adam, olivia)
        .await;
    first.unwrap();
    assert!(matches!(second, Err(Refusal::Conflict(_))));
}

#[apply(story)]
async fn a_role_that_is_dropped_is_given_to_nobody_at_the_same_moment(house: &House) {
    let (adam, vera) = (house.enters("Adam").await, member(house, "Vera").await);
    let input = RoleInput {
        name: "On call".into(),
        reaches: [("appointments.view".to_owned(), "team".to_owned())].into(),
        ..RoleInput::default()
    };
    let save = SaveRole {
        id: None,
        version: None,
        input,
    };
    let role: RoleId = house.gate.perform(&adam, save).await.unwrap().id;
    let (gate, by) = (house.gate.clone(), house.enters("Adam").await);
    let dropped = async move { gate.perform(&by, DropRole(role)).await };
    let gate = house.gate.clone();
    let given = async move {
        let input = MemberInput {
            role: role.to_string().into(),
            ..MemberInput::default()
        };
        let change = ChangeMember {
            id: vera,
            version: None,
            input,
        };
        gate.perform(&adam, change).await
    };
    let lock = House::row_lock("role_row", &format!("id = '{role}'"));
    let (dropped, given) = house.at_once(&lock, dropped, given).await;
    dropped.unwrap();
    assert!(matches!(given, Err(Refusal::Invalid(_))));
}

#[apply(story)]
async fn two_at_once_do_not_pass_a_limit_of_records_with_its_last_one(house: &House) {
    let carl = house.enters("Carl").await;
    let save = |n: usize| {
        let (gate, carl) = (house.gate.clone(), carl.clone());
        async move {
            let input = SaveQueryInput {
                name: format!("Query {n}").into(),
                outcome: "refused".into(),
                ..SaveQueryInput::default()
            };
            gate.perform(&carl, SaveQuery { input }).await
        }
    };
    for n in 1..100 {
        save(n).await.unwrap();
    }
    let (last, beyond) = house
        .at_once(
            "lock table saved_query_row in share mode",
            save(100),
            save(101),
        )
        .await;
    last.unwrap();
    assert!(matches!(beyond, Err(Refusal::Conflict(_))));
}

/// Issues a ticket.
struct Issue;

#[async_trait]
impl Command for Issue {
    const ACTION: Action = Action::PasswordForget;
    type Outcome = String;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<String, Refusal> {
        let ticket = tx.issue_ticket("reset", None, &"", 60).await?;
        Ok(ticket.expose().to_owned())
    }
}

/// Takes a ticket in; tells whether it was good.
struct Take(String);

#[async_trait]
impl Command for Take {
    const ACTION: Action = Action::PasswordReset;
    type Outcome = bool;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<bool, Refusal> {
        let taken = tx.take_ticket::<String>("reset", &self.0).await?;
        Ok(taken.is_some())
    }
}

#[apply(story)]
async fn a_link_that_two_use_at_once_is_good_once(house: &House) {
    let home = house.gate.doorkeeper(INSTALLATION, Origin::default());
    let ticket = house.gate.perform(&home, Issue).await.unwrap().into_inner();
    let take = || {
        let (gate, home, ticket) = (house.gate.clone(), home.clone(), ticket.clone());
        async move { *gate.perform(&home, Take(ticket)).await.unwrap() }
    };
    let lock = House::row_lock("ticket", "kind = 'reset'");
    assert_eq!(house.at_once(&lock, take(), take()).await, (true, false));
}

/// Counts without anything in between what a command would count to decide by.
struct CountOwners;

#[async_trait]
impl Command for CountOwners {
    const ACTION: Action = Action::MemberChange;
    type Outcome = i64;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<i64, Refusal> {
        let lock = tx.alone("owners").await?;
        tx.count::<Member>(&lock, "where role = $1", vec![Val::text("owner")])
            .await
    }
}

#[apply(story)]
async fn a_lock_of_one_workspace_keeps_nobody_of_another_waiting(house: &House) {
    let peter = house.enters("Peter").await;
    let olivia = house.enters("Olivia").await;
    let (gate, there) = (house.gate.clone(), house.gate.clone());
    let here = async move { *gate.perform(&olivia, CountOwners).await.unwrap() };
    let elsewhere = async move { *there.perform(&peter, CountOwners).await.unwrap() };
    let lock = house.named_lock("owners");
    assert_eq!(house.at_once(&lock, here, elsewhere).await, (1, 1));
}
