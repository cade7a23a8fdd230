//! The readiness report (HM6): each safeguard of 45 CFR 164.312 and 164.310(d), and what the rule
//! proposed in January 2025 would add, with evidence that is looked up when it is asked for.
use crate::{
    Erasure, Retention,
    agreements::BAA,
    finding::Finding,
    hipaa_checks::{Check, Serving, checks, session_limits},
};
use interpres_accounts::{Workspace, agreement_in_effect};
use interpres_gate::{Action, Presence, Query, ReadTx, Refusal, Watchfulness, async_trait};
use interpres_types::{Instant, Zone};
use schemars::JsonSchema;
use serde::Serialize;

/// Asks for the report.
#[derive(Clone, Debug)]
pub struct ShowReadiness(pub Serving);

/// How a piece of evidence stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stand {
    /// As it should be.
    Good,
    /// Somebody should look at it.
    Attention,
}

/// Something that was found just now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Evidence {
    /// What was found.
    pub found: String,
    /// How it stands.
    pub stand: Stand,
}

/// A safeguard, what Interpres does for it, what was found, and what stays with the workspace.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Safeguard {
    /// The provision.
    pub provision: &'static str,
    /// Its name.
    pub title: &'static str,
    /// What Interpres does.
    pub done: &'static str,
    /// What was found.
    pub evidence: Vec<Evidence>,
    /// What the workspace or its operator must do.
    pub yours: &'static str,
}

/// The report.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Readiness {
    /// The workspace.
    pub workspace: String,
    /// When it was asked for.
    pub at: Instant,
    /// Since when HIPAA mode is on.
    pub hipaa_since: Option<Instant>,
    /// The safeguards.
    pub safeguards: Vec<Safeguard>,
    /// How many pieces of evidence ask for attention.
    pub attention: usize,
}

fn found(good: bool, text: String) -> Evidence {
    Evidence {
        found: text,
        stand: if good { Stand::Good } else { Stand::Attention },
    }
}

/// What the report is made of.
struct Facts {
    now: Instant,
    zone: Zone,
    workspace: Workspace,
    checks: Vec<Check>,
    people: Presence,
    watch: Watchfulness,
    baa: bool,
    open_findings: i64,
    signed_findings: i64,
    erasures: i64,
    years: Option<i64>,
}

impl Facts {
    async fn look_up(tx: &mut ReadTx, serving: &Serving) -> Result<Self, Refusal> {
        let id = tx.actor().workspace();
        let retention: Vec<Retention> = tx.list("limit 1", vec![]).await?;
        Ok(Self {
            now: tx.now(),
            zone: tx.actor().zone(),
            workspace: tx.find(id).await?,
            checks: checks(tx, serving).await?,
            people: tx.presence(tx.now().plus_minutes(-90 * 24 * 60)).await?,
            watch: tx.watchfulness().await?,
            baa: agreement_in_effect(tx, BAA).await?.is_some(),
            open_findings: tx
                .count::<Finding>("where signed_at is null", vec![])
                .await?,
            signed_findings: tx
                .count::<Finding>("where signed_at is not null", vec![])
                .await?,
            erasures: tx.count::<Erasure>("", vec![]).await?,
            years: retention.first().and_then(|r| r.years),
        })
    }
    /// A moment as people of the workspace say it.
    fn said(&self, at: Option<Instant>) -> String {
        let wall = |at| {
            let wall = self.zone.wall_time(at);
            format!("{}, {}", wall.date.long(), wall.said())
        };
        at.map_or_else(|| "never yet".to_owned(), wall)
    }
    fn check(&self, id: &str) -> Evidence {
        let check = self.checks.iter().find(|c| c.id == id);
        check.map_or_else(
            || found(false, "Not looked up.".to_owned()),
            |c| found(c.good, c.found.clone()),
        )
    }
    fn mode(&self) -> Evidence {
        let on = self.workspace.hipaa_mode_since;
        found(
            on.is_some(),
            if on.is_some() {
                format!("HIPAA mode is on since {}.", self.said(on))
            } else {
                "HIPAA mode is off.".to_owned()
            },
        )
    }
    fn factors(&self) -> Evidence {
        let Presence {
            members, enrolled, ..
        } = self.people;
        found(
            enrolled == members,
            format!("{enrolled} of {members} members have a second factor."),
        )
    }
    fn sessions(&self) -> Evidence {
        let (idle, hours) = session_limits(&self.workspace);
        found(
            idle <= 15 && hours <= 12,
            format!(
                "Sessions end after {idle} minutes without a request, and after {hours} hours."
            ),
        )
    }
    fn asleep(&self) -> Evidence {
        let silent = self.people.silent;
        found(
            silent == 0,
            format!("{silent} members have not signed in for ninety days."),
        )
    }
    fn log(&self) -> Evidence {
        let fresh = self
            .watch
            .checkpoint_at
            .is_some_and(|at| self.now < at.plus_minutes(24 * 60));
        found(
            fresh,
            format!(
                "{} entries, the latest checkpoint signed {}.",
                self.watch.entries,
                self.said(self.watch.checkpoint_at)
            ),
        )
    }
    fn sweep(&self) -> Evidence {
        let fresh = self
            .watch
            .swept_at
            .is_some_and(|at| self.now < at.plus_minutes(48 * 60));
        found(
            fresh,
            format!(
                "Every record was held against its checksum: {} records, {}.",
                self.watch.swept,
                self.said(self.watch.swept_at)
            ),
        )
    }
    fn reviews(&self) -> Evidence {
        found(
            self.open_findings == 0,
            format!(
                "{} findings signed off, {} open.",
                self.signed_findings, self.open_findings
            ),
        )
    }
    fn incidents(&self) -> Evidence {
        found(
            self.watch.open_incidents == 0,
            format!(
                "{} records are not what was saved.",
                self.watch.open_incidents
            ),
        )
    }
    fn retention(&self) -> Evidence {
        let words = self.years.map_or_else(
            || "Appointments are kept until somebody says otherwise.".to_owned(),
            |y| format!("Appointments are kept for {y} years."),
        );
        found(
            true,
            format!("{words} {} certificates of erasure.", self.erasures),
        )
    }
}

#[async_trait]
impl Query for ShowReadiness {
    const ACTION: Action = Action::ReadinessShow;
    type View = Readiness;
    async fn answer(self, tx: &mut ReadTx) -> Result<Readiness, Refusal> {
        let facts = Facts::look_up(tx, &self.0).await?;
        let safeguards: Vec<Safeguard> = technical(&facts)
            .into_iter()
            .chain(others(&facts))
            .collect();
        let attention = safeguards
            .iter()
            .flat_map(|s| &s.evidence)
            .filter(|e| e.stand == Stand::Attention)
            .count();
        Ok(Readiness {
            workspace: facts.workspace.name.to_string(),
            at: facts.now,
            hipaa_since: facts.workspace.hipaa_mode_since,
            safeguards,
            attention,
        })
    }
}

const fn safeguard(
    provision: &'static str,
    title: &'static str,
    done: &'static str,
    evidence: Vec<Evidence>,
    yours: &'static str,
) -> Safeguard {
    Safeguard {
        provision,
        title,
        done,
        evidence,
        yours,
    }
}

fn technical(f: &Facts) -> Vec<Safeguard> {
    vec![
        safeguard(
            "164.312(a)(1)",
            "Access control",
            "Nothing is shown or changed but through one gate, which asks the policy; what a role does not reach is not there.",
            vec![f.mode(), f.asleep()],
            "Decide who needs what; review it; take access away when people go.",
        ),
        safeguard(
            "164.312(a)(2)(i)",
            "Unique user identification",
            "Each person has an account of their own, whose id is never used again.",
            vec![f.check("own-accounts")],
            "Let nobody work with another's account.",
        ),
        safeguard(
            "164.312(a)(2)(ii)",
            "Emergency access procedure",
            "The latest copy can be served for looking while the machine is away.",
            vec![f.check("drill")],
            "Practise it; know who starts it, and where the copies and the master key are.",
        ),
        safeguard(
            "164.312(a)(2)(iii)",
            "Automatic logoff",
            "The server ends sessions; the screen is cleared, and what was typed is kept.",
            vec![f.sessions()],
            "Lock screens when you leave them.",
        ),
        safeguard(
            "164.312(a)(2)(iv)",
            "Encryption and decryption",
            "AES-256-GCM, a key for each record under a key of the workspace under the master key.",
            vec![f.check("storage")],
            "Keep the master key apart from the data, and a copy of it elsewhere.",
        ),
        safeguard(
            "164.312(b)",
            "Audit controls",
            "Every view, change and refusal is an entry of a log that an outsider can verify. It is gone through every hour.",
            vec![f.log(), f.reviews()],
            "Look at the findings and sign them off; keep a witness outside.",
        ),
        safeguard(
            "164.312(c)(1)",
            "Integrity",
            "Each version of each record carries a keyed checksum, judged when it is read and once a day.",
            vec![f.sweep(), f.incidents()],
            "Follow up what is found.",
        ),
        safeguard(
            "164.312(d)",
            "Person or entity authentication",
            "Passwords by NIST SP 800-63B-4, passkeys, codes, proof once more for grave acts.",
            vec![f.factors(), f.check("second-factor")],
            "Tell people never to approve what they did not begin.",
        ),
        safeguard(
            "164.312(e)(1)",
            "Transmission security",
            "TLS 1.2 or later, built in; the API is refused over plain HTTP, and keys seen there are revoked.",
            vec![f.check("tls"), f.check("templates")],
            "Send no client's name by ordinary mail or text message.",
        ),
    ]
}

fn others(f: &Facts) -> Vec<Safeguard> {
    vec![
        safeguard(
            "164.310(d)(1)",
            "Device and media controls",
            "Erasing destroys the key, so that no backup opens what is erased; a certificate says so.",
            vec![f.retention()],
            "Wipe or destroy disks, phones and paper.",
        ),
        safeguard(
            "164.314(a), 164.504(e)",
            "Business associate agreements",
            "Without one in effect no client of a health-care customer can be named.",
            vec![
                found(
                    f.baa,
                    if f.baa {
                        f.check("baa").found
                    } else {
                        "No agreement is in effect.".to_owned()
                    },
                ),
                f.check("features"),
            ],
            "Sign with your customers and subcontractors; the agreement prevails over any text here.",
        ),
        safeguard(
            "164.502(b)",
            "Minimum necessary",
            "Roles see initials unless they need the name; interpreters from some hours before the start until the voucher is approved; files leave by named hands.",
            vec![f.check("exporters")],
            "Give nobody a wider role than their work needs.",
        ),
        safeguard(
            "Proposed rule of January 2025",
            "What it would add: a second factor for all, encryption throughout, restoring within 72 hours, access ended within an hour",
            "All but the second factor hold for every workspace; that one holds under HIPAA mode.",
            vec![f.factors(), f.check("storage"), f.check("drill")],
            "Keep an inventory and a network map; test the plan for incidents once a year.",
        ),
    ]
}
