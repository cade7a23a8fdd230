//! Services outside that parts of the software reach, and the agreements that cover them (HM3, 45 CFR 164.308(b)): one
//! is uncovered until the operator has recorded the agreement with whoever runs it.
use interpres_accounts::{Agreement, agreement_in_effect, agreements_alone};
use interpres_gate::{
    Action, Command, Granted, Notice, ReadTx, Refusal, WriteTx, async_trait, words,
};
use interpres_types::Line;
use schemars::JsonSchema;
use serde::Serialize;

words! {
    /// An adapter to an external service.
    Adapter, "must be mail, collector, witness, transit, texts or acme" {
        /// A mail server.
        Mail = "mail", "Email (SMTP)";
        /// A collector of audit logs.
        Collector = "collector", "Audit log collector";
        /// A witness of audit logs.
        Witness = "witness", "Audit log witness";
        /// A transit engine, such as Vault or OpenBao.
        Transit = "transit", "Key service (transit engine)";
        /// A service for text messages.
        Texts = "texts", "Text message codes";
        /// A certificate authority.
        Acme = "acme", "Certificates (ACME)";
    }
}

impl Adapter {
    /// What it sends. By type, none of them can be given a client's name.
    #[must_use]
    pub const fn sends(self) -> &'static str {
        match self {
            Self::Mail => "Notices and links, no clients",
            Self::Collector => "Log entries, no clients",
            Self::Witness => "Hashes",
            Self::Transit => "Encrypted keys",
            Self::Texts => "Sign-in codes",
            Self::Acme => "The server’s name",
        }
    }
    /// The kind of agreement that covers it.
    const fn agreement(self) -> &'static str {
        match self {
            Self::Mail => "subprocessor-mail",
            Self::Collector => "subprocessor-collector",
            Self::Witness => "subprocessor-witness",
            Self::Transit => "subprocessor-transit",
            Self::Texts => "subprocessor-texts",
            Self::Acme => "subprocessor-acme",
        }
    }
}

/// A part that reaches outside, whether it is at work, and what covers it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Feature {
    /// Its name.
    pub name: &'static str,
    /// What it sends.
    pub sends: &'static str,
    /// Whether this server is configured to use it.
    pub used: bool,
    /// The agreement's other party, and who recorded it; `None` if no agreement is recorded.
    pub covered_by: Option<String>,
    #[serde(skip)]
    pub(crate) adapter: Adapter,
}

/// Every part that reaches outside, those that are at work among them.
pub(crate) async fn features(tx: &mut ReadTx, used: &[Adapter]) -> Result<Vec<Feature>, Refusal> {
    let mut all = Vec::with_capacity(Adapter::ALL.len());
    for adapter in Adapter::ALL.iter().copied() {
        let cover = agreement_in_effect(tx, adapter.agreement()).await?;
        all.push(Feature {
            name: adapter.label(),
            sends: adapter.sends(),
            used: used.contains(&adapter),
            covered_by: cover
                .map(|cover| format!("{}, recorded by {}", cover.text_version, cover.accepted_by)),
            adapter,
        });
    }
    Ok(all)
}

/// Records the operator's agreement with a service provider, or its end.
#[derive(Debug)]
pub struct CoverAdapter {
    /// The adapter.
    pub adapter: Adapter,
    /// The other party and the agreement's date; `None` if it has ended.
    pub with: Option<Line<120>>,
    /// Who attests: name and title.
    pub by: Line<160>,
}

#[async_trait]
impl Command for CoverAdapter {
    const ACTION: Action = Action::AgreementOffer;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let kind = self.adapter.agreement();
        agreements_alone(tx, kind).await?;
        if let Some(mut before) = agreement_in_effect(tx, kind).await? {
            before.ended_at = Some(tx.now());
            tx.save(&before).await?;
        }
        let Some(with) = self.with else {
            let notice = Notice::new("legal", "An agreement with a service outside has ended: ")
                .say(self.adapter.label())
                .say(".");
            return tx
                .tell_those_in_charge(&notice.goes_to("/settings/hipaa"))
                .await;
        };
        let agreement = Agreement::accepted(tx, kind, with.to_string(), self.by);
        tx.save(&agreement).await.map(drop)
    }
}
