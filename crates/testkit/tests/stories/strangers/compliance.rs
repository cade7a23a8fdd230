//! The log, keeping and erasing, and HIPAA mode, tried by everybody.
use super::{Attempt, perform, view};
use interpres_compliance::*;
use interpres_gate::{
    Actor, CompareVersions, ExportEntries, ExportWorkspace, Gate, HandOverLogKey, ListDrills,
    ListEntries, ProveEntry, ProveGrowth, RestoreInput, RestoreRecord, ShowHistory, ShowIntegrity,
    ShowLogHead,
};
use interpres_testkit::House;
use interpres_types::{AgreementOfferId, FindingId, MemberId, ModeChangeId, SavedQueryId, WatchId};

pub(super) async fn the_log(g: &Gate, a: &Actor) -> Vec<Attempt> {
    vec![
        view(
            g,
            a,
            ListEntries {
                actor: "nobody".into(),
                ..ListEntries::default()
            },
        )
        .await,
        view(g, a, ExportEntries::default()).await,
        view(g, a, ProveEntry(interpres_types::EntryId::NONE)).await,
        view(g, a, ProveGrowth::default()).await,
        view(g, a, ShowLogHead).await,
        perform(g, a, HandOverLogKey).await,
        view(g, a, ShowIntegrity).await,
        view(g, a, ListDrills).await,
    ]
}

pub(super) async fn keeping_and_erasing(house: &House, g: &Gate, a: &Actor) -> Vec<Attempt> {
    let appointment = house.world.appointments["FR-1001"];
    let client = house.client_of(appointment).await;
    vec![
        perform(
            g,
            a,
            EraseClient {
                id: appointment,
                input: EraseInput {
                    reason: "a request".into(),
                },
            },
        )
        .await,
        perform(
            g,
            a,
            EraseWholeClient {
                id: client,
                input: EraseInput::default(),
            },
        )
        .await,
        perform(
            g,
            a,
            PlaceLegalHold {
                id: appointment,
                input: LegalHoldInput::default(),
            },
        )
        .await,
        perform(g, a, ReleaseLegalHold(appointment)).await,
        view(g, a, ListErasures::default()).await,
        view(g, a, ShowRetention::default()).await,
        view(g, a, ExportWorkspace).await,
        view(g, a, ExportWaiting).await,
        perform(g, a, PrepareFile).await,
        perform(
            g,
            a,
            ConfirmFile {
                input: ConfirmInput::default(),
            },
        )
        .await,
        perform(
            g,
            a,
            SetRetention {
                input: RetentionInput {
                    years: "x".into(),
                    ..RetentionInput::default()
                },
            },
        )
        .await,
        view(g, a, ListLegalHolds::default()).await,
    ]
}

pub(super) async fn what_was_found(house: &House, g: &Gate, a: &Actor) -> Vec<Attempt> {
    let appointment = house.world.appointments["FR-1001"];
    let client = house.client_of(appointment).await;
    vec![
        view(g, a, ShowDisclosures(appointment)).await,
        view(g, a, ShowClientDisclosures(client)).await,
        view(
            g,
            a,
            ListAffected {
                actor: "nobody".into(),
                ..ListAffected::default()
            },
        )
        .await,
        view(g, a, ListFindings::default()).await,
        perform(
            g,
            a,
            SignOffFinding {
                id: FindingId::NONE,
                input: SignOffInput {
                    verdict: "expected".into(),
                    ..SignOffInput::default()
                },
            },
        )
        .await,
        view(g, a, ListWatches).await,
        perform(
            g,
            a,
            WatchClient {
                input: WatchInput::default(),
            },
        )
        .await,
        perform(g, a, EndWatch(WatchId::NONE)).await,
        view(g, a, ListQueries).await,
        perform(
            g,
            a,
            SaveQuery {
                input: SaveQueryInput::default(),
            },
        )
        .await,
        perform(g, a, DropQuery(SavedQueryId::NONE)).await,
        perform(
            g,
            a,
            RestoreRecord {
                input: RestoreInput {
                    kind: "appointment".into(),
                    record: appointment.to_string().into(),
                },
            },
        )
        .await,
        view(g, a, ShowHistory::of("appointment", appointment)).await,
        view(
            g,
            a,
            CompareVersions {
                kind: "appointment".into(),
                id: appointment.to_string().into(),
                from_version: "1".into(),
                to_version: "1".into(),
            },
        )
        .await,
    ]
}

pub(super) async fn hipaa(g: &Gate, a: &Actor) -> Vec<Attempt> {
    vec![
        view(g, a, ShowHipaa(Serving::default())).await,
        view(g, a, ShowReadiness(Serving::default())).await,
        view(g, a, ListAgreements).await,
        perform(
            g,
            a,
            SignAgreement {
                id: AgreementOfferId::NONE,
                input: SignInput::default(),
            },
        )
        .await,
        perform(
            g,
            a,
            EnableHipaa {
                serving: Serving::default(),
                input: EnableInput::default(),
            },
        )
        .await,
        perform(
            g,
            a,
            DisableHipaa {
                input: DisableInput::default(),
            },
        )
        .await,
        perform(
            g,
            a,
            AnswerDisable {
                id: ModeChangeId::NONE,
                confirm: true,
            },
        )
        .await,
        perform(
            g,
            a,
            NameExporters {
                members: vec![MemberId::NONE],
            },
        )
        .await,
    ]
}
