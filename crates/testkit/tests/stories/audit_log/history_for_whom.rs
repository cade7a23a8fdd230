//! Every name that the code knows, asked for its history by everybody, for their own records,
//! another team's and another agency's: what is declared is told to whom it is declared for, and
//! nothing else.
use crate::audit_log::one_of_each::{SECRET, fill};
use interpres_gate::{
    Actor, CompareVersions, Permission, Reach, Refusal, RestoreInput, RestoreRecord, ShowHistory,
};
use interpres_policy::grant;
use interpres_testkit::{House, apply, story};
use std::collections::{BTreeMap, BTreeSet};

const PEOPLE: [&str; 12] = [
    "Olivia", "Adam", "Maya", "Dora", "Sam", "Bea", "Carl", "Vera", "Rita", "Ines", "Peter", "Tess",
];

/// To whom a record belongs, by the columns of its row.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    /// Everybody's in the workspace who views it.
    All,
    /// A team's.
    Team(&'static str),
    /// Nobody's who doesn't reach the whole workspace.
    Workspace,
}

/// The whole of the expectation: what has a history, by which permission, and whose it is.
const TOLD: [(&str, Permission, Of); 27] = [
    (
        "appointment",
        Permission::ViewAppointments,
        Of::Team("team_id"),
    ),
    ("client", Permission::ViewAppointments, Of::Team("team_id")),
    (
        "assignment",
        Permission::ViewAppointments,
        Of::Team("(select a.team_id from appointment_row a where a.id = appointment_id)"),
    ),
    (
        "interpreter",
        Permission::ViewInterpreters,
        Of::Team("team_id"),
    ),
    ("customer", Permission::ViewCustomers, Of::Team("team_id")),
    ("offer", Permission::AssignInterpreters, Of::Team("team_id")),
    ("voucher", Permission::ViewVouchers, Of::Team("team_id")),
    ("member", Permission::ViewMembers, Of::Team("team_ids")),
    ("invoice", Permission::ViewInvoices, Of::Workspace),
    ("rate", Permission::ViewRates, Of::All),
    ("workspace", Permission::SetWorkspace, Of::All),
    ("agreement", Permission::ViewReadiness, Of::All),
    ("team", Permission::ViewMembers, Of::All),
    ("role", Permission::ViewMembers, Of::All),
    ("invitation", Permission::EditMembers, Of::All),
    ("access_review", Permission::ViewReadiness, Of::All),
    ("access_review_line", Permission::ViewReadiness, Of::All),
    ("recovery", Permission::EditMembers, Of::All),
    ("service", Permission::EditMembers, Of::All),
    ("provider", Permission::SetSecurity, Of::All),
    ("erasure", Permission::ViewErasures, Of::Workspace),
    ("hold", Permission::ViewErasures, Of::Workspace),
    ("finding", Permission::ReviewFindings, Of::Workspace),
    ("retention", Permission::ViewErasures, Of::Workspace),
    ("purge", Permission::ViewErasures, Of::Workspace),
    ("mode_change", Permission::ViewReadiness, Of::Workspace),
    ("break_glass", Permission::ReviewFindings, Of::Workspace),
];

/// A record that is there: of which workspace, and of which teams where it tells.
#[derive(Clone, Debug)]
struct There {
    id: String,
    workspace: String,
    teams: String,
}

/// Records of a table: one of each workspace and set of teams.
async fn there(house: &House, table: &str, of: Of) -> Vec<There> {
    let teams = if let Of::Team(column) = of {
        column
    } else {
        "''"
    };
    let mut some = BTreeMap::new();
    for row in house
        .raw(&format!(
            "select id, workspace_id, {teams} as teams from {table} order by id"
        ))
        .await
    {
        let text = |column| row.text(column).unwrap().to_owned();
        some.entry((text("workspace_id"), text("teams")))
            .or_insert(There {
                id: text("id"),
                workspace: text("workspace_id"),
                teams: text("teams"),
            });
    }
    some.into_values().collect()
}

/// What the declaration says of somebody who asks.
fn expected(actor: &Actor, told: Option<(Permission, Of)>, record: &There) -> Result<(), Refusal> {
    let rights = actor.rights();
    let reach = |permission| grant(rights.role, permission).map(|grant| grant.reach);
    let history = reach(Permission::ViewHistory).ok_or(Refusal::Forbidden)?;
    let (viewed_by, of) = told.ok_or(Refusal::NotFound)?;
    let narrower = history.min(reach(viewed_by).ok_or(Refusal::Forbidden)?);
    let of_own_team = rights
        .teams
        .iter()
        .any(|team| record.teams.contains(&team.to_string()));
    let seen = match narrower {
        Reach::All => true,
        Reach::Team => of == Of::All || of_own_team,
        Reach::Own | Reach::None => false,
    };
    if seen && record.workspace == actor.workspace().to_string() {
        Ok(())
    } else {
        Err(Refusal::NotFound)
    }
}

fn word(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NotFound => "not found",
        Refusal::Forbidden => "forbidden",
        _ => "something else",
    }
}

/// Asks for the versions and for a comparison; gives what was told, once both answer alike.
async fn ask(house: &House, actor: &Actor, name: &str, id: &str) -> Result<String, &'static str> {
    let versions = house
        .gate
        .view(actor, ShowHistory::of(name, id))
        .await
        .map(|page| serde_json::to_string(&*page).unwrap());
    let versions = versions.map_err(|refusal| word(&refusal));
    let both = CompareVersions {
        kind: name.into(),
        id: id.into(),
        from_version: "1".into(),
        to_version: "1".into(),
    };
    let compared = house
        .gate
        .view(actor, both)
        .await
        .map(drop)
        .map_err(|refusal| word(&refusal));
    assert_eq!(
        versions.as_ref().map(drop).map_err(|word| *word),
        compared,
        "{name} {id} for {}",
        actor.name()
    );
    versions
}

#[apply(story)]
async fn a_history_is_told_of_declared_kinds_to_those_who_view_the_record_and_holds_no_secret(
    house: &House,
) {
    fill(house).await;
    let mut secrets: Vec<String> = ["argon2", "pepper1", SECRET].map(str::to_owned).to_vec();
    secrets.extend(house.world.people.values().flat_map(|person| {
        [
            person.api_key.clone(),
            person.totp_secret.clone(),
            person.password.clone(),
        ]
    }));
    let mut tables: BTreeMap<&str, String> = interpres::kinds()
        .iter()
        .map(|kind| (kind.name, format!("{}_row", kind.name)))
        .collect();
    tables.extend(
        interpres::names()
            .iter()
            .map(|name| (name.name, name.table.to_owned())),
    );
    let mut actors = Vec::new();
    for who in PEOPLE {
        actors.push(house.enters(who).await);
    }
    let (mut told, mut kinds) = (0, BTreeSet::new());
    for (name, table) in &tables {
        let declared = TOLD
            .iter()
            .find(|(kind, ..)| kind == name)
            .map(|(_, permission, of)| (*permission, *of));
        let records = there(house, table, declared.map_or(Of::All, |(_, of)| of)).await;
        for (actor, record) in actors
            .iter()
            .flat_map(|actor| records.iter().map(move |record| (actor, record)))
        {
            let answer = ask(house, actor, name, &record.id).await;
            let expected = expected(actor, declared, record).map_err(|refusal| word(&refusal));
            assert_eq!(
                answer.as_ref().map(drop).map_err(|word| *word),
                expected,
                "{name} {record:?} for {}",
                actor.name()
            );
            let Ok(text) = answer else { continue };
            assert!(
                text.contains("\"version\":1"),
                "{name} for {}: {text}",
                actor.name()
            );
            let shown: Vec<&String> = secrets
                .iter()
                .filter(|secret| text.contains(*secret))
                .collect();
            assert!(shown.is_empty(), "{name} for {}: {text}", actor.name());
            told += 1;
            kinds.insert(*name);
        }
    }
    assert!(told > 100, "{told}");
    let unseen: Vec<&str> = TOLD
        .iter()
        .map(|(kind, ..)| *kind)
        .filter(|kind| !kinds.contains(kind))
        .collect();
    assert_eq!(
        unseen,
        [
            "access_review",
            "access_review_line",
            "recovery",
            "erasure",
            "finding",
            "purge",
            "mode_change",
            "break_glass"
        ]
    );
}

#[apply(story)]
async fn a_record_is_put_back_by_its_kind_and_never_by_the_name_of_a_card_or_a_rule(house: &House) {
    let (olivia, dora) = (house.enters("Olivia").await, house.enters("Dora").await);
    let record = house.world.appointments["FR-1001"].to_string();
    house
        .tamper(&format!(
            "update appointment_row set minutes = minutes + 1 where id = '{record}'"
        ))
        .await
        .unwrap();
    assert_eq!(
        house.gate.sweep(olivia.workspace()).await.unwrap(),
        1,
        "now there is something to put back"
    );
    let restore = |name: &str| RestoreRecord {
        input: RestoreInput {
            kind: name.into(),
            record: record.as_str().into(),
        },
    };
    for name in interpres::names()
        .iter()
        .map(|name| name.name)
        .chain(interpres::kinds().iter().map(|kind| kind.name))
    {
        assert!(
            matches!(
                house.gate.perform(&dora, restore(name)).await,
                Err(Refusal::Forbidden)
            ),
            "{name}"
        );
        if name != "appointment" {
            assert!(
                matches!(
                    house.gate.perform(&olivia, restore(name)).await,
                    Err(Refusal::NotFound)
                ),
                "{name}"
            );
        }
    }
    house
        .gate
        .perform(&olivia, restore("appointment"))
        .await
        .unwrap();
}

#[apply(story)]
async fn the_secret_of_a_provider_shows_as_changed_and_to_nobody_as_what_it_is(house: &House) {
    fill(house).await;
    let provider = there(house, "provider_row", Of::All)
        .await
        .pop()
        .unwrap()
        .id;
    let versions = house
        .gate
        .view(
            &house.enters("Olivia").await,
            ShowHistory::of("provider", &provider),
        )
        .await
        .unwrap()
        .into_inner()
        .items;
    let secret = |at: usize| {
        versions[at]
            .changes
            .iter()
            .find(|change| change.field == "client_secret")
            .unwrap()
    };
    assert_eq!(
        (
            secret(0).before.as_deref(),
            secret(0).after.as_deref(),
            secret(1).after.as_deref()
        ),
        (Some("•••"), Some("•••"), Some("•••"))
    );
}
