//! What somebody with the database in hand puts back as it was, together with what would tell of
//! it.
use super::past_the_gate::{found, is_let_in, run};
use interpres_accounts::{
    ChangeMember, EndService, MemberInput, MintApiKey, MintServiceKey, RevokeApiKey,
    RevokeServiceKey, SaveService, ServiceInput,
};
use interpres_dispatch::AssignInterpreter;
use interpres_gate::{Refusal, RestoreInput, RestoreRecord};
use interpres_scheduling::{CancelAppointment, CancelInput, ListAppointments, ShowAppointment};
use interpres_testkit::{House, apply, story};
use interpres_types::INSTALLATION;

async fn sweep(house: &House) -> i64 {
    house.number_entries().await;
    house.gate.sweep(house.ours()).await.unwrap()
}

/// Dora's key of her own, and what ends it.
async fn key_of_dora(house: &House) -> (String, RevokeApiKey) {
    let dora = house.enters("Dora").await;
    let mint = MintApiKey {
        name: "Sync".parse().unwrap(),
        days: 30,
        only: "".into(),
        networks: "".into(),
    };
    let made = house.gate.perform(&dora, mint).await.unwrap().into_inner();
    (made.token, RevokeApiKey(made.id))
}

async fn member(house: &House, first: &str) -> String {
    house
        .raw(&format!(
            "select id from member_row where email = '{}'",
            house.person(first).email
        ))
        .await[0]
        .text("id")
        .unwrap()
        .to_owned()
}

async fn make(house: &House, id: &str, role: &str) {
    let input = MemberInput {
        role: role.into(),
        ..MemberInput::default()
    };
    house
        .gate
        .perform(
            &house.enters("Olivia").await,
            ChangeMember {
                id: id.parse().unwrap(),
                version: None,
                input,
            },
        )
        .await
        .unwrap();
}

/// Puts a member's row back as it was kept, and takes the versions since out of the database.
async fn roll_back(house: &House, id: &str) {
    run(
        house,
        &[
            &format!("delete from member_row where id = '{id}'"),
            &format!("insert into member_row select * from kept where id = '{id}'"),
            &format!(
                "delete from record_version where record_id = '{id}' \
                and version > (select version from kept where id = '{id}')"
            ),
        ],
    )
    .await;
}

#[apply(story)]
async fn a_key_that_was_revoked_stays_revoked_although_its_row_is_put_back(house: &House) {
    let (token, revoke) = key_of_dora(house).await;
    run(house, &["create table kept as select * from api_key"]).await;
    assert!(is_let_in(house, &token).await);
    house
        .gate
        .perform(&house.enters("Dora").await, revoke)
        .await
        .unwrap();
    run(
        house,
        &[
            "insert into api_key select * from kept where name = 'Sync'",
            "drop table kept",
        ],
    )
    .await;
    assert!(!is_let_in(house, &token).await);
    assert!(
        is_let_in(house, &house.person("Dora").api_key).await,
        "her other key is as good as before"
    );
    assert_eq!(
        found(house).await,
        [("api_key".to_owned(), "pass".to_owned())]
    );
    assert_eq!(
        house.gate.sweep(INSTALLATION).await.unwrap(),
        1,
        "the sweep names it although nobody uses it"
    );
}

#[apply(story)]
async fn a_key_of_a_service_stays_revoked_with_the_key_and_with_the_service(house: &House) {
    let olivia = house.enters("Olivia").await;
    let input = ServiceInput {
        name: "Sync".into(),
        role: "scheduler".into(),
        ..ServiceInput::default()
    };
    let id = house
        .gate
        .perform(
            &olivia,
            SaveService {
                id: None,
                version: None,
                input,
            },
        )
        .await
        .unwrap()
        .id;
    let mint = async || {
        house
            .gate
            .perform(
                &olivia,
                MintServiceKey {
                    id,
                    name: "Key".parse().unwrap(),
                    days: 30,
                    only: "".into(),
                },
            )
            .await
            .unwrap()
            .into_inner()
    };
    let (one, other) = (mint().await, mint().await);
    run(
        house,
        &[
            "create table kept as select * from service_key",
            "create table kept_service as select * from service_row",
        ],
    )
    .await;
    house
        .gate
        .perform(&olivia, RevokeServiceKey { id, key: one.id })
        .await
        .unwrap();
    run(
        house,
        &[&format!(
            "insert into service_key select * from kept where id = '{}'",
            one.id
        )],
    )
    .await;
    assert!(!is_let_in(house, &one.token).await && is_let_in(house, &other.token).await);
    house.gate.perform(&olivia, EndService(id)).await.unwrap();
    house.unguard().await;
    run(
        house,
        &[
            "delete from service_key",
            "insert into service_key select * from kept",
            "delete from service_row",
            "insert into service_row select * from kept_service",
        ],
    )
    .await;
    run(
        house,
        &[
            &format!("delete from record_version where record_id = '{id}' and version > 1"),
            "drop table kept",
            "drop table kept_service",
        ],
    )
    .await;
    assert!(
        !is_let_in(house, &other.token).await,
        "whatever its service says"
    );
}

#[apply(story)]
async fn an_end_that_is_taken_from_the_database_is_missed_by_the_log_and_made_again(house: &House) {
    let (token, revoke) = key_of_dora(house).await;
    run(house, &["create table kept as select * from api_key"]).await;
    house
        .gate
        .perform(&house.enters("Dora").await, revoke)
        .await
        .unwrap();
    assert_eq!(sweep(house).await, 0);
    assert!(
        house
            .tamper("delete from ended_pass")
            .await
            .unwrap_err()
            .contains("insert-only"),
        "the database refuses it"
    );
    house.unguard().await;
    run(
        house,
        &[
            "delete from ended_pass where at = (select max(at) from ended_pass)",
            "insert into api_key select * from kept where name = 'Sync'",
            "drop table kept",
        ],
    )
    .await;
    assert_eq!(sweep(house).await, 1);
    assert_eq!(found(house).await, [("pass".to_owned(), "lost".to_owned())]);
    assert!(!is_let_in(house, &token).await);
    assert_eq!(sweep(house).await, 0, "it is told of once");
}

#[apply(story)]
async fn a_member_put_back_with_the_last_version_deleted_is_let_in_by_nobody_but_an_owner(
    house: &House,
) {
    let (sam, id) = (house.enters("Sam").await, member(house, "Sam").await);
    let mint = async || {
        let mint = MintApiKey {
            name: "Sync".parse().unwrap(),
            days: 30,
            only: "".into(),
            networks: "".into(),
        };
        house
            .gate
            .perform(&sam, mint)
            .await
            .map(|made| made.token.clone())
    };
    let assign = async || {
        let assign = AssignInterpreter {
            appointment: house.world.appointments["FR-1001"],
            interpreter: house.world.interpreters["Ines"],
        };
        house.gate.perform(&sam, assign).await.map(drop)
    };
    let restore = async || {
        let input = RestoreInput {
            kind: "member".into(),
            record: id.as_str().into(),
        };
        house
            .gate
            .perform(&house.enters("Olivia").await, RestoreRecord { input })
            .await
            .unwrap();
    };
    house.unguard().await;
    run(house, &["create table kept as select * from member_row"]).await;
    make(house, &id, "viewer").await;
    roll_back(house, &id).await;
    let key = mint().await.unwrap();
    assert!(
        is_let_in(house, &key).await,
        "nothing but the log knows of it"
    );
    assert!(sweep(house).await > 0);
    assert!(!is_let_in(house, &key).await);
    assert!(
        matches!(assign().await, Err(Refusal::Forbidden)),
        "nor whoever is in already"
    );
    assert_eq!(
        found(house).await,
        [("member".to_owned(), "lost".to_owned())]
    );
    make(house, &id, "viewer").await;
    assert!(
        matches!(mint().await, Err(Refusal::Forbidden)),
        "until an owner has said that it is right"
    );
    restore().await;
    let key = mint().await.unwrap();
    assert!(is_let_in(house, &key).await);
    assert!(
        matches!(assign().await, Err(Refusal::Forbidden)),
        "a viewer"
    );
    assert_eq!(sweep(house).await, 0);
    house.wait_minutes(1);
    make(house, &id, "billing").await;
    house.wait_minutes(1);
    roll_back(house, &id).await;
    let key = mint().await.unwrap();
    assert!(sweep(house).await > 0, "the same again is found again");
    assert!(!is_let_in(house, &key).await);
    found(house).await;
    restore().await;
    assert!(
        is_let_in(house, &key).await,
        "an owner may keep what is there"
    );
    sweep(house).await;
    assert!(found(house).await.is_empty(), "and is not asked again");
    run(house, &["drop table kept"]).await;
}

#[apply(story)]
async fn what_a_trigger_keeps_out_takes_its_act_along(house: &House) {
    let (dora, id) = (
        house.enters("Dora").await,
        house.world.appointments["FR-1002"],
    );
    let on_a_server = house.place().data.is_some();
    if on_a_server {
        run(
            house,
            &[
                "create function swallow() returns trigger language plpgsql as 'begin return \
                null; end'",
            ],
        )
        .await;
    }
    for table in [
        "audit_entry",
        "audit_pending",
        "audit_subject",
        "record_version",
    ] {
        let trigger = if on_a_server {
            format!(
                "create trigger swallow before insert on {table} for each row execute function \
                swallow()"
            )
        } else {
            format!(
                "create trigger swallow before insert on {table} begin select raise(ignore); end"
            )
        };
        run(house, &[&trigger]).await;
        let input = CancelInput {
            reason: "other".into(),
            ..CancelInput::default()
        };
        assert!(
            house
                .gate
                .perform(
                    &dora,
                    CancelAppointment {
                        id,
                        version: None,
                        input
                    }
                )
                .await
                .is_err(),
            "{table}"
        );
        if table.starts_with("audit_e") {
            assert!(
                house
                    .gate
                    .view(&dora, ListAppointments::default())
                    .await
                    .is_err(),
                "no entry, no answer"
            );
        }
        let gone = if on_a_server {
            format!("drop trigger swallow on {table}")
        } else {
            "drop trigger swallow".to_owned()
        };
        run(house, &[&gone]).await;
        let status = house
            .gate
            .view(&dora, ShowAppointment(id))
            .await
            .unwrap()
            .status;
        assert_eq!(status, interpres_scheduling::Status::Requested, "{table}");
    }
    assert_eq!(sweep(house).await, 0);
}
