//! Whatever is changed behind the database's back is found and named.
use crate::audit_log::{
    auditor::{head, kept, look_around, policy, problems},
    past_the_gate::{TABLES, keep, put_back, run},
};
use interpres_gate::ExportEntries;
use interpres_testkit::{House, apply, story};

/// A change by somebody with the database in hand, and what is said about it: by the check inside,
/// and by a verifier that holds an export of the day before.
struct Tampering {
    name: &'static str,
    sql: &'static [&'static str],
    inside: &'static str,
    outside: &'static str,
}

const SUITE: &[Tampering] = &[
    Tampering {
        name: "edit an entry",
        sql: &[
            "update audit_entry set leaf = (select leaf from kept_audit_entry b \
            join kept_audit_leaf c on c.entry_id = b.id and c.workspace_id = b.workspace_id \
            where c.workspace_id = {w} and c.number = 5) where workspace_id = {w} \
            and id = (select entry_id from kept_audit_leaf where workspace_id = {w} \
            and number = 3)",
        ],
        inside: "entry 3 was changed",
        outside: "entry 3 was changed: it does not have its hash",
    },
    Tampering {
        name: "edit an entry and its hash",
        sql: &[
            "update audit_entry set leaf = (select leaf from kept_audit_entry b \
            join kept_audit_leaf c on c.entry_id = b.id and c.workspace_id = b.workspace_id \
            where c.workspace_id = {w} and c.number = 5) where workspace_id = {w} \
            and id = (select entry_id from kept_audit_leaf where workspace_id = {w} \
            and number = 3)",
            "update audit_leaf set hash = (select hash from kept_audit_leaf \
            where workspace_id = {w} and number = 5) where workspace_id = {w} and number = 3",
        ],
        inside: "the root of the log is not the checkpoint's",
        outside: "entry 3 is not the one that was kept earlier",
    },
    Tampering {
        name: "delete an entry",
        sql: &[
            "delete from audit_entry where workspace_id = {w} and id = (select entry_id \
            from kept_audit_leaf where workspace_id = {w} and number = 3)",
            "delete from audit_leaf where workspace_id = {w} and number = 3",
        ],
        inside: "entry 3 is missing",
        outside: "entry 3 is missing",
    },
    Tampering {
        name: "insert an entry",
        sql: &[
            "insert into audit_entry (workspace_id, id, at, actor, action, leaf) \
            select workspace_id, 'ffffffff-0000-7000-8000-000000000000', at, actor, action, leaf \
            from kept_audit_entry where workspace_id = {w} and id = (select entry_id \
            from kept_audit_leaf where workspace_id = {w} and number = 3)",
            "insert into audit_leaf (workspace_id, number, entry_id, hash) \
            select {w}, (select max(number) + 1 from kept_audit_leaf \
            where workspace_id = {w}), 'ffffffff-0000-7000-8000-000000000000', hash \
            from kept_audit_leaf where workspace_id = {w} and number = 3",
        ],
        inside: "the checkpoint speaks of",
        outside: "",
    },
    Tampering {
        name: "reorder entries",
        sql: &[
            "update audit_leaf set number = -1 where workspace_id = {w} and number = 3",
            "update audit_leaf set number = 3 where workspace_id = {w} and number = 4",
            "update audit_leaf set number = 4 where workspace_id = {w} and number = -1",
        ],
        inside: "the root of the log is not the checkpoint's",
        outside: "entry 3 is not the one that was kept earlier",
    },
    Tampering {
        name: "cut the end off",
        sql: &["delete from audit_leaf where workspace_id = {w} and number > 10"],
        inside: "the checkpoint speaks of",
        outside: "the log was rolled back",
    },
    Tampering {
        name: "delete an entry before it has its number",
        sql: &["insert into audit_pending (workspace_id, entry_id) \
            values ({w}, 'ffffffff-0000-7000-8000-000000000001')"],
        inside: "entries that waited for their number were deleted: 1",
        outside: "",
    },
    Tampering {
        name: "forge a checkpoint",
        sql: &[
            "update audit_head set checkpoint = replace(checkpoint, 'interpres/', 'interprez/') \
            where workspace_id = {w}",
        ],
        inside: "the checkpoint is not good",
        outside: "the checkpoint is not to be believed",
    },
];

#[apply(story)]
async fn every_change_behind_the_databases_back_is_found_and_named(house: &House) {
    let policy = policy(house).await;
    look_around(house, 3).await;
    let before = house.export(ExportEntries::default()).await;
    look_around(house, 2).await;
    head(house).await;
    house.unguard().await;
    for t in SUITE {
        keep(house, &TABLES).await;
        run(house, t.sql).await;
        let inside = house.gate.verify_log(house.ours()).await.unwrap().problems;
        assert!(
            inside.iter().any(|p| p.starts_with(t.inside)),
            "{}: {inside:?}",
            t.name
        );
        let outside = problems(
            &house.export(ExportEntries::default()).await,
            &policy,
            kept(&before),
        );
        assert!(
            t.outside.is_empty() || outside.iter().any(|p| p.starts_with(t.outside)),
            "{}: {outside:?}",
            t.name
        );
        put_back(house, &TABLES).await;
    }
}
