//! Each line an address, and what is seen or done there.
use super::{api, disclosures, entries, erasures, findings, glass, history, integrity, retention};
use crate::routes::{Nothing, Routes};
use interpres_compliance::{
    BreakGlassInput, ConfirmFile, ConfirmInput, DropQuery, EndWatch, EraseClient, EraseInput,
    LegalHoldInput, ListAffected, ListBroken, ListErasures, ListFindings, ListLegalHolds,
    ListQueries, ListWatches, OpenByBreakGlass, PlaceLegalHold, ReleaseLegalHold, RetentionInput,
    ReviewBroken, SaveQuery, SaveQueryInput, SetRetention, ShowDisclosures, ShowRetention,
    ShowUnderGlass, SignOffFinding, SignOffInput, WatchClient, WatchInput,
};
use interpres_gate::{
    Action, CompareVersions, ListDrills, ListEntries, ProveEntry, ProveGrowth, RestoreInput,
    RestoreRecord, ShowHistory, ShowIntegrity, ShowLogHead,
};

pub(crate) fn routes(all: Routes) -> Routes {
    all.with(entries)
        .with(findings)
        .with(integrity)
        .with(history)
        .with(disclosures)
        .with(erasures)
        .with(retention)
        .with(glass)
}

fn entries(all: Routes) -> Routes {
    all.list::<ListEntries>("/audit/entries", "The audit log")
        .page("/audit", entries::entries)
        .show(
            "/audit/entries/{id}/proof",
            "The proof that an entry stands in the log",
            ProveEntry,
        )
        .page("/audit/entries/{id}/proof", entries::proof)
        .fixed(
            "/audit/head",
            "The signed checkpoint and the keys to check it by",
            ShowLogHead,
        )
        .list::<ProveGrowth>(
            "/audit/growth",
            "The proof that the log still begins as an earlier checkpoint said",
        )
        .of(Action::AuditExport)
        .api_get("/audit/export", api::export_log)
        .page("/audit/export", entries::export)
}

fn findings(all: Routes) -> Routes {
    all.list::<ListFindings>("/audit/findings", "What in the log asks for a look")
        .page("/audit/findings", findings::list)
        .act_by_form(
            "/audit/findings/{id}/sign-off",
            "Sign a finding off",
            "/audit/findings?state=open",
            |id, input: SignOffInput| Ok(SignOffFinding { id, input }),
        )
        .fixed("/audit/watches", "Names under watch", ListWatches)
        .beside("/audit/findings")
        .act_by_form(
            "/audit/watches",
            "Put a client's name under watch",
            "/audit/findings",
            |(), input: WatchInput| Ok(WatchClient { input }),
        )
        .act_by_form(
            "/audit/watches/{id}/end",
            "End a watch",
            "/audit/findings",
            |id, _: Nothing| Ok(EndWatch(id)),
        )
        .fixed("/audit/queries", "Saved queries of the log", ListQueries)
        .beside("/audit")
        .act_by_form(
            "/audit/queries",
            "Save a query of the log",
            "/audit",
            |(), input: SaveQueryInput| Ok(SaveQuery { input }),
        )
        .act_by_form(
            "/audit/queries/{id}/drop",
            "Drop a saved query",
            "/audit",
            |id, _: Nothing| Ok(DropQuery(id)),
        )
}

fn integrity(all: Routes) -> Routes {
    all.fixed(
        "/audit/drills",
        "Restore drills and what they showed",
        ListDrills,
    )
    .beside("/audit/integrity")
    .fixed(
        "/audit/integrity",
        "Whether records are what was saved",
        ShowIntegrity,
    )
    .page("/audit/integrity", integrity::integrity)
    .act(
        "/audit/integrity/restorations",
        "Put a changed record back as its last good version says",
        |(), input: RestoreInput| Ok(RestoreRecord { input }),
    )
    .form("/audit/integrity/restorations", integrity::restore)
}

fn history(all: Routes) -> Routes {
    all.list::<ShowHistory>(
        "/history",
        "The versions of a record, latest first, and what each changed",
    )
    .page("/history/{kind}/{id}", history::history)
    .list::<CompareVersions>(
        "/history/compare",
        "What differs between two versions of a record",
    )
}

fn disclosures(all: Routes) -> Routes {
    all.show(
        "/appointments/{id}/disclosures",
        "Who learned what of its client",
        ShowDisclosures,
    )
    .page("/appointments/{id}/disclosures", disclosures::show)
    .list::<ListAffected>(
        "/audit/affected",
        "Whose protected fields were opened by an account",
    )
    .page("/audit/affected", disclosures::affected)
    .page("/appointments/{id}/disclosures.csv", disclosures::csv)
}

fn erasures(all: Routes) -> Routes {
    all.act_by_form(
        "/appointments/{id}/erasure",
        "Erase its client, for good",
        "/erasures",
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
    .page("/erasures", erasures::list)
    .list::<ListLegalHolds>("/holds", "Legal holds that stand, latest first")
    .beside("/erasures")
}

fn retention(all: Routes) -> Routes {
    all.list::<ShowRetention>(
        "/retention",
        "How long appointments are kept, and what waits to be purged",
    )
    .page("/retention", retention::show)
    .act(
        "/retention",
        "Say for how long appointments are kept",
        |(), input: RetentionInput| Ok(SetRetention { input }),
    )
    .form("/retention", retention::set)
    .act(
        "/retention/file/confirmation",
        "Say that the file of what waits is complete and opens",
        |(), input: ConfirmInput| Ok(ConfirmFile { input }),
    )
    .form("/retention/file/confirmation", retention::confirm)
    .of(Action::WorkspaceExport)
    .api_post("/workspace/export", api::export_workspace)
    .form("/workspace/export", retention::export)
    .of(Action::RetentionExport)
    .api_post("/retention/file", api::export_waiting)
    .form("/retention/file", retention::file)
}

fn glass(all: Routes) -> Routes {
    all.list::<ListBroken>("/break-glass", "Glasses that were broken, latest first")
        .page("/break-glass", glass::broken)
        .act(
            "/break-glass",
            "Open an appointment of another team for a stated reason",
            |(), input: BreakGlassInput| Ok(OpenByBreakGlass { input }),
        )
        .form("/break-glass", glass::break_it)
        .show(
            "/break-glass/{id}",
            "The appointment under a glass one has broken",
            ShowUnderGlass,
        )
        .page("/break-glass/{id}", glass::under)
        .act_by_form(
            "/break-glass/{id}/approval",
            "Say that it was right",
            "/break-glass",
            |id, _: Nothing| {
                Ok(ReviewBroken {
                    id,
                    justified: true,
                })
            },
        )
        .act_by_form(
            "/break-glass/{id}/concern",
            "Say that it was not right",
            "/break-glass",
            |id, _: Nothing| {
                Ok(ReviewBroken {
                    id,
                    justified: false,
                })
            },
        )
}
