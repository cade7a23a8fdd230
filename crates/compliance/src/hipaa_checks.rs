//! Requirements for enabling HIPAA mode (HM2): each is checked live; none is typed in.
use crate::{
    agreements::{BAA, ENCRYPTED_VOLUME},
    cover_adapter::{Adapter, Feature, features},
    name_exporters::ExportSettings,
};
use interpres_accounts::{Workspace, agreement_in_effect, is_shared, members_after};
use interpres_gate::{Drill, Installation, ReadTx, Refusal, SessionLimits};
use interpres_scheduling::clients_are_carried_over;
use interpres_types::{Instant, MemberId, UserId};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// A requirement and its state.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Check {
    /// A stable name.
    pub id: &'static str,
    /// The requirement.
    pub title: &'static str,
    /// Whether it is met.
    pub good: bool,
    /// The evidence.
    pub found: String,
    /// The page where it is fixed; `None` if only the operator can.
    pub mend: Option<&'static str>,
}

/// How requests reach the process.
#[derive(Clone, Debug, Default)]
pub enum Transport {
    /// Plain HTTP, from localhost only.
    #[default]
    ThisMachine,
    /// By TLS of its own.
    Tls,
    /// Through reverse proxies that were named; from anybody else nothing is answered in clear.
    Proxies {
        /// Whether the latest request did not report its scheme.
        silent: Arc<AtomicBool>,
    },
    /// Plain HTTP from localhost, where an undeclared proxy claims to speak HTTPS.
    UnnamedProxy,
}

impl Transport {
    fn check(&self) -> Check {
        let (good, found) = match self {
            Self::Tls => (true, "HTTPS with TLS 1.2 or later, built in."),
            Self::ThisMachine => (
                true,
                "Only this computer can connect. Over a network, Interpres requires TLS.",
            ),
            Self::Proxies { silent } if silent.load(Ordering::Relaxed) => (
                false,
                "The reverse proxy doesn’t report HTTPS. Your operator must let it send X-Forwarded-Proto.",
            ),
            Self::Proxies { .. } => (
                true,
                "HTTPS at the reverse proxy, confirmed for each request.",
            ),
            Self::UnnamedProxy => (
                false,
                "HTTPS is configured (--https) without a trusted proxy. Your operator must set --trusted-proxy.",
            ),
        };
        check("tls", "Encrypted connections", good, found.to_owned(), None)
    }
}

/// How this process serves; only the process knows.
#[derive(Clone, Debug, Default)]
pub struct Serving {
    /// How requests reach it.
    pub transport: Transport,
    /// Whether browsers can create passkeys at its address.
    pub passkeys: bool,
    /// The services outside that it is set up for.
    pub outside: Vec<Adapter>,
}

/// Days that a restore drill counts.
const DRILL_DAYS: i64 = 90;

/// A moment as people of the workspace say it.
pub(crate) fn said(tx: &ReadTx, at: Instant) -> String {
    let wall = tx.actor().zone().wall_time(at);
    format!("{}, {}", wall.date.long(), wall.said())
}

const fn check(
    id: &'static str,
    title: &'static str,
    good: bool,
    found: String,
    mend: Option<&'static str>,
) -> Check {
    Check {
        id,
        title,
        good,
        found,
        mend,
    }
}

/// Requirements that concern every member.
#[derive(Default)]
struct People {
    members: usize,
    shared: Vec<String>,
    exporters: usize,
    owners: Vec<UserId>,
}

impl People {
    async fn of(tx: &mut ReadTx) -> Result<Self, Refusal> {
        let (mut people, mut after) = (Self::default(), MemberId::NONE);
        loop {
            let members = members_after(tx, after).await?;
            let Some(last) = members.last() else {
                return Ok(people);
            };
            after = last.id;
            people.members += members.len();
            people.shared.extend(
                members
                    .iter()
                    .filter(|m| is_shared(&m.email))
                    .map(|m| m.email.to_string()),
            );
            people
                .owners
                .extend(members.iter().filter(|m| m.owns()).map(|m| m.user_id));
            people.exporters += members
                .iter()
                .filter(|m| m.may_export == Some(true) || m.owns())
                .count();
        }
    }
}

/// Every requirement, checked now.
pub(crate) async fn checks(tx: &mut ReadTx, serving: &Serving) -> Result<Vec<Check>, Refusal> {
    let id = tx.actor().workspace();
    let workspace: Workspace = tx.find(id).await?;
    let baa = agreement_in_effect(tx, BAA).await?;
    let people = People::of(tx).await?;
    let installation = tx.installation();
    let volume = agreement_in_effect(tx, ENCRYPTED_VOLUME).await?;
    let drills = tx.drills().await?;
    let named = workspace.settings.of::<ExportSettings>().exporters_named;
    let encrypted = match (installation, &volume) {
        (Installation::Embedded, _) => (true, "The embedded database is encrypted with AES-256.".to_owned()),
        (Installation::Server, Some(by)) => (
            true,
            format!(
                "Clients and secrets are encrypted field by field. Volume encryption was attested by {} on {}.",
                by.accepted_by,
                said(tx, by.accepted_at)
            ),
        ),
        (Installation::Server, None) => {
            (false, "Clients and secrets are encrypted field by field, but no one has attested that PostgreSQL’s volume is encrypted.".to_owned())
        }
    };
    let (idle, hours) = session_limits(&workspace);
    let (second_factor, templates) = (
        second_factor(tx, &people.owners, serving.passkeys).await?,
        templates(tx).await?,
    );
    let outside = outside(&workspace, &features(tx, &serving.outside).await?);
    Ok(vec![
        check(
            "baa",
            "Business associate agreement in effect",
            baa.is_some(),
            baa.map_or_else(
                || "No agreement is in effect.".to_owned(),
                |a| {
                    format!(
                        "Version {}, accepted by {} on {}.",
                        a.text_version,
                        a.accepted_by,
                        said(tx, a.accepted_at)
                    )
                },
            ),
            Some("/settings/hipaa#agreement"),
        ),
        check(
            "own-accounts",
            "No shared accounts",
            people.shared.is_empty(),
            if people.shared.is_empty() {
                format!("{} members, each with their own mailbox.", people.members)
            } else {
                format!("Shared mailboxes: {}.", people.shared.join(", "))
            },
            Some("/people"),
        ),
        serving.transport.check(),
        check(
            "storage",
            "Encrypted storage",
            encrypted.0,
            encrypted.1,
            None,
        ),
        drill(tx, &drills),
        second_factor,
        check(
            "sessions",
            "Session limits of at most 15 minutes idle and 12 hours",
            idle <= SessionLimits::HIPAA.idle_minutes && hours <= SessionLimits::HIPAA.hours,
            format!("Set to {idle} minutes idle and {hours} hours."),
            Some("/settings/security"),
        ),
        templates,
        check(
            "exporters",
            "Export rights are named",
            named,
            if named {
                format!("{} members can export, including owners.", people.exporters)
            } else {
                "No one has been named for exports yet. Save the list to confirm it.".to_owned()
            },
            Some("/settings/hipaa#exporters"),
        ),
        outside,
    ])
}

/// That a second factor can be set up here is shown by those who have one: every owner must, who would be locked out
/// otherwise.
async fn second_factor(
    tx: &mut ReadTx,
    owners: &[UserId],
    passkeys: bool,
) -> Result<Check, Refusal> {
    let states = tx.person_states(owners).await?;
    let with = owners
        .iter()
        .filter(|owner| states.get(owner).is_some_and(|state| state.enrolled))
        .count();
    let offered = if passkeys {
        "Passkeys, authenticator apps and recovery codes"
    } else {
        "Authenticator apps and recovery codes (passkeys need a domain name with HTTPS)"
    };
    let found = format!("{offered}. {with} of {} owners have one.", owners.len());
    let title = "Every owner has a second factor";
    Ok(check(
        "second-factor",
        title,
        with > 0 && with == owners.len(),
        found,
        Some("/account/factors"),
    ))
}

async fn templates(tx: &mut ReadTx) -> Result<Check, Refusal> {
    let mut looked = tx.outgoing_with_names("client", "name").await?;
    if clients_are_carried_over(tx).await? {
        let earlier = tx.outgoing_with_names("appointment", "client_name").await?;
        looked.naming = looked.naming.max(earlier.naming);
    }
    let found = format!(
        "{} of the latest {} emails and notifications contain a client’s name.",
        looked.naming, looked.texts
    );
    Ok(check(
        "templates",
        "Messages name no clients",
        looked.naming == 0,
        found,
        None,
    ))
}

/// Services in use without an agreement. SMS codes that the workspace does not allow count as off.
fn outside(workspace: &Workspace, features: &[Feature]) -> Check {
    let texts = workspace.security().text_messages;
    let works = |f: &&Feature| f.used && (f.adapter != Adapter::Texts || texts);
    let bare: Vec<&str> = features
        .iter()
        .filter(works)
        .filter(|f| f.covered_by.is_none())
        .map(|f| f.name)
        .collect();
    let found = if bare.is_empty() && !features.iter().any(|f| works(&f)) {
        "No outside services in use.".to_owned()
    } else if bare.is_empty() {
        format!(
            "{} outside services in use, all covered.",
            features.iter().filter(works).count()
        )
    } else {
        format!(
            "In use but not covered: {}. Your operator records the agreement (interpres agreement subprocessor).",
            bare.join(", ")
        )
    };
    check(
        "features",
        "Outside services are covered",
        bare.is_empty(),
        found,
        Some("/settings/security"),
    )
}

/// The limits as they are set, whether or not HIPAA mode narrows them.
pub(crate) fn session_limits(workspace: &Workspace) -> (i64, i64) {
    let rules = workspace.security();
    (rules.idle_minutes, rules.hours)
}

fn drill(tx: &ReadTx, drills: &[Drill]) -> Check {
    let title = "Restore drill in the last 90 days";
    let latest = drills.first();
    let good = latest.is_some_and(|d| d.good && tx.now() < d.at.plus_minutes(DRILL_DAYS * 24 * 60));
    let found = latest.map_or_else(
        || "No restore drill yet. Your operator runs it: interpres backup drill.".to_owned(),
        |d| {
            format!(
                "Restore drill {}: {}, restored in {} s.",
                said(tx, d.at),
                if d.good { "passed" } else { "failed" },
                d.seconds
            )
        },
    );
    check("drill", title, good, found, None)
}
