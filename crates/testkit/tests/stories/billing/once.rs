//! The same request twice has one effect, and its outcome is nobody else's.
use base64::{Engine, engine::general_purpose::STANDARD};
use interpres_accounts::MintApiKey;
use interpres_gate::{Once, Refusal};
use interpres_scheduling::{AppointmentInput, BookAppointment};
use interpres_testkit::{House, apply, story};
use interpres_vault::{Key, Place, checksum, sha256};

#[apply(story)]
async fn the_same_request_twice_has_one_effect_and_one_answer(house: &House) {
    let dora = house.enters("Dora").await;
    let input = |start: &str| AppointmentInput {
        date: "2027-03-10".into(),
        start: start.into(),
        minutes: "60".into(),
        language: "Spanish".into(),
        service_type: "phone".into(),
        team: "Denver Metro".into(),
        customer: "St. Brigid Hospital".into(),
        ..AppointmentInput::default()
    };
    let book = async |start: &str| {
        house
            .gate
            .perform(
                &dora
                    .clone()
                    .once(Some(Once::new("key-1", &[start.as_bytes()]))),
                BookAppointment {
                    input: input(start),
                },
            )
            .await
    };
    let (first, second) = (book("09:00").await.unwrap(), book("09:00").await.unwrap());
    assert_eq!((first.id, &first.reference), (second.id, &second.reference));
    assert!(matches!(book("10:00").await, Err(Refusal::Conflict(_))));
}

#[apply(story)]
async fn who_has_the_data_and_guesses_the_key_of_a_request_opens_no_outcome(house: &House) {
    let dora = house
        .enters("Dora")
        .await
        .once(Some(Once::new("key-1", &[b"asked"])));
    let mint = MintApiKey {
        name: "Sync".parse().unwrap(),
        days: 30,
        only: "".into(),
        networks: "".into(),
    };
    house.gate.perform(&dora, mint).await.unwrap();
    let kept = house
        .raw("select workspace_id, key, digest, outcome from idempotency")
        .await;
    let (workspace, mark) = (
        kept[0].text("workspace_id").unwrap(),
        kept[0].text("key").unwrap(),
    );
    let guessed = Key::from_bytes(sha256(b"key-1"));
    assert_eq!(
        STANDARD.encode(checksum(&guessed.derive("mark"), &[&0_u32.to_be_bytes()])),
        mark,
        "it can be told that it was sent"
    );
    let place = Place {
        workspace,
        table: "idempotency",
        column: "outcome",
        row: mark,
    };
    let outcome = STANDARD.decode(kept[0].text("outcome").unwrap()).unwrap();
    assert!(guessed.derive("outcome").open(&place, &outcome).is_err());
    let asked = checksum(&guessed, &[b"asked"]);
    assert_ne!(
        kept[0].bytes("digest").unwrap(),
        checksum(
            &guessed,
            &[
                &asked,
                <MintApiKey as interpres_gate::Command>::ACTION
                    .name()
                    .as_bytes()
            ]
        ),
        "nor is a guess of what was asked borne out"
    );
}
