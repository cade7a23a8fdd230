//! The readiness report (HM6): each safeguard of 45 CFR 164.312 and 164.310(d), and the additions proposed in January
//! 2025, with live evidence.
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

/// The state of a piece of evidence.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stand {
    /// Good.
    Good,
    /// Needs attention.
    Attention,
}

/// Something that was found just now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Evidence {
    /// The evidence.
    pub found: String,
    /// Its state.
    pub stand: Stand,
}

/// A safeguard: what Interpres does, the evidence, and what is left to the workspace.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Safeguard {
    /// The provision.
    pub provision: &'static str,
    /// Its name.
    pub title: &'static str,
    /// What Interpres does.
    pub done: &'static str,
    /// The evidence.
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
    /// Number of pieces of evidence that need attention.
    pub attention: usize,
}

fn found(good: bool, text: String) -> Evidence {
    Evidence {
        found: text,
        stand: if good { Stand::Good } else { Stand::Attention },
    }
}

/// The facts behind the report.
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
        at.map_or_else(|| "never".to_owned(), wall)
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
                format!("HIPAA mode has been on since {}.", self.said(on))
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
            format!("Sessions end after {idle} minutes idle and after {hours} hours in any case."),
        )
    }
    fn asleep(&self) -> Evidence {
        let silent = self.people.silent;
        found(
            silent == 0,
            match silent {
                0 => "Every member signed in within 90 days.".to_owned(),
                _ => format!("{silent} members have not signed in for ninety days."),
            },
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
                "{} entries, latest checkpoint signed {}.",
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
                "{} records checked, last on {}.",
                self.watch.swept,
                self.said(self.watch.swept_at)
            ),
        )
    }
    fn reviews(&self) -> Evidence {
        found(
            self.open_findings == 0,
            format!(
                "{} findings reviewed, {} open.",
                self.signed_findings, self.open_findings
            ),
        )
    }
    fn incidents(&self) -> Evidence {
        found(
            self.watch.open_incidents == 0,
            format!(
                "{} records were changed outside Interpres.",
                self.watch.open_incidents
            ),
        )
    }
    fn retention(&self) -> Evidence {
        let words = self.years.map_or_else(
            || "Appointments are kept until you set a period.".to_owned(),
            |y| format!("Appointments are kept for {y} years."),
        );
        found(
            true,
            format!("{words} {} erasure certificates.", self.erasures),
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
            "Every view and change passes one gate that checks the role’s permissions.",
            vec![f.mode(), f.asleep()],
            "Decide who needs which access, review it, and remove it when people leave.",
        ),
        safeguard(
            "164.312(a)(2)(i)",
            "Unique user identification",
            "Each person has their own account; its ID is never reused.",
            vec![f.check("own-accounts")],
            "Don’t let people share accounts.",
        ),
        safeguard(
            "164.312(a)(2)(ii)",
            "Emergency access procedure",
            "The latest backup can be opened read-only while the server is down.",
            vec![f.check("drill")],
            "Practice it. Know who starts it and where the backups and the master key are.",
        ),
        safeguard(
            "164.312(a)(2)(iii)",
            "Automatic logoff",
            "The server ends sessions and clears the screen; typed text is kept.",
            vec![f.sessions()],
            "Lock screens when you step away.",
        ),
        safeguard(
            "164.312(a)(2)(iv)",
            "Encryption and decryption",
            "AES-256-GCM with a key per record, protected by the workspace key and the master key.",
            vec![f.check("storage")],
            "Store the master key apart from the data, with a copy elsewhere.",
        ),
        safeguard(
            "164.312(b)",
            "Audit controls",
            "Every view, change and refusal is recorded in a log that outsiders can verify. It’s scanned hourly.",
            vec![f.log(), f.reviews()],
            "Review the findings; keep an outside witness.",
        ),
        safeguard(
            "164.312(c)(1)",
            "Integrity",
            "Each version of each record has a keyed checksum, checked on every read and once a day.",
            vec![f.sweep(), f.incidents()],
            "Follow up on what’s found.",
        ),
        safeguard(
            "164.312(d)",
            "Person or entity authentication",
            "Passwords by NIST SP 800-63B-4, passkeys and codes; sensitive actions ask again.",
            vec![f.factors(), f.check("second-factor")],
            "Teach people never to approve a sign-in they didn’t start.",
        ),
        safeguard(
            "164.312(e)(1)",
            "Transmission security",
            "TLS 1.2 or later, built in. The API refuses plain HTTP and revokes keys sent over it.",
            vec![f.check("tls"), f.check("templates")],
            "Don’t send client names by ordinary email or text message.",
        ),
    ]
}

fn others(f: &Facts) -> Vec<Safeguard> {
    vec![
        safeguard(
            "164.310(d)(1)",
            "Device and media controls",
            "Erasing destroys the key, so no backup can restore the data; a certificate records it.",
            vec![f.retention()],
            "Wipe or destroy disks, phones and paper.",
        ),
        safeguard(
            "164.314(a), 164.504(e)",
            "Business associate agreements",
            "Without one in effect, clients of health-care customers can’t be named.",
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
            "Sign with your customers and subcontractors. The agreement prevails over any text here.",
        ),
        safeguard(
            "164.502(b)",
            "Minimum necessary",
            "Roles see initials unless they need names; interpreters from some hours before the start until the voucher is approved. Only named people export.",
            vec![f.check("exporters")],
            "Give no one a wider role than their work needs.",
        ),
        safeguard(
            "Proposed rule of January 2025",
            "Would add: a second factor for everyone, encryption throughout, restore within 72 hours, access ended within an hour",
            "All but the second factor apply to every workspace; that one applies under HIPAA mode.",
            vec![f.factors(), f.check("storage"), f.check("drill")],
            "Keep an inventory and a network map; test your incident plan once a year.",
        ),
    ]
}
