//! What the operator says about agreements, on the command line.
use clap::Subcommand;
use interpres::control::{Act, Deed};
use interpres_compliance::Adapter;
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Agreement {
    /// Issue a business associate agreement, signed for the operator; an owner signs it in the page.
    Offer {
        /// The workspace's id or name.
        #[arg(long)]
        workspace: String,
        /// The file that holds the text.
        #[arg(long)]
        text: PathBuf,
        /// The version of the text.
        #[arg(long)]
        text_version: String,
        /// Who signs for the operator: "Name, title".
        #[arg(long)]
        signed_by: String,
    },
    /// Declare that operator and agency are one, so that there is nobody to sign with: the agency's
    /// agreements are those with its customers.
    Own {
        /// The workspace's id or name.
        #[arg(long)]
        workspace: String,
        /// Who says so: "Name, title".
        #[arg(long)]
        signed_by: String,
    },
    /// Attest that the volume under PostgreSQL is encrypted.
    Volume {
        /// The workspace's id or name.
        #[arg(long)]
        workspace: String,
        /// Who says so: "Name, title".
        #[arg(long)]
        signed_by: String,
    },
    /// Record the agreement that you have with whoever runs a service outside that this server is set up for: without
    /// one, HIPAA mode is not switched on.
    Subprocessor {
        /// The workspace's id or name.
        #[arg(long)]
        workspace: String,
        /// mail, collector, witness, transit, texts or acme.
        #[arg(long)]
        adapter: Adapter,
        /// With whom the agreement is, and of what date: "Mail Company, BAA of 2026-11-02"; your own name where you run the
        /// service yourself.
        #[arg(long, required_unless_present = "ended", conflicts_with = "ended")]
        with: Option<String>,
        /// The agreement has ended.
        #[arg(long)]
        ended: bool,
        /// Who says so: "Name, title".
        #[arg(long)]
        signed_by: String,
    },
    /// End the business associate agreement: what it covered is sealed from view at once.
    End {
        /// The workspace's id or name.
        #[arg(long)]
        workspace: String,
    },
}

impl Agreement {
    /// The act that is asked for. A text is read here, where its file is.
    pub(crate) fn act(self) -> Result<Act, String> {
        Ok(match self {
            Self::Offer {
                workspace,
                text,
                text_version,
                signed_by,
            } => {
                let body = std::fs::read_to_string(&text)
                    .map_err(|e| format!("{}: {e}", text.display()))?;
                Act::Agreement(workspace, Deed::Offer(body, text_version, signed_by))
            }
            Self::Own {
                workspace,
                signed_by,
            } => Act::Agreement(workspace, Deed::Own(signed_by)),
            Self::Volume {
                workspace,
                signed_by,
            } => Act::Agreement(workspace, Deed::Volume(signed_by)),
            Self::Subprocessor {
                workspace,
                adapter,
                with: Some(with),
                signed_by,
                ..
            } => Act::Agreement(workspace, Deed::Covered(adapter, with, signed_by)),
            Self::Subprocessor {
                workspace,
                adapter,
                with: None,
                signed_by,
                ..
            } => Act::Agreement(workspace, Deed::Uncovered(adapter, signed_by)),
            Self::End { workspace } => Act::Agreement(workspace, Deed::End),
        })
    }
}
