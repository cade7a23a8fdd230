//! One entry is proven by itself, and growth by two checkpoints.
use crate::audit_log::auditor::{head, look_around};
use interpres_gate::{
    ProveEntry, ProveGrowth, Refusal,
    audit_log::{Checkpoint, VerifierKey, leaf_hash, verify_consistency, verify_inclusion},
};
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn one_entry_is_proven_by_itself_and_growth_by_two_checkpoints(house: &House) {
    let (first, carl) = (head(house).await, house.enters("Carl").await);
    look_around(house, 300).await;
    let now = head(house).await;
    let key = VerifierKey::parse(&now.verifier_key).unwrap();
    let (old, new) = (
        Checkpoint::open(&first.checkpoint, &key).unwrap(),
        Checkpoint::open(&now.checkpoint, &key).unwrap(),
    );
    let growth = house
        .gate
        .view(
            &carl,
            ProveGrowth {
                from: old.size.to_string().into(),
            },
        )
        .await
        .unwrap()
        .into_inner();
    let hashes: Vec<_> = growth
        .hashes
        .iter()
        .map(|h| interpres_gate::audit_log::parse_hash(h).unwrap())
        .collect();
    verify_consistency(old.size, &old.root, new.size, &new.root, &hashes).unwrap();
    for number in [0, 1, 255, 256, new.size - 1] {
        let row = &house
            .raw(&format!(
                "select entry_id from audit_leaf where workspace_id = '{}' and number = {number}",
                house.ours()
            ))
            .await[0];
        let proof = house
            .gate
            .view(
                &carl,
                ProveEntry(row.text("entry_id").unwrap().parse().unwrap()),
            )
            .await
            .unwrap()
            .into_inner();
        let mut lines = proof.proof.lines();
        assert_eq!(
            (lines.next(), lines.next()),
            (
                Some("c2sp.org/tlog-proof@v1"),
                Some(format!("index {number}").as_str())
            )
        );
        let path: Vec<_> = lines
            .by_ref()
            .take_while(|l| !l.is_empty())
            .map(|h| interpres_gate::audit_log::parse_hash(h).unwrap())
            .collect();
        verify_inclusion(
            &leaf_hash(proof.leaf.as_bytes()),
            number,
            new.size,
            &path,
            &new.root,
        )
        .unwrap();
    }
    assert!(matches!(
        house
            .gate
            .view(
                &carl,
                ProveGrowth {
                    from: "999999".into()
                }
            )
            .await,
        Err(Refusal::Invalid(_))
    ));
    // A tree that an older version grew has no stored subtrees; the proofs are the same.
    house.unguard().await;
    house.tamper("delete from audit_node").await.unwrap();
    let again = house
        .gate
        .view(
            &carl,
            ProveGrowth {
                from: old.size.to_string().into(),
            },
        )
        .await
        .unwrap()
        .into_inner();
    assert_eq!(again.hashes, growth.hashes);
}

#[apply(story)]
async fn forty_proofs_at_once_do_not_wait_for_each_other(house: &House) {
    look_around(house, 20).await;
    head(house).await;
    let carl = house.enters("Carl").await;
    let rows = house
        .raw(&format!(
            "select entry_id from audit_leaf where workspace_id = '{}' and number = 3",
            house.ours()
        ))
        .await;
    let entry = rows[0].text("entry_id").unwrap().parse().unwrap();
    let asked: Vec<_> = (0..40)
        .map(|_| {
            let (gate, carl) = (house.gate.clone(), carl.clone());
            tokio::spawn(async move { gate.view(&carl, ProveEntry(entry)).await.map(drop) })
        })
        .collect();
    // One that waits for what another holds is refused in the end.
    for one in asked {
        one.await.unwrap().unwrap();
    }
}

#[apply(story)]
async fn two_processes_on_one_store_grow_one_tree(house: &House) {
    let second = house.second_gate().await;
    for _ in 0..5 {
        look_around(house, 10).await;
        let (a, b) = tokio::join!(house.gate.number_entries(), second.number_entries());
        // One of the two may have been told to come back later.
        for turned_away in [a, b].into_iter().filter_map(Result::err) {
            assert!(
                matches!(turned_away, Refusal::TooSoon(_) | Refusal::Conflict(_)),
                "{turned_away:?}"
            );
        }
    }
    head(house).await;
    assert_eq!(
        second.verify_log(house.ours()).await.unwrap().problems,
        Vec::<String>::new()
    );
    second.close().await;
}
