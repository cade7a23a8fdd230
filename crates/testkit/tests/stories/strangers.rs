//! Every action against every role: who lacks the permission is refused, and the refusal is in the
//! log; who belongs elsewhere finds nothing.
mod accounts;
mod billing;
mod compliance;
mod directory;
mod scheduling;

use interpres_accounts::*;
use interpres_gate::{
    Action, ActionKind, Actor, Command, Gate, ListEntries, Permission, Query, Refusal, Role,
};
use interpres_policy::grant;
use interpres_testkit::{House, stories};
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
    let (g, mut all) = (&house.gate, Vec::new());
    all.extend(scheduling::appointments(house, g, actor).await);
    all.extend(scheduling::appointments_changed(house, g, actor).await);
    all.extend(scheduling::candidates_and_offers(house, g, actor).await);
    all.extend(billing::vouchers_and_rates(house, g, actor).await);
    all.extend(directory::directory(house, g, actor).await);
    all.extend(directory::imports(g, actor).await);
    all.extend(compliance::the_log(g, actor).await);
    all.extend(compliance::keeping_and_erasing(house, g, actor).await);
    all.extend(compliance::what_was_found(house, g, actor).await);
    all.extend(compliance::hipaa(g, actor).await);
    all.extend(accounts::reviews(g, actor).await);
    all.extend(accounts::providers(g, actor).await);
    all.extend(accounts::people(g, actor).await);
    all.extend(accounts::roles_and_teams(g, actor).await);
    all.extend(accounts::ones_own(g, actor).await);
    all.extend(accounts::workspace_and_services(g, actor).await);
    all
}

/// What only hands of the gate's own do: doorkeeper, operator, workers, and people with their own
/// account in the installation, where nobody else's is.
const BY_HANDS: [&str; 56] = [
    "access.turn-away",
    "account.look-up",
    "account.open",
    "account.sign-in",
    "address.ask",
    "address.prove",
    "agreement.end",
    "agreement.offer",
    "api-key.revoke",
    "assignments.carry-over",
    "audit.stream",
    "backup.drill",
    "clients.carry-over",
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
