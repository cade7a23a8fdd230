//! The JSON API: each line makes a route and its description.
use crate::{
    App,
    api_routes::{Routes, answer, params, read},
    app::issuer_fits,
    door::Keyed,
    openapi::Document,
    problem::Problem,
};
use axum::{
    Router,
    body::Bytes,
    extract::{FromRequest, Multipart, Path, RawQuery, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use interpres_accounts::{
    AnswerRecovery, AskRecovery, ChangeMember, DecideInput, DecideReview, DropRole, EndMember,
    EndService, InviteInput, InvitePerson, ListAcceptances, ListInvitations, ListNotices,
    ListPeople, ListReviewLines, ListReviews, ListRoles, ListServices, ListTeams, MemberInput,
    OpenReview, RecoveryInput, ReinstateMember, ResendInvitation, RevokeInvitation, RoleInput,
    SaveRole, SaveService, SaveTeam, SecurityInput, ServiceInput, SetSecurity, SetWorkspace,
    ShowLogo, ShowMember, ShowSecurity, ShowService, ShowWorkspace, SignMemberOut, SignReview,
    TeamInput, WorkspaceInput,
};
use interpres_billing::{
    ApproveVoucher, FileVoucher, InvoiceInput, ListInvoices, ListUninvoiced, ListVouchers,
    MakeInvoice, RecalculateInput, RecalculateRates, ReturnVoucher, SendInvoice, ShowInvoice,
    ShowVoucher, VoucherInput, VoucherOfAppointment,
};
use interpres_compliance::{
    AnswerDisable, BreakGlassInput, ConfirmFile, ConfirmInput, DisableHipaa, DisableInput,
    DropQuery, EnableHipaa, EnableInput, EndWatch, EraseClient, EraseInput, LegalHoldInput,
    ListAffected, ListAgreements, ListBroken, ListErasures, ListFindings, ListLegalHolds,
    ListQueries, ListWatches, NameExporters, OpenByBreakGlass, PlaceLegalHold, ReleaseLegalHold,
    RetentionInput, ReviewBroken, SaveQuery, SaveQueryInput, Serving, SetRetention,
    ShowDisclosures, ShowHipaa, ShowReadiness, ShowRetention, ShowUnderGlass, SignAgreement,
    SignInput, SignOffFinding, SignOffInput, WatchClient, WatchInput,
};
use interpres_directory::{
    AddCustomer, AddInterpreter, CustomerInput, EditCustomer, EditInterpreter, InterpreterInput,
    InviteInterpreter, LimitInput, LimitTeam, ListCustomers, ListInterpreters, ShowCustomer,
    ShowInterpreter, ShowTeam,
};
use interpres_dispatch::{
    AcceptOffer, AssignDespiteConflict, AssignInterpreter, ListCandidates, MakeOffers, MyOffers,
    Narrowed, OffersInput, OffersOfAppointment, OverrideInput, RefuseOffer, RemoveInterpreter,
    ShowMyOffer, WithdrawOffer,
};
use interpres_gate::{
    Actor, CompareVersions, ExportEntries, ListDrills, ListEntries, ProveEntry, ProveGrowth,
    Refusal, RestoreInput, RestoreRecord, ShowHistory, ShowIntegrity, ShowLogHead,
};
use interpres_imports::{
    ImportKind, ListImports, MapInput, MapValues, RejectedLines, ReviewImport, StartImport, run,
    upload,
};
use interpres_paper::PaperError;
use interpres_rates::{ListRates, RateInput, SetRate};
use interpres_scheduling::{
    AppointmentInput, BookAppointment, CancelAppointment, CancelInput, CheckIn, DeclineAppointment,
    DeclineInput, EditAppointment, EndSession, ListAppointments, ListFormerAssignments, MarkMissed,
    MissedInput, RestoreAppointment, SearchAppointments, SearchInput, ShowAppointment,
    StartSession,
};
use interpres_sso::{
    EndProvider, ListProviders, ProviderInput, SaveProvider, UnlinkIdentity,
    scim::{EndScimTokens, ScimTokens},
};
use interpres_types::{Field, ImportId, InvoiceId, MemberId, Rule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A body that says nothing.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Why an offer is refused.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct ReasonInput {
    /// In words.
    reason: Field,
}

/// Who may take files away.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct ExportersInput {
    /// The members' ids; owners always may.
    members: Vec<MemberId>,
}

/// Whom to assign.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct AssignmentInput {
    /// The interpreter's id; required.
    interpreter: Field,
}

/// Every route of the API, and the document that describes them.
pub(crate) fn routes(serving: Serving) -> (Router<App>, String) {
    let all = Routes {
        router: Router::new(),
        document: Document::new(),
    }
    .list::<ListInterpreters>("/interpreters", "List interpreters")
    .act(
        "/interpreters",
        "Add an interpreter",
        |(), input: InterpreterInput| Ok(AddInterpreter { input, id: None }),
    )
    .show("/interpreters/{id}", "Show an interpreter", ShowInterpreter)
    .replace(
        "/interpreters/{id}",
        "Change an interpreter",
        |id, version, input: InterpreterInput| EditInterpreter { id, version, input },
    )
    .act(
        "/interpreters/{id}/invitation",
        "Invite an interpreter to sign up",
        |id, _: Nothing| Ok(InviteInterpreter(id)),
    )
    .list::<ListCustomers>("/customers", "List customers")
    .act(
        "/customers",
        "Add a customer",
        |(), input: CustomerInput| Ok(AddCustomer { input }),
    )
    .show("/customers/{id}", "Show a customer", ShowCustomer)
    .replace(
        "/customers/{id}",
        "Change a customer",
        |id, version, input: CustomerInput| EditCustomer { id, version, input },
    )
    .list::<ListAppointments>("/appointments", "List appointments")
    .act(
        "/appointments",
        "Book an appointment",
        |(), input: AppointmentInput| Ok(BookAppointment { input }),
    )
    .ask(
        "/appointments/search",
        "Find a client's appointments by name",
        |input: SearchInput| SearchAppointments { input },
    )
    .show("/appointments/{id}", "Show an appointment", ShowAppointment)
    .replace(
        "/appointments/{id}",
        "Change an appointment",
        |id, version, input: AppointmentInput| EditAppointment { id, version, input },
    )
    .show(
        "/appointments/{id}/candidates",
        "Who could take it, and why the others can't",
        |appointment| ListCandidates {
            appointment,
            narrowed: Narrowed::default(),
        },
    )
    .show(
        "/appointments/{id}/offers",
        "Its offers",
        OffersOfAppointment,
    )
    .act(
        "/appointments/{id}/offers",
        "Offer it: single, sequence or broadcast",
        |appointment, input: OffersInput| Ok(MakeOffers { appointment, input }),
    )
    .act(
        "/appointments/{id}/assignment",
        "Assign an interpreter without asking",
        |appointment, input: AssignmentInput| {
            Ok(AssignInterpreter {
                appointment,
                interpreter: need("interpreter", &input.interpreter)?,
            })
        },
    )
    .act(
        "/appointments/{id}/assignment/override",
        "Assign an interpreter despite a conflict, for a reason",
        |appointment, input: OverrideInput| Ok(AssignDespiteConflict { appointment, input }),
    )
    .act(
        "/appointments/{id}/assignment/removal",
        "Take it back from its interpreter",
        |appointment, _: Nothing| Ok(RemoveInterpreter { appointment }),
    )
    .act(
        "/appointments/{id}/cancellation",
        "Cancel it",
        |id, input: CancelInput| {
            Ok(CancelAppointment {
                id,
                version: None,
                input,
            })
        },
    )
    .act(
        "/appointments/{id}/missed",
        "Mark it as missed, with who did not come",
        |id, input: MissedInput| {
            Ok(MarkMissed {
                id,
                version: None,
                input,
            })
        },
    )
    .act(
        "/appointments/{id}/declination",
        "Turn a request down",
        |id, input: DeclineInput| {
            Ok(DeclineAppointment {
                id,
                version: None,
                input,
            })
        },
    )
    .act(
        "/appointments/{id}/recalculation",
        "Freeze its rates anew, for a reason",
        |id, input: RecalculateInput| Ok(RecalculateRates { id, input }),
    )
    .act(
        "/appointments/{id}/restoration",
        "Take a final status back",
        |id, _: Nothing| Ok(RestoreAppointment { id }),
    )
    .act(
        "/appointments/{id}/check-in",
        "Check in, or mark arrived",
        |id, _: Nothing| Ok(CheckIn(id)),
    )
    .act(
        "/appointments/{id}/start",
        "Start the timer",
        |id, _: Nothing| Ok(StartSession(id)),
    )
    .act(
        "/appointments/{id}/end",
        "End the session",
        |id, _: Nothing| Ok(EndSession(id)),
    )
    .show(
        "/appointments/{id}/voucher",
        "Its voucher",
        VoucherOfAppointment,
    )
    .act(
        "/appointments/{id}/voucher",
        "File its voucher",
        |appointment, input: VoucherInput| Ok(FileVoucher { appointment, input }),
    )
    .list::<ListFormerAssignments>(
        "/former-assignments",
        "One's own appointments that were taken away, latest first",
    )
    .fixed("/offers", "One's own open offers", MyOffers)
    .show("/offers/{id}", "One of one's own offers", ShowMyOffer)
    .act(
        "/offers/{id}/acceptance",
        "Accept an offer",
        |id, _: Nothing| Ok(AcceptOffer(id)),
    )
    .act(
        "/offers/{id}/withdrawal",
        "Withdraw an open offer",
        |id, _: Nothing| Ok(WithdrawOffer(id)),
    )
    .act(
        "/offers/{id}/refusal",
        "Refuse an offer",
        |id, input: ReasonInput| {
            Ok(RefuseOffer {
                id,
                reason: input.reason,
            })
        },
    )
    .list::<ListVouchers>("/vouchers", "List vouchers")
    .show("/vouchers/{id}", "Show a voucher", ShowVoucher)
    .act(
        "/vouchers/{id}/approval",
        "Approve a voucher",
        |id, _: Nothing| Ok(ApproveVoucher { id, version: None }),
    )
    .act(
        "/vouchers/{id}/return",
        "Send a voucher back",
        |id, input: ReasonInput| {
            Ok(ReturnVoucher {
                id,
                reason: input.reason,
            })
        },
    )
    .list::<ListInvoices>("/invoices", "List invoices")
    .act(
        "/invoices",
        "Invoice a customer's approved work",
        |(), input: InvoiceInput| Ok(MakeInvoice::of(input)),
    )
    .list::<ListUninvoiced>(
        "/invoices/waiting",
        "Customers with work to invoice, by name",
    )
    .show("/invoices/{id}", "Show an invoice", ShowInvoice)
    .act(
        "/invoices/{id}/sending",
        "Mark an invoice as sent",
        |id, _: Nothing| Ok(SendInvoice(id)),
    )
    .list::<ListRates>("/rates", "Rate cards, latest first")
    .act("/rates", "Set a rate", |(), input: RateInput| {
        Ok(SetRate { input })
    })
    .fixed("/imports", "The latest uploads", ListImports)
    .show("/imports/{id}", "The review of an upload", |id| {
        ReviewImport {
            id,
            after: Field::default(),
            only: Field::default(),
        }
    })
    .act(
        "/imports/{id}/mapping",
        "Say how columns and values are meant",
        |import, input: MapInput| Ok(MapValues { import, input }),
    )
    .fixed("/teams", "Teams", ListTeams)
    .list::<ShowHistory>(
        "/history",
        "The versions of a record, latest first, and what each changed",
    )
    .list::<CompareVersions>(
        "/history/compare",
        "What differs between two versions of a record",
    )
    .list::<ListPeople>("/people", "Members, by name")
    .show(
        "/people/{id}",
        "Show a member, with what they come in by",
        ShowMember,
    )
    .replace(
        "/people/{id}",
        "Give a member another role or other teams",
        |id, version, input: MemberInput| ChangeMember { id, version, input },
    )
    .act(
        "/people/{id}/deactivation",
        "Deactivate a member: sessions, keys and links end at once",
        |id, _: Nothing| Ok(EndMember { id, remove: false }),
    )
    .act(
        "/people/{id}/removal",
        "Remove a member for good",
        |id, _: Nothing| Ok(EndMember { id, remove: true }),
    )
    .act(
        "/people/{id}/reinstatement",
        "Let a deactivated member in again",
        |id, _: Nothing| Ok(ReinstateMember(id)),
    )
    .act(
        "/people/{id}/recovery",
        "Ask for a way back in for a member who lost their second factors",
        |id, input: RecoveryInput| Ok(AskRecovery { id, input }),
    )
    .act(
        "/recoveries/{id}/agreement",
        "Agree to a way back in, as another admin",
        |id, _: Nothing| Ok(AnswerRecovery { id, agree: true }),
    )
    .act(
        "/recoveries/{id}/refusal",
        "Drop a way back in",
        |id, _: Nothing| Ok(AnswerRecovery { id, agree: false }),
    )
    .act(
        "/people/{id}/unlinking",
        "Let go of a member's sign-in by an identity provider",
        |id, _: Nothing| Ok(UnlinkIdentity(id)),
    )
    .act(
        "/people/{id}/sign-out",
        "Sign a member out everywhere",
        |id, _: Nothing| Ok(SignMemberOut(id)),
    )
    .list::<ListInvitations>("/invitations", "Invitations, latest first")
    .act(
        "/invitations",
        "Invite a person by mail",
        |(), input: InviteInput| Ok(InvitePerson { input }),
    )
    .act(
        "/invitations/{id}/resending",
        "Send an invitation again",
        |id, _: Nothing| Ok(ResendInvitation(id)),
    )
    .act(
        "/invitations/{id}/revocation",
        "Take an invitation back",
        |id, _: Nothing| Ok(RevokeInvitation(id)),
    )
    .fixed(
        "/roles",
        "Roles that people can be given, and what each holds",
        ListRoles,
    )
    .act("/roles", "Make a role", |(), input: RoleInput| {
        Ok(SaveRole {
            id: None,
            version: None,
            input,
        })
    })
    .replace(
        "/roles/{id}",
        "Change a role",
        |id, version, input: RoleInput| SaveRole {
            id: Some(id),
            version,
            input,
        },
    )
    .act(
        "/roles/{id}/end",
        "Drop a role that nobody holds",
        |id, _: Nothing| Ok(DropRole(id)),
    )
    .fixed(
        "/services",
        "Programs with a role of their own",
        ListServices,
    )
    .act("/services", "Add a service", |(), input: ServiceInput| {
        Ok(SaveService {
            id: None,
            version: None,
            input,
        })
    })
    .show(
        "/services/{id}",
        "Show a service, with its keys",
        ShowService,
    )
    .replace(
        "/services/{id}",
        "Change a service",
        |id, version, input: ServiceInput| SaveService {
            id: Some(id),
            version,
            input,
        },
    )
    .act(
        "/services/{id}/end",
        "End a service: its keys open nothing from the same moment",
        |id, _: Nothing| Ok(EndService(id)),
    )
    .act("/teams", "Add a team", |(), input: TeamInput| {
        Ok(SaveTeam { id: None, input })
    })
    .show("/teams/{id}", "A team with what it is limited to", ShowTeam)
    .replace(
        "/teams/{id}",
        "Limit a team to customers, interpreters or ways of working",
        |id, version, input: LimitInput| LimitTeam { id, version, input },
    )
    .act("/teams/{id}", "Rename a team", |id, input: TeamInput| {
        Ok(SaveTeam {
            id: Some(id),
            input,
        })
    })
    .fixed(
        "/agreements",
        "Agreements with the operator, waiting ones first",
        ListAgreements,
    )
    .list::<ListAcceptances>(
        "/acceptances",
        "Which members accepted which user terms, by name",
    )
    .act(
        "/agreements/{id}/signature",
        "Sign the agreement that waits",
        |id, input: SignInput| Ok(SignAgreement { id, input }),
    )
    .fixed(
        "/hipaa",
        "The HIPAA configuration: what must hold, and whether it does",
        ShowHipaa(serving.clone()),
    )
    .act("/hipaa", "Switch HIPAA mode on", {
        let serving = serving.clone();
        move |(), input: EnableInput| {
            Ok(EnableHipaa {
                serving: serving.clone(),
                input,
            })
        }
    })
    .act(
        "/hipaa/exporters",
        "Name who may take files away under HIPAA mode",
        |(), input: ExportersInput| {
            Ok(NameExporters {
                members: input.members,
            })
        },
    )
    .fixed(
        "/readiness",
        "The readiness report: each safeguard with evidence",
        ShowReadiness(serving.clone()),
    )
    .act(
        "/hipaa/end",
        "Switch HIPAA mode off, or ask a second person to",
        |(), input: DisableInput| Ok(DisableHipaa { input }),
    )
    .act(
        "/hipaa/changes/{id}/confirmation",
        "Confirm the switch that waits",
        |id, _: Nothing| Ok(AnswerDisable { id, confirm: true }),
    )
    .act(
        "/hipaa/changes/{id}/refusal",
        "Drop the switch that waits",
        |id, _: Nothing| Ok(AnswerDisable { id, confirm: false }),
    )
    .fixed(
        "/workspace",
        "What the workspace is called, where it is, and when interpreters see names",
        ShowWorkspace,
    )
    .replace(
        "/workspace",
        "Set it",
        |(), version, input: WorkspaceInput| SetWorkspace { version, input },
    )
    .fixed(
        "/security",
        "What the workspace asks of sessions, second factors and passwords",
        ShowSecurity,
    )
    .replace(
        "/security",
        "Set what the workspace asks",
        |(), version, input: SecurityInput| SetSecurity { version, input },
    )
    .fixed(
        "/access-reviews",
        "Reviews of who has access, latest first",
        ListReviews,
    )
    .act("/access-reviews", "Open a review now", |(), _: Nothing| {
        Ok(OpenReview)
    })
    .list::<ListReviewLines>(
        "/access-reviews/lines",
        "The members and services of a review, by name",
    )
    .act(
        "/access-reviews/{id}/decisions",
        "Keep, change or revoke members and services",
        |id, input: DecideInput| Ok(DecideReview { id, input }),
    )
    .act(
        "/access-reviews/{id}/signature",
        "Sign a review off",
        |id, _: Nothing| Ok(SignReview(id)),
    )
    .list::<ListBroken>("/break-glass", "Glasses that were broken, latest first")
    .act(
        "/break-glass",
        "Open an appointment of another team for a stated reason",
        |(), input: BreakGlassInput| Ok(OpenByBreakGlass { input }),
    )
    .show(
        "/break-glass/{id}",
        "The appointment under a glass one has broken",
        ShowUnderGlass,
    )
    .act(
        "/break-glass/{id}/approval",
        "Say that it was right",
        |id, _: Nothing| {
            Ok(ReviewBroken {
                id,
                justified: true,
            })
        },
    )
    .act(
        "/break-glass/{id}/concern",
        "Say that it was not right",
        |id, _: Nothing| {
            Ok(ReviewBroken {
                id,
                justified: false,
            })
        },
    )
    .fixed("/providers", "Identity providers", ListProviders)
    .act_after(
        "/providers",
        "Set an identity provider up",
        issuer_fits,
        |(), input: ProviderInput| Ok(SaveProvider { id: None, input }),
    )
    .act_after(
        "/providers/{id}",
        "Change an identity provider",
        issuer_fits,
        |id, input: ProviderInput| {
            Ok(SaveProvider {
                id: Some(id),
                input,
            })
        },
    )
    .fixed(
        "/directory-tokens",
        "Tokens of the organization's directory (SCIM)",
        ScimTokens,
    )
    .act(
        "/directory-tokens/end",
        "End every token of the directory",
        |(), _: Nothing| Ok(EndScimTokens),
    )
    .act(
        "/providers/{id}/end",
        "Take an identity provider away",
        |id, _: Nothing| Ok(EndProvider(id)),
    )
    .fixed("/notices", "One's own notices", ListNotices)
    .list::<ListEntries>("/audit/entries", "The audit log")
    .show(
        "/audit/entries/{id}/proof",
        "The proof that an entry stands in the log",
        ProveEntry,
    )
    .act(
        "/appointments/{id}/erasure",
        "Erase its client, for good",
        |id, input: EraseInput| Ok(EraseClient { id, input }),
    )
    .act(
        "/appointments/{id}/hold",
        "Place a legal hold on it",
        |id, input: LegalHoldInput| Ok(PlaceLegalHold { id, input }),
    )
    .act(
        "/appointments/{id}/hold/release",
        "Release its legal holds",
        |id, _: Nothing| Ok(ReleaseLegalHold(id)),
    )
    .list::<ListErasures>("/erasures", "Certificates of erasure")
    .list::<ShowRetention>(
        "/retention",
        "How long appointments are kept, and what waits to be purged",
    )
    .act(
        "/retention",
        "Say for how long appointments are kept",
        |(), input: RetentionInput| Ok(SetRetention { input }),
    )
    .act(
        "/retention/file/confirmation",
        "Say that the file of what waits is complete and opens",
        |(), input: ConfirmInput| Ok(ConfirmFile { input }),
    )
    .list::<ListLegalHolds>("/holds", "Legal holds that stand, latest first")
    .show(
        "/appointments/{id}/disclosures",
        "Who learned what of its client",
        ShowDisclosures,
    )
    .list::<ListAffected>(
        "/audit/affected",
        "Whose protected fields were opened by an account",
    )
    .list::<ListFindings>("/audit/findings", "What in the log asks for a look")
    .act(
        "/audit/findings/{id}/sign-off",
        "Sign a finding off",
        |id, input: SignOffInput| Ok(SignOffFinding { id, input }),
    )
    .fixed("/audit/watches", "Names under watch", ListWatches)
    .act(
        "/audit/watches",
        "Put a client's name under watch",
        |(), input: WatchInput| Ok(WatchClient { input }),
    )
    .act(
        "/audit/watches/{id}/end",
        "End a watch",
        |id, _: Nothing| Ok(EndWatch(id)),
    )
    .fixed("/audit/queries", "Saved queries of the log", ListQueries)
    .act(
        "/audit/queries",
        "Save a query of the log",
        |(), input: SaveQueryInput| Ok(SaveQuery { input }),
    )
    .act(
        "/audit/queries/{id}/drop",
        "Drop a saved query",
        |id, _: Nothing| Ok(DropQuery(id)),
    )
    .fixed(
        "/audit/drills",
        "Restore drills and what they showed",
        ListDrills,
    )
    .fixed(
        "/audit/integrity",
        "Whether records are what was saved",
        ShowIntegrity,
    )
    .act(
        "/audit/integrity/restorations",
        "Put a changed record back as its last good version says",
        |(), input: RestoreInput| Ok(RestoreRecord { input }),
    )
    .fixed(
        "/audit/head",
        "The signed checkpoint and the keys to check it by",
        ShowLogHead,
    )
    .list::<ProveGrowth>(
        "/audit/growth",
        "The proof that the log still begins as an earlier checkpoint said",
    );
    let router = all
        .router
        .route("/imports", post(take_file))
        .route("/imports/{id}/run", post(start_import))
        .route("/imports/{id}/rejected", get(rejected))
        .route("/audit/export", get(export_log))
        .route("/workspace/export", post(export_workspace))
        .route("/retention/file", post(export_waiting))
        .route("/invoices/{id}/pdf", get(pdf))
        .route("/readiness/pdf", get(readiness_on_paper))
        .route(
            "/openapi.json",
            get(|State(app): State<App>| async move {
                (
                    [(header::CONTENT_TYPE, "application/json")],
                    app.openapi.to_string(),
                )
            }),
        )
        .layer(middleware::from_fn(crate::once::by_key))
        .fallback(|| async { Problem::from(Refusal::NotFound) })
        .method_not_allowed_fallback(|| async {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method",
                "Not this way",
                "This address does not take this method.",
            )
        });
    (router, all.document.finish())
}

fn need<T: FromStr<Err = Rule>>(field: &'static str, raw: &Field) -> Result<T, Refusal> {
    let mut p = interpres_types::Problems::none();
    p.need(field, raw).ok_or(Refusal::Invalid(p))
}

/// An upload: a CSV body with `?kind=`, or a form with `kind` and `file`.
async fn take_file(
    State(app): State<App>,
    Keyed(actor): Keyed,
    RawQuery(raw): RawQuery,
    request: Request,
) -> Result<Response, Problem> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Params {
        kind: Field,
    }
    let mut params: Params = params(raw)?;
    let mut file_name = String::new();
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|t| t.starts_with("multipart/"));
    let unreadable = || {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "unreadable",
            "Not readable",
            "Send the CSV file as the body with ?kind=…, or a form with kind and file.",
        )
    };
    let mut bytes = Bytes::new();
    if is_form {
        let mut form = Multipart::from_request(request, &app)
            .await
            .map_err(|_| unreadable())?;
        while let Some(part) = form.next_field().await.map_err(|_| unreadable())? {
            match part.name() {
                Some("kind") => params.kind = part.text().await.map_err(|_| unreadable())?.into(),
                Some("file") => {
                    file_name = part.file_name().unwrap_or_default().to_owned();
                    bytes = part.bytes().await.map_err(|_| unreadable())?;
                }
                _ => {}
            }
        }
    } else {
        bytes = Bytes::from_request(request, &app)
            .await
            .map_err(|_| unreadable())?;
    }
    let kind: ImportKind = need("kind", &params.kind)?;
    let uploaded = upload(&app.gate, &actor, kind, &file_name, &bytes)
        .await?
        .into_inner();
    Ok(answer(StatusCode::CREATED, &uploaded))
}

/// Presses Import; the rows go in while the caller asks how far it is.
async fn start_import(
    State(app): State<App>,
    Keyed(actor): Keyed,
    Path(id): Path<ImportId>,
) -> Result<Response, Problem> {
    let progress = app
        .gate
        .perform(&actor, StartImport(id))
        .await?
        .into_inner();
    go_on(&app, actor, id);
    Ok(answer(StatusCode::ACCEPTED, &progress))
}

/// Imports in the background: rows that are in already are passed over, so this has no key.
pub(crate) fn go_on(app: &App, actor: Actor, id: ImportId) {
    let (gate, actor) = (app.gate.clone(), actor.once(None));
    tokio::spawn(async move {
        if let Err(refusal) = run(&gate, &actor, id).await {
            tracing::warn!(import = %id, reason = refusal.word(), "an import stopped; pressing Import again goes on");
        }
    });
}

async fn rejected(
    State(app): State<App>,
    Keyed(actor): Keyed,
    Path(id): Path<ImportId>,
) -> Result<Response, Problem> {
    let file = app.gate.view(&actor, RejectedLines(id)).await?.into_inner();
    Ok(attachment(
        "text/csv; charset=utf-8",
        &file.name,
        file.csv.into_bytes(),
    ))
}

async fn export_log(
    State(app): State<App>,
    Keyed(actor): Keyed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Problem> {
    Ok(crate::export_log::send(&app.gate, &actor, params::<ExportEntries>(raw)?).await?)
}

async fn export_workspace(
    State(app): State<App>,
    Keyed(actor): Keyed,
    bytes: Bytes,
) -> Result<Response, Problem> {
    Ok(crate::export_workspace::send(&app.gate, &actor, &read(&bytes)?).await?)
}

async fn export_waiting(
    State(app): State<App>,
    Keyed(actor): Keyed,
    bytes: Bytes,
) -> Result<Response, Problem> {
    Ok(crate::export_workspace::send_waiting(&app.gate, &actor, &read(&bytes)?).await?)
}

async fn pdf(
    State(app): State<App>,
    Keyed(actor): Keyed,
    Path(id): Path<InvoiceId>,
) -> Result<Response, Problem> {
    Ok(invoice_pdf(&app, &actor, id).await?)
}

/// The invoice on paper.
pub(crate) async fn invoice_pdf(
    app: &App,
    actor: &Actor,
    id: InvoiceId,
) -> Result<Response, Refusal> {
    let invoice = app.gate.view(actor, ShowInvoice(id)).await?.into_inner();
    let logo = match actor.office().logo {
        Some(_) => app
            .gate
            .view(actor, ShowLogo)
            .await?
            .into_inner()
            .map(|logo| logo.bytes),
        None => None,
    };
    let name = format!("invoice-{}.pdf", invoice.number);
    let mut data = serde_json::to_value(&invoice).map_err(Refusal::fault)?;
    data["logo"] = logo.is_some().into();
    printed(
        &data,
        move |json| interpres_paper::invoice(json, logo),
        &name,
    )
    .await
}

/// The readiness report on paper.
pub(crate) async fn readiness_pdf(app: &App, actor: &Actor) -> Result<Response, Refusal> {
    let report = app
        .gate
        .view(actor, ShowReadiness(app.serving.clone()))
        .await?
        .into_inner();
    printed(&report, interpres_paper::readiness, "readiness.pdf").await
}

/// A view on paper, made on a blocking thread.
async fn printed<P>(view: &impl Serialize, print: P, name: &str) -> Result<Response, Refusal>
where
    P: FnOnce(Vec<u8>) -> Result<Vec<u8>, PaperError> + Send + 'static,
{
    let json = serde_json::to_vec(view).map_err(Refusal::fault)?;
    let made = tokio::task::spawn_blocking(move || print(json))
        .await
        .map_err(Refusal::fault)?;
    let pdf = made.map_err(|e| {
        tracing::error!(error = %e, "a document could not be printed");
        match e {
            PaperError::Letters => {
                Refusal::conflict("No font of this server has some letters of this document. Ask your operator to install its fonts (docs/operate.md, Fonts).")
            }
            PaperError::Template(_) => Refusal::fault(e),
        }
    })?;
    Ok(attachment("application/pdf", name, pdf))
}

async fn readiness_on_paper(
    State(app): State<App>,
    Keyed(actor): Keyed,
) -> Result<Response, Problem> {
    Ok(readiness_pdf(&app, &actor).await?)
}

/// A file to keep; its name never comes from what people typed.
pub(crate) fn attachment(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    (
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        bytes,
    )
        .into_response()
}
