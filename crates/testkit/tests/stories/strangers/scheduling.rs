//! Appointments, candidates and offers, tried by everybody.
use super::{Attempt, perform, view};
use interpres_accounts::*;
use interpres_billing::*;
use interpres_dispatch::*;
use interpres_gate::{Actor, Gate, ListFailedJobs, TryJobAgain};
use interpres_scheduling::*;
use interpres_testkit::House;
use interpres_types::{InterpreterId, OfferId, PictureId};

pub(super) async fn appointments(house: &House, g: &Gate, a: &Actor) -> Vec<Attempt> {
    let appointment = house.world.appointments["FR-1001"];
    let client = house.client_of(appointment).await;
    vec![
        view(g, a, ListAppointments::default()).await,
        view(
            g,
            a,
            CountAppointments {
                lists: vec![ListAppointments::default()],
            },
        )
        .await,
        view(
            g,
            a,
            ExportAppointments {
                list: ListAppointments::default(),
            },
        )
        .await,
        view(g, a, ShowOverview).await,
        view(g, a, TimeToFill).await,
        view(g, a, VouchersToReview).await,
        view(g, a, ShowAppointment(appointment)).await,
        view(
            g,
            a,
            SearchAppointments {
                input: SearchInput {
                    client: "Nobody".into(),
                    ..SearchInput::default()
                },
            },
        )
        .await,
        view(g, a, CheckAppointment(AppointmentInput::default())).await,
        view(g, a, ListClients::default()).await,
        view(
            g,
            a,
            SearchClients {
                input: SearchInput {
                    client: "Nobody".into(),
                    ..SearchInput::default()
                },
            },
        )
        .await,
        view(g, a, ShowClient(client)).await,
        perform(
            g,
            a,
            EditClient {
                id: client,
                version: Some(0),
                input: ClientInput::default(),
            },
        )
        .await,
        perform(
            g,
            a,
            BookAppointment {
                input: AppointmentInput::default(),
            },
        )
        .await,
        perform(
            g,
            a,
            BookAndDispatch {
                input: AppointmentInput::default(),
                dispatch: Dispatch::Offer(OffersInput::default()),
            },
        )
        .await,
    ]
}

pub(super) async fn appointments_changed(house: &House, g: &Gate, a: &Actor) -> Vec<Attempt> {
    let appointment = house.world.appointments["FR-1001"];
    vec![
        perform(
            g,
            a,
            EditAppointment {
                id: appointment,
                version: None,
                input: AppointmentInput::default(),
            },
        )
        .await,
        perform(
            g,
            a,
            CancelAppointment {
                id: appointment,
                version: Some(0),
                input: CancelInput {
                    reason: "other".into(),
                    ..CancelInput::default()
                },
            },
        )
        .await,
        perform(g, a, RestoreAppointment { id: appointment }).await,
        perform(
            g,
            a,
            MarkMissed {
                id: appointment,
                version: Some(0),
                input: MissedInput {
                    by: "client".into(),
                    ..MissedInput::default()
                },
            },
        )
        .await,
        perform(
            g,
            a,
            DeclineAppointment {
                id: appointment,
                version: Some(0),
                input: DeclineInput::default(),
            },
        )
        .await,
        perform(
            g,
            a,
            RecalculateRates {
                id: appointment,
                input: RecalculateInput {
                    reason: "agreed anew".into(),
                    ..RecalculateInput::default()
                },
            },
        )
        .await,
        view(g, a, ListFormerAssignments::default()).await,
        perform(g, a, CheckIn(appointment)).await,
        perform(g, a, AcceptTerms(TermsInput::default())).await,
        view(g, a, ShowPicture(PictureId::NONE)).await,
        view(g, a, ShowLogo).await,
        perform(g, a, StartSession(appointment)).await,
        perform(g, a, EndSession(appointment)).await,
    ]
}

pub(super) async fn candidates_and_offers(house: &House, g: &Gate, a: &Actor) -> Vec<Attempt> {
    let appointment = house.world.appointments["FR-1001"];
    let interpreter = house.world.interpreters["Pablo"];
    let offer = OfferId::NONE;
    vec![
        view(
            g,
            a,
            ListCandidates {
                appointment,
                narrowed: Narrowed::default(),
            },
        )
        .await,
        view(
            g,
            a,
            DraftCandidates {
                input: AppointmentInput::default(),
                narrowed: Narrowed::default(),
            },
        )
        .await,
        view(g, a, OffersOfAppointment(appointment)).await,
        perform(
            g,
            a,
            MakeOffers {
                appointment,
                input: OffersInput {
                    minutes_each: "0".into(),
                    interpreter: interpreter.to_string().into(),
                    ..OffersInput::default()
                },
            },
        )
        .await,
        perform(
            g,
            a,
            AssignInterpreter {
                appointment,
                interpreter: InterpreterId::NONE,
            },
        )
        .await,
        perform(
            g,
            a,
            AssignDespiteConflict {
                appointment,
                input: OverrideInput {
                    interpreter: InterpreterId::NONE.to_string().into(),
                    reason: "urgent".into(),
                },
            },
        )
        .await,
        perform(g, a, RemoveInterpreter { appointment }).await,
        view(g, a, MyOffers).await,
        view(g, a, ShowMyOffer(offer)).await,
        perform(g, a, AcceptOffer(offer)).await,
        perform(g, a, WithdrawOffer(offer)).await,
        perform(
            g,
            a,
            RefuseOffer {
                id: offer,
                reason: "".into(),
            },
        )
        .await,
        view(g, a, ListFailedJobs::default()).await,
        perform(
            g,
            a,
            TryJobAgain {
                kind: "offers.advance".into(),
                subject: "".into(),
            },
        )
        .await,
        perform(g, a, AdvanceOffers).await,
    ]
}
