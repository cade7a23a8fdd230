//! Somebody with the database in hand makes or changes what lets people in: nobody comes in by it.
use crate::audit_log::past_the_gate::{found, is_let_in, keep, pairs, run};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use interpres_accounts::{ChangeMember, ListNotices, MemberInput};
use interpres_dispatch::AssignInterpreter;
use interpres_gate::{Origin, Refusal, audit_log::leaf_hash};
use interpres_scheduling::ShowAppointment;
use interpres_testkit::{House, apply, story};
use interpres_types::INSTALLATION;

async fn user(house: &House, first: &str) -> String {
    let email = &house.person(first).email;
    house
        .raw(&format!(
            "select user_id from member_row where email = '{email}'"
        ))
        .await[0]
        .text("user_id")
        .unwrap()
        .to_owned()
}

#[apply(story)]
async fn a_role_raised_past_the_gate_lets_nobody_in_for_even_one_request(house: &House) {
    let dora = house.enters("Dora").await;
    house
        .tamper("update member_row set role = 'owner' where email = 'dora@frontrange.example'")
        .await
        .unwrap();
    assert!(!is_let_in(house, &house.person("Dora").api_key).await);
    let assign = AssignInterpreter {
        appointment: house.world.appointments["FR-1001"],
        interpreter: house.world.interpreters["Ines"],
    };
    assert!(
        matches!(
            house.gate.perform(&dora, assign).await,
            Err(Refusal::Forbidden)
        ),
        "nor whoever is in already"
    );
    assert_eq!(found(house).await, pairs(&[("member", "row")]));
}

#[apply(story)]
async fn a_membership_put_back_to_what_it_was_gives_nothing_back(house: &House) {
    let (sam, olivia) = (house.enters("Sam").await, house.enters("Olivia").await);
    let member = house
        .raw(&format!(
            "select id from member_row where email = '{}'",
            house.person("Sam").email
        ))
        .await[0]
        .text("id")
        .unwrap()
        .to_owned();
    keep(house, &["member_row"]).await;
    let input = MemberInput {
        role: "viewer".into(),
        ..MemberInput::default()
    };
    house
        .gate
        .perform(
            &olivia,
            ChangeMember {
                id: member.parse().unwrap(),
                version: None,
                input,
            },
        )
        .await
        .unwrap();
    run(
        house,
        &[
            &format!("delete from member_row where id = '{member}'"),
            &format!("insert into member_row select * from kept_member_row where id = '{member}'"),
            "drop table kept_member_row",
        ],
    )
    .await;
    let assign = AssignInterpreter {
        appointment: house.world.appointments["FR-1001"],
        interpreter: house.world.interpreters["Ines"],
    };
    assert!(matches!(
        house.gate.perform(&sam, assign).await,
        Err(Refusal::Forbidden)
    ));
    assert_eq!(found(house).await, pairs(&[("member", "row")]));
}

#[apply(story)]
async fn a_workspace_or_agreement_changed_past_the_gate_opens_nothing(house: &House) {
    run(
        house,
        &[
            "update agreement_row set text_version = 'other' where workspace_id = {w} \
            and kind = 'baa'",
        ],
    )
    .await;
    let dora = house.enters("Dora").await;
    let seen = house
        .gate
        .view(&dora, ShowAppointment(house.world.appointments["FR-1001"]))
        .await
        .unwrap()
        .into_inner();
    assert!(
        seen.lep_client.unwrap().is_masked(),
        "without an agreement that is one, clients are sealed from view"
    );
    run(
        house,
        &["update workspace_row set name = 'Another' where id = {w}"],
    )
    .await;
    assert!(!is_let_in(house, &house.person("Dora").api_key).await);
    // What was found is written down with the next commit.
    house.gate.sweep(INSTALLATION).await.unwrap();
    let rows = house
        .raw("select kind from integrity_incident where found = 'row' order by kind")
        .await;
    assert_eq!(
        rows.iter()
            .map(|row| row.text("kind").unwrap())
            .collect::<Vec<_>>(),
        ["agreement", "workspace"]
    );
}

#[apply(story)]
async fn a_key_or_session_that_was_put_there_or_changed_lets_nobody_in(house: &House) {
    let (olivia, dora) = (user(house, "Olivia").await, user(house, "Dora").await);
    let body = "ipk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let key = format!(
        "{body}{}",
        &URL_SAFE_NO_PAD.encode(leaf_hash(body.as_bytes()))[..6]
    );
    let hash = house.literal(&leaf_hash(key.as_bytes()));
    run(
        house,
        &[&format!(
            "insert into api_key (token_hash, id, workspace_id, user_id, name, created_at, \
            ends_at, strength, checksum)
             select {hash}, id, workspace_id, user_id, 'forged', created_at, ends_at, strength, \
            checksum from api_key where user_id = '{olivia}'"
        )],
    )
    .await;
    assert!(!is_let_in(house, &key).await, "put there");
    run(
        house,
        &["update api_key set checksum = null where name = 'forged'"],
    )
    .await;
    assert!(!is_let_in(house, &key).await, "put there as one of before");
    run(
        house,
        &[&format!(
            "update api_key set user_id = '{olivia}' where user_id = '{dora}'"
        )],
    )
    .await;
    assert!(
        !is_let_in(house, &house.person("Dora").api_key).await,
        "made somebody else's"
    );
    let session = house.literal(&leaf_hash(b"forged"));
    run(
        house,
        &[&format!(
            "insert into session (token_hash, id, workspace_id, user_id, created_at, \
            last_seen_at, ends_at, idle_seconds, csrf, strength)
             values ({session}, '{olivia}', {{w}}, '{olivia}', {now}, {now}, {now} + 3600000000, \
            900, 'x', 2)",
            now = house.gate.now().micros()
        )],
    )
    .await;
    assert!(
        house
            .gate
            .admit_session("forged", Origin::default())
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(
        found(house).await,
        pairs(&[
            ("api_key", "pass"),
            ("api_key", "pass"),
            ("session", "pass")
        ])
    );
    let notices = house
        .gate
        .view(&house.enters("Olivia").await, ListNotices)
        .await
        .unwrap()
        .into_inner();
    assert!(
        notices.items.iter().any(|n| n.path == "/audit/integrity"),
        "those in charge are told"
    );
}

#[apply(story)]
async fn a_forged_key_letter_or_domain_is_found_by_the_sweep_although_nobody_used_it(
    house: &House,
) {
    run(
        house,
        &[
            "insert into letter (workspace_id, id, address, subject, text, path, ticket, at, \
            next_at, tries) values ({w}, '0190d6a5-7c3e-7a1b-8e4f-00112233aabb', \
            'thief@example.org', 's', 't', '/reset', '{}', 1, 1, 0)",
            "insert into provider_domain (domain, workspace_id, provider_id) \
            values ('frontrange.example', {w}, '0190d6a5-7c3e-7a1b-8e4f-00112233aabb')",
        ],
    )
    .await;
    assert!(
        house
            .gate
            .provider_of_domain("frontrange.example")
            .await
            .unwrap()
            .is_none()
    );
    let courier = house
        .gate
        .worker(house.ours(), interpres_gate::WorkerKind::Courier);
    assert!(
        house
            .gate
            .perform(&courier, interpres_gate::TakeLetters)
            .await
            .unwrap()
            .is_empty(),
        "it is not sent"
    );
    assert_eq!(house.gate.sweep(INSTALLATION).await.unwrap(), 2);
    assert_eq!(
        found(house).await,
        pairs(&[("letter", "pass"), ("provider_domain", "pass")])
    );
}

#[apply(story)]
async fn keys_of_before_their_seals_are_taken_over_once(house: &House) {
    let key = &house.person("Dora").api_key;
    run(house, &["update api_key set checksum = null"]).await;
    house.gate.seal_passes().await.unwrap();
    assert!(!is_let_in(house, key).await, "this was done here already");
    house
        .from_before_seals("update api_key set name = 'of before'")
        .await;
    assert!(is_let_in(house, key).await);
}
