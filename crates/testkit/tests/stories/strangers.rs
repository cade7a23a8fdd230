//! Every action against every role: who lacks the permission is refused, and the refusal is in the
//! log; who belongs elsewhere finds nothing.
use interpres_accounts::*;
use interpres_billing::*;
use interpres_compliance::*;
use interpres_directory::*;
use interpres_dispatch::*;
use interpres_gate::{
    Action, ActionKind, Actor, Command, CompareVersions, ExportEntries, ExportWorkspace, Gate,
    HandOverLogKey, ListDrills, ListEntries, Permission, ProveEntry, ProveGrowth, Query, Refusal,
    RestoreInput, RestoreRecord, Role, ShowHistory, ShowIntegrity, ShowLogHead,
};
use interpres_imports::*;
use interpres_policy::grant;
use interpres_rates::*;
use interpres_scheduling::*;
use interpres_sso::{
    scim::{EndScimTokens, MintScimToken, ScimTokens},
    *,
};
use interpres_testkit::{House, stories};
use interpres_types::{
    AccessReviewId, AgreementOfferId, ApiKeyId, BreakGlassId, CustomerId, FindingId, ImportId,
    InterpreterId, InvitationId, InvoiceId, MemberId, ModeChangeId, OfferId, PictureId, ProviderId,
    RecoveryId, RoleId, SavedQueryId, ServiceId, TeamId, VoucherId, WatchId,
};
use std::collections::BTreeSet;

/// What an attempt at one action gave.
struct Attempt {
    action: &'static str,
    permission: Permission,
    refusal: Option<Refusal>,
}

async fn view<Q: Query>(gate: &Gate, actor: &Actor, query: Q) -> Attempt {
    Attempt {
        action: Q::ACTION.name(),
        permission: Q::PERMISSION,
        refusal: gate.view(actor, query).await.err(),
    }
}

async fn perform<C: Command>(gate: &Gate, actor: &Actor, command: C) -> Attempt {
    Attempt {
        action: C::ACTION.name(),
        permission: C::PERMISSION,
        refusal: gate.perform(actor, command).await.err(),
    }
}

fn member_of(actor: &Actor) -> AddMember {
    let (user, name, email) = (
        actor.user().unwrap(),
        "Nobody".parse().unwrap(),
        "nobody@frontrange.example".parse().unwrap(),
    );
    AddMember {
        user,
        name,
        email,
        role: Role::Viewer,
        teams: Vec::new(),
        interpreter: None,
        customer: None,
    }
}

/// Every action, tried on records of Front Range.
async fn try_everything(house: &House, actor: &Actor) -> Vec<Attempt> {
    let (g, a) = (&house.gate, actor);
    let appointment = house.world.appointments["FR-1001"];
    let (interpreter, customer): (InterpreterId, CustomerId) = (
        house.world.interpreters["Pablo"],
        house.world.customers["St. Brigid Hospital"],
    );
    let (offer, voucher, invoice, import) = (
        OfferId::NONE,
        VoucherId::NONE,
        InvoiceId::NONE,
        ImportId::NONE,
    );
    vec![
        view(g, a, ListAppointments::default()).await,
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
        view(g, a, interpres_gate::ListFailedJobs::default()).await,
        perform(
            g,
            a,
            interpres_gate::TryJobAgain {
                kind: "offers.advance".into(),
                subject: "".into(),
            },
        )
        .await,
        perform(g, a, AdvanceOffers).await,
        perform(
            g,
            a,
            FileVoucher {
                appointment,
                input: VoucherInput::default(),
            },
        )
        .await,
        view(g, a, ListVouchers::default()).await,
        view(g, a, ShowVoucher(voucher)).await,
        view(g, a, VoucherOfAppointment(appointment)).await,
        perform(
            g,
            a,
            ApproveVoucher {
                id: voucher,
                version: None,
            },
        )
        .await,
        perform(
            g,
            a,
            ReturnVoucher {
                id: voucher,
                reason: "x".into(),
            },
        )
        .await,
        view(g, a, ListInvoices::default()).await,
        view(g, a, ShowInvoice(invoice)).await,
        view(g, a, ListUninvoiced::default()).await,
        perform(
            g,
            a,
            MakeInvoice::of(InvoiceInput {
                customer: customer.to_string().into(),
            }),
        )
        .await,
        perform(g, a, SendInvoice(invoice)).await,
        view(g, a, ListRates::default()).await,
        perform(
            g,
            a,
            SetRate {
                input: RateInput::default(),
            },
        )
        .await,
        view(g, a, ListInterpreters::default()).await,
        view(g, a, ShowInterpreter(interpreter)).await,
        perform(
            g,
            a,
            AddInterpreter {
                input: InterpreterInput::default(),
                id: None,
            },
        )
        .await,
        perform(g, a, InviteInterpreter(interpreter)).await,
        perform(
            g,
            a,
            EditInterpreter {
                id: interpreter,
                version: None,
                input: InterpreterInput::default(),
            },
        )
        .await,
        view(g, a, ListCustomers::default()).await,
        view(g, a, ShowCustomer(customer)).await,
        perform(
            g,
            a,
            AddCustomer {
                input: CustomerInput::default(),
            },
        )
        .await,
        perform(
            g,
            a,
            EditCustomer {
                id: customer,
                version: None,
                input: CustomerInput::default(),
            },
        )
        .await,
        view(g, a, ListImports).await,
        view(
            g,
            a,
            ReviewImport {
                id: import,
                after: "".into(),
                only: "".into(),
            },
        )
        .await,
        view(g, a, RejectedLines(import)).await,
        perform(
            g,
            a,
            MapValues {
                import,
                input: MapInput::default(),
            },
        )
        .await,
        perform(g, a, StartImport(import)).await,
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
            HoldAppointment {
                id: appointment,
                input: HoldInput::default(),
            },
        )
        .await,
        perform(g, a, ReleaseHold(appointment)).await,
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
        view(g, a, ListHolds::default()).await,
        view(g, a, ShowDisclosures(appointment)).await,
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
        perform(g, a, member_of(a)).await,
        view(g, a, ListProviders).await,
        view(g, a, ListReviews).await,
        view(
            g,
            a,
            ListReviewLines {
                review: AccessReviewId::NONE.to_string().into(),
                ..ListReviewLines::default()
            },
        )
        .await,
        perform(g, a, OpenReview).await,
        perform(
            g,
            a,
            DecideReview {
                id: AccessReviewId::NONE,
                input: DecideInput::default(),
            },
        )
        .await,
        perform(g, a, SignReview(AccessReviewId::NONE)).await,
        perform(
            g,
            a,
            OpenByBreakGlass {
                input: BreakGlassInput::default(),
            },
        )
        .await,
        view(g, a, ShowUnderGlass(BreakGlassId::NONE)).await,
        view(g, a, ListBroken::default()).await,
        perform(
            g,
            a,
            ReviewBroken {
                id: BreakGlassId::NONE,
                justified: true,
            },
        )
        .await,
        perform(g, a, UnlinkIdentity(MemberId::NONE)).await,
        perform(
            g,
            a,
            SaveProvider {
                id: None,
                input: ProviderInput::default(),
            },
        )
        .await,
        perform(g, a, EndProvider(ProviderId::NONE)).await,
        view(g, a, ScimTokens).await,
        perform(g, a, MintScimToken).await,
        perform(g, a, EndScimTokens).await,
        view(g, a, ListPeople::default()).await,
        view(g, a, ShowMember(MemberId::NONE)).await,
        perform(
            g,
            a,
            ChangeMember {
                id: MemberId::NONE,
                version: None,
                input: MemberInput::default(),
            },
        )
        .await,
        perform(
            g,
            a,
            EndMember {
                id: MemberId::NONE,
                remove: false,
            },
        )
        .await,
        perform(g, a, ReinstateMember(MemberId::NONE)).await,
        perform(g, a, SignMemberOut(MemberId::NONE)).await,
        perform(
            g,
            a,
            AskRecovery {
                id: MemberId::NONE,
                input: RecoveryInput::default(),
            },
        )
        .await,
        perform(
            g,
            a,
            AnswerRecovery {
                id: RecoveryId::NONE,
                agree: true,
            },
        )
        .await,
        perform(
            g,
            a,
            InvitePerson {
                input: InviteInput::default(),
            },
        )
        .await,
        view(g, a, ListInvitations::default()).await,
        perform(g, a, ResendInvitation(InvitationId::NONE)).await,
        perform(g, a, RevokeInvitation(InvitationId::NONE)).await,
        view(g, a, ListRoles).await,
        perform(
            g,
            a,
            SaveRole {
                id: None,
                version: None,
                input: RoleInput::default(),
            },
        )
        .await,
        perform(g, a, DropRole(RoleId::NONE)).await,
        perform(
            g,
            a,
            SaveTeam {
                id: None,
                input: TeamInput::default(),
            },
        )
        .await,
        view(g, a, ShowSecurity).await,
        perform(
            g,
            a,
            SetSecurity {
                version: None,
                input: SecurityInput::default(),
            },
        )
        .await,
        perform(g, a, AcceptOwnership).await,
        perform(g, a, RevokeApiKey(ApiKeyId::NONE)).await,
        perform(
            g,
            a,
            EndSessions {
                session: Some("none".into()),
            },
        )
        .await,
        perform(
            g,
            a,
            SetProfile {
                version: None,
                input: ProfileInput::default(),
            },
        )
        .await,
        perform(
            g,
            a,
            SignOut {
                session: "none".into(),
            },
        )
        .await,
        perform(
            g,
            a,
            MintApiKey {
                name: "x".parse().unwrap(),
                days: 0,
                only: "".into(),
                networks: "".into(),
            },
        )
        .await,
        view(g, a, ShowTeam(TeamId::NONE)).await,
        perform(
            g,
            a,
            LimitTeam {
                id: TeamId::NONE,
                version: None,
                input: LimitInput::default(),
            },
        )
        .await,
        view(g, a, ListAcceptances::default()).await,
        view(g, a, ShowWorkspace).await,
        perform(
            g,
            a,
            SetWorkspace {
                version: None,
                input: WorkspaceInput::default(),
            },
        )
        .await,
        view(g, a, ListServices).await,
        view(g, a, ShowService(ServiceId::NONE)).await,
        perform(
            g,
            a,
            SaveService {
                id: None,
                version: None,
                input: ServiceInput::default(),
            },
        )
        .await,
        perform(g, a, EndService(ServiceId::NONE)).await,
        perform(
            g,
            a,
            MintServiceKey {
                id: ServiceId::NONE,
                name: "x".parse().unwrap(),
                days: 1,
                only: "".into(),
            },
        )
        .await,
        perform(
            g,
            a,
            RevokeServiceKey {
                id: ServiceId::NONE,
                key: ApiKeyId::NONE,
            },
        )
        .await,
        view(g, a, ListTeams).await,
        view(g, a, ListNotices).await,
        view(g, a, MyAccount).await,
        view(g, a, MyProfile).await,
        perform(g, a, MarkNoticesRead).await,
    ]
}

/// What only hands of the gate's own do: doorkeeper, operator, workers, and people with their own
/// account in the installation, where nobody else's is.
const BY_HANDS: [&str; 54] = [
    "access.turn-away",
    "account.look-up",
    "account.open",
    "account.sign-in",
    "address.ask",
    "address.prove",
    "agreement.end",
    "agreement.offer",
    "api-key.revoke",
    "audit.stream",
    "backup.drill",
    "identity.link",
    "factor.add",
    "factor.begin",
    "factor.end",
    "factor.send",
    "identity.show",
    "import.add-rows",
    "import.finish",
    "import.next-rows",
    "import.reject-row",
    "import.row",
    "import.upload",
    "integrity.alarm",
    "integrity.plant",
    "integrity.quarantine",
    "integrity.sweep",
    "invitation.accept",
    "invitation.show",
    "keys.rotate-records",
    "keys.rotate-workspace",
    "letters.send",
    "log.judge",
    "log.note",
    "password.change",
    "password.forget",
    "password.reset",
    "proof.check",
    "provider.domain",
    "provider.use",
    "provision.end",
    "provision.group",
    "provision.list",
    "provision.show",
    "provision.user",
    "recovery-codes.make",
    "retention.purge",
    "retention.queue",
    "service.token",
    "session.open",
    "session.prove",
    "session.switch",
    "workspace.found",
    "workspace.import",
];

/// Actions on a record of Front Range, which others must not find.
const OF_A_RECORD: [&str; 18] = [
    "appointment.show",
    "appointment.edit",
    "appointment.cancel",
    "appointment.restore",
    "appointment.miss",
    "appointment.decline",
    "appointment.recalculate",
    "appointment.candidates",
    "appointment.offers",
    "interpreter.assign",
    "interpreter.override",
    "interpreter.remove",
    "voucher.file",
    "interpreter.show",
    "interpreter.edit",
    "customer.show",
    "customer.edit",
    "history.show",
];

stories! {
    async fn every_action_is_refused_to_every_role_that_lacks_it_and_the_refusal_is_logged(house) {
        let carl = house.enters("Carl").await;
        for first in ["Olivia", "Adam", "Maya", "Dora", "Bea", "Carl", "Vera", "Rita", "Ines"] {
            let actor = house.enters(first).await;
            let role = actor.rights().role;
            for attempt in try_everything(house, &actor).await {
                let forbidden = matches!(attempt.refusal, Some(Refusal::Forbidden));
                // Under HIPAA mode files leave by owners and by those whom an owner has named.
                let file = Action::named(attempt.action).is_some_and(|act| act.kind() == ActionKind::Export && !act.is_ones_own_file());
                let lacks = grant(role, attempt.permission).is_none() || (file && !["Olivia", "Carl"].contains(&first));
                // Reach "own" may still forbid what is seen but not one's own.
                let own_only = matches!(role, Role::Interpreter | Role::Requester);
                assert!(forbidden == lacks || (forbidden && own_only), "{role} {}: {:?}", attempt.action, attempt.refusal);
                if lacks {
                    let user = actor.user().unwrap().to_string();
                    let query = ListEntries { actor: user.into(), action: attempt.action.into(), ..ListEntries::default() };
                    let entries = house.gate.view(&carl, query).await.unwrap().into_inner().items;
                    assert!(entries.iter().any(|e| e.reason.as_deref() == Some("forbidden")), "{role} {}: no entry", attempt.action);
                }
            }
        }
    }

    async fn no_act_is_left_out_of_the_matrix(house) {
        let tried: BTreeSet<&str> = try_everything(house, &house.enters("Olivia").await).await.into_iter().map(|attempt| attempt.action).collect();
        let untried: Vec<&str> = Action::ALL.iter().map(|action| action.name()).filter(|name| !tried.contains(name) && !BY_HANDS.contains(name)).collect();
        assert_eq!(untried, [""; 0], "try them in try_everything, or say by which hand of the gate's own they are done");
    }

    async fn people_of_another_team_or_another_agency_find_nothing(house) {
        for first in ["Sam", "Tess", "Peter", "Noor"] {
            let actor = house.enters(first).await;
            let mut judged = 0;
            for attempt in try_everything(house, &actor).await.into_iter().filter(|t| OF_A_RECORD.contains(&t.action)) {
                let may = grant(actor.rights().role, attempt.permission).is_some();
                match attempt.refusal {
                    Some(Refusal::NotFound) if may => judged += 1,
                    Some(Refusal::Forbidden) if !may => {}
                    other => panic!("{first} {}: {other:?}", attempt.action),
                }
            }
            assert!(judged >= 1, "{first}");
        }
    }

    async fn with_its_role_taken_away_a_key_opens_nothing(house) {
        house.tamper("update member_row set ended_at = 1 where email = 'dora@frontrange.example'").await.unwrap();
        let key = &house.person("Dora").api_key;
        assert!(house.gate.admit_key(key, interpres_gate::Origin::default()).await.unwrap().is_none());
    }
}
