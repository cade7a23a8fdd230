//! What the operator asks of an installation: done by the running server, which listens on a
//! socket in its data folder, or by this process when none is running.
use crate::{Databases, OpenMaster, backup::copy_once, drill::drill, rotate_master};
use interpres_compliance::{
    Adapter, BAA, CoverAdapter, DeclareAgreement, ENCRYPTED_VOLUME, EndAgreement, OfferAgreement,
};
use interpres_gate::{Gate, HandOverLogKey, Refusal};
use interpres_sso::GrantDomain;
use interpres_types::Instant;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

pub use crate::control_socket::{ask, listen};

/// Bytes of an act as it comes in: an agreement's text is the longest.
pub(crate) const LONGEST_ACT: u64 = 1 << 20;

/// One thing to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Wrap everything by a new master key.
    RotateMaster,
    /// Give every workspace a new key and destroy the old one.
    RotateWorkspaces,
    /// Give every record a new key.
    RotateRecords,
    /// Give every workspace's log a new signing key.
    HandOverLogs,
    /// Go through every record and version.
    Sweep,
    /// Look again at what was taken out of sight since a moment, and put back what is as it was saved.
    Recheck(Option<Instant>),
    /// Copy data and keys into this folder.
    Backup(PathBuf),
    /// Restore the latest copy in this folder into a scratch place and check it.
    Drill(PathBuf),
    /// Issue, declare or end an agreement with a workspace, told by id or name.
    Agreement(String, Deed),
    /// Grant a workspace's identity provider a domain: workspace by id or name, provider, domain.
    GrantDomain(String, String, String),
}

/// What becomes of an agreement.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// Issue this text, in this version, signed by.
    Offer(String, String, String),
    /// Operator and agency are one, says.
    Own(String),
    /// The volume is encrypted, says.
    Volume(String),
    /// A service outside is covered: by which part it is reached, with whom the agreement is, says.
    Covered(Adapter, String, String),
    /// A service outside is covered no longer, says.
    Uncovered(Adapter, String),
    /// End the business associate agreement.
    End,
}

/// What it takes to do it.
#[derive(Clone)]
pub struct Desk {
    /// The gate.
    pub gate: Gate,
    /// The master key.
    pub master: OpenMaster,
    /// Where data and keys are.
    pub at: Databases,
}

/// How it ended, in words for the operator.
#[derive(Debug, Serialize, Deserialize)]
pub struct ControlReply {
    /// Whether all is well.
    pub good: bool,
    /// What was done, or what was in the way.
    pub words: String,
}

async fn agree(gate: &Gate, workspace: &str, deed: Deed) -> Result<String, String> {
    let words = |refusal: Refusal| refusal.logged("an agreement").to_string();
    let known = gate
        .workspace_named(workspace)
        .await
        .map_err(words)?
        .ok_or_else(|| format!("there is no workspace {workspace}"))?;
    let operator = gate.operator(known);
    let said = |text: &str| text.parse().map_err(|rule| format!("--signed-by {rule}"));
    match deed {
        Deed::Offer(body, version, by) => {
            let text_version = version
                .parse()
                .map_err(|rule| format!("--text-version {rule}"))?;
            gate.perform(
                &operator,
                OfferAgreement {
                    text_version,
                    body,
                    issued_by: said(&by)?,
                },
            )
            .await
            .map_err(words)?;
            Ok("It waits for an owner's signature under Settings → Security → HIPAA Configuration.".to_owned())
        }
        Deed::Own(by) => {
            gate.perform(
                &operator,
                DeclareAgreement {
                    kind: BAA,
                    by: said(&by)?,
                },
            )
            .await
            .map_err(words)?;
            Ok("Declared. Record the agreements with customers as your policy says.".to_owned())
        }
        Deed::Volume(by) => {
            gate.perform(
                &operator,
                DeclareAgreement {
                    kind: ENCRYPTED_VOLUME,
                    by: said(&by)?,
                },
            )
            .await
            .map_err(words)?;
            Ok("Attested.".to_owned())
        }
        Deed::Covered(adapter, with, by) => {
            let with = Some(with.parse().map_err(|rule| format!("--with {rule}"))?);
            gate.perform(
                &operator,
                CoverAdapter {
                    adapter,
                    with,
                    by: said(&by)?,
                },
            )
            .await
            .map_err(words)?;
            Ok(format!("Recorded: {} is covered.", adapter.label()))
        }
        Deed::Uncovered(adapter, by) => {
            gate.perform(
                &operator,
                CoverAdapter {
                    adapter,
                    with: None,
                    by: said(&by)?,
                },
            )
            .await
            .map_err(words)?;
            Ok(format!(
                "Recorded: {} is covered no longer.",
                adapter.label()
            ))
        }
        Deed::End => {
            let ended = gate
                .perform(&operator, EndAgreement(BAA))
                .await
                .map_err(words)?
                .into_inner();
            Ok(format!(
                "{ended} agreements have ended; what they covered is sealed from view."
            ))
        }
    }
}

impl Desk {
    /// Does it.
    pub async fn act(&self, act: Act) -> ControlReply {
        match self.attempt(act).await {
            Ok(told) => told,
            Err(words) => ControlReply { good: false, words },
        }
    }

    async fn attempt(&self, act: Act) -> Result<ControlReply, String> {
        let (gate, well) = (&self.gate, |words| Ok(ControlReply { good: true, words }));
        let words = |refusal: Refusal| refusal.logged("an operator's act").to_string();
        match act {
            Act::RotateMaster => {
                let done = rotate_master(gate, &self.at.folder, &self.master).await?;
                well(format!(
                    "The keys of {done} workspaces and of the files are wrapped anew. Keep a copy of the new master key elsewhere."
                ))
            }
            Act::RotateWorkspaces => {
                let mut done = 0;
                for workspace in gate.all_with_logs().await.map_err(words)? {
                    done += gate.rotate_workspace_key(workspace).await.map_err(words)?;
                }
                well(format!(
                    "Every workspace has a new key; {done} record keys are wrapped anew, and the old keys are destroyed."
                ))
            }
            Act::RotateRecords => {
                let mut done = 0;
                for workspace in gate.all_with_logs().await.map_err(words)? {
                    done += gate.rotate_record_keys(workspace).await.map_err(words)?;
                }
                well(format!(
                    "{done} records have new keys; their earlier versions stay under the old ones."
                ))
            }
            Act::HandOverLogs => {
                let all = gate.all_with_logs().await.map_err(words)?;
                for workspace in &all {
                    gate.perform(&gate.operator(*workspace), HandOverLogKey)
                        .await
                        .map_err(words)?;
                }
                well(format!(
                    "{} logs have a new key, each signed for by the one before.",
                    all.len()
                ))
            }
            Act::Agreement(workspace, deed) => well(agree(gate, &workspace, deed).await?),
            Act::GrantDomain(workspace, provider, domain) => {
                let known = gate
                    .workspace_named(&workspace)
                    .await
                    .map_err(words)?
                    .ok_or_else(|| format!("there is no workspace {workspace}"))?;
                let provider = provider.parse().map_err(|_| "--provider must be an id")?;
                gate.perform(
                    &gate.operator(known),
                    GrantDomain {
                        provider,
                        domain: domain.clone(),
                    },
                )
                .await
                .map_err(words)?;
                well(format!(
                    "Addresses of {domain} are sent to this provider, and it speaks for them."
                ))
            }
            Act::Backup(to) => well(copy_once(gate, &self.at, &self.master, &to).await?),
            Act::Drill(from) => {
                let drill = drill(gate, &self.at, &self.master, &from).await?;
                let end = format!(
                    "restored as of {} in {} s, {} bytes: {}",
                    drill.as_of,
                    drill.seconds,
                    drill.size,
                    if drill.good { "good" } else { "NOT good" }
                );
                Ok(ControlReply {
                    good: drill.good,
                    words: format!("{}\n{end}", drill.findings.join("\n")),
                })
            }
            Act::Recheck(since) => {
                let mut told = Vec::new();
                for workspace in gate.all_with_logs().await.map_err(words)? {
                    let (back, stay) = gate
                        .recheck(workspace, since.unwrap_or_default())
                        .await
                        .map_err(words)?;
                    told.push(format!(
                        "{workspace}: {back} put back, {stay} left in quarantine"
                    ));
                }
                well(told.join("\n"))
            }
            Act::Sweep => {
                let mut found = Vec::new();
                for workspace in gate.all_with_logs().await.map_err(words)? {
                    let n = gate.sweep(workspace).await.map_err(words)?;
                    found.push((
                        n == 0,
                        format!(
                            "{workspace}: {}",
                            if n == 0 { "good".to_owned() } else { format!("{n} were changed outside Interpres; see Integrity in the audit log") }
                        ),
                    ));
                }
                Ok(ControlReply {
                    good: found.iter().all(|f| f.0),
                    words: found
                        .into_iter()
                        .map(|f| f.1)
                        .collect::<Vec<_>>()
                        .join("\n"),
                })
            }
        }
    }
}
