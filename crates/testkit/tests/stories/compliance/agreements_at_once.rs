//! Agreements that two record at once.
use interpres_compliance::{Adapter, CoverAdapter};
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn of_two_agreements_recorded_at_once_one_is_in_effect(house: &House) {
    let workspace = house.world.workspaces["Front Range Interpreters"];
    let cover = |with: &str| {
        let (gate, with) = (house.gate.clone(), with.parse().unwrap());
        async move {
            let cover = CoverAdapter {
                adapter: Adapter::Mail,
                with: Some(with),
                by: "Kai Osei, operator".parse().unwrap(),
            };
            gate.perform(&gate.operator(workspace), cover).await
        }
    };
    let (first, second) = house
        .at_once(
            "lock table agreement_row in share mode",
            cover("Post & Co, 2027-02-01"),
            cover("Post & Co, 2027-03-01"),
        )
        .await;
    first.unwrap();
    second.unwrap();
    let rows = house
        .raw("select count(*) as n from agreement_row where kind = 'subprocessor-mail' and ended_at is null")
        .await;
    assert_eq!(rows[0].int("n").unwrap(), 1);
}
