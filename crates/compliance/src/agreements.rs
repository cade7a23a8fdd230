//! Agreements between the operator and a workspace: issued by the operator, signed by an owner (HM1).
use interpres_accounts::{Agreement, agreement_in_effect, agreements_alone};
use interpres_gate::{
    Action, Command, Granted, Notice, Query, ReadTx, Refusal, WriteTx, async_trait, record,
};
use interpres_types::{AgreementOfferId, Field, Instant, Line, Problems};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The business associate agreement.
pub const BAA: &str = "baa";
/// The operator's attestation that the disks under PostgreSQL are encrypted (EN2).
pub const ENCRYPTED_VOLUME: &str = "encrypted-volume";

record! {
    /// A text that the operator has signed and that waits for an owner.
    pub struct AgreementOffer from NewAgreementOffer in "agreement_offer" by AgreementOfferId {
        /// The kind: `baa`.
        kind: String,
        /// The version of its text.
        text_version: Line<40>,
        /// The text.
        body: String,
        /// Who signed for the operator: name and title.
        issued_by: Line<160>,
        /// When it was issued.
        issued_at: Instant,
        /// When an owner signed it.
        signed_at: Option<Instant>,
        /// When it was withdrawn.
        ended_at: Option<Instant>,
    }
}

/// Issues the text of a business associate agreement. The operator does it, for a workspace that may
/// be under HIPAA mode.
#[derive(Debug)]
pub struct OfferAgreement {
    /// The version of the text.
    pub text_version: Line<40>,
    /// The text.
    pub body: String,
    /// Who signs for the operator: name and title.
    pub issued_by: Line<160>,
}

const LONGEST_TEXT: usize = 400_000;

#[async_trait]
impl Command for OfferAgreement {
    const ACTION: Action = Action::AgreementOffer;
    type Outcome = AgreementOfferId;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<AgreementOfferId, Refusal> {
        if self.body.trim().is_empty() || self.body.len() > LONGEST_TEXT {
            return Err(Refusal::invalid("text", "must have 1 to 400,000 bytes"));
        }
        agreements_alone(tx, BAA).await?;
        let now = tx.now();
        for mut before in waiting(tx).await? {
            before.ended_at = Some(now);
            tx.save(&before).await?;
        }
        let offer = tx
            .blank(NewAgreementOffer {
                kind: BAA.to_owned(),
                text_version: self.text_version,
                body: self.body,
                issued_by: self.issued_by,
                issued_at: now,
            })
            .await?;
        let id = tx.save(&offer).await?.id;
        tx.tell_those_in_charge(
            &Notice::new(
                "legal",
                "A business associate agreement waits for an owner's signature.",
            )
            .goes_to("/settings/hipaa"),
        )
        .await?;
        Ok(id)
    }
}

async fn waiting(tx: &mut ReadTx) -> Result<Vec<AgreementOffer>, Refusal> {
    tx.list(
        "where signed_at is null and ended_at is null order by issued_at desc limit 10",
        vec![],
    )
    .await
}

/// An operator's attestation: that the volume is encrypted, or that the agency operates its own server, so that there
/// is no one to sign with.
#[derive(Debug)]
pub struct DeclareAgreement {
    /// `baa` where operator and agency are one, or `encrypted-volume`.
    pub kind: &'static str,
    /// Who attests: name and title.
    pub by: Line<160>,
}

#[async_trait]
impl Command for DeclareAgreement {
    const ACTION: Action = Action::AgreementOffer;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        agreements_alone(tx, self.kind).await?;
        let text = "operator's declaration".to_owned();
        let agreement = Agreement::accepted(tx, self.kind, text, self.by);
        tx.save(&agreement).await.map(drop)
    }
}

/// Ends the agreement of a kind. What it covered is hidden at once.
#[derive(Debug)]
pub struct EndAgreement(pub &'static str);

#[async_trait]
impl Command for EndAgreement {
    const ACTION: Action = Action::AgreementEnd;
    type Outcome = usize;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<usize, Refusal> {
        agreements_alone(tx, self.0).await?;
        let now = tx.now();
        let open: Vec<Agreement> = tx
            .list(
                "where kind = $1 and ended_at is null limit 50",
                vec![self.0.into()],
            )
            .await?;
        let count = open.len();
        for mut agreement in open {
            agreement.ended_at = Some(now);
            tx.save(&agreement).await?;
        }
        tx.tell_those_in_charge(
            &Notice::new("legal", "An agreement with the operator has ended. Clients of health-care customers are sealed from view.")
                .goes_to("/settings/hipaa"),
        )
        .await?;
        Ok(count)
    }
}

/// Who signs for the workspace.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SignInput {
    /// Full name; required.
    pub name: Field,
    /// Title; required.
    pub title: Field,
}

/// Signs the agreement that waits.
#[derive(Debug)]
pub struct SignAgreement {
    /// The agreement.
    pub id: AgreementOfferId,
    /// Who signs.
    pub input: SignInput,
}

#[async_trait]
impl Command for SignAgreement {
    const ACTION: Action = Action::AgreementSign;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let mut p = Problems::none();
        let (name, title) = (
            p.need::<Line<80>>("name", &self.input.name),
            p.need::<Line<70>>("title", &self.input.title),
        );
        let (Some(name), Some(title), true) = (name, title, p.is_empty()) else {
            return Err(p.into());
        };
        let mut offer: AgreementOffer = tx.find(self.id).await?;
        if offer.signed_at.is_some() || offer.ended_at.is_some() {
            return Err(Refusal::conflict(
                "This text was signed already, or another took its place.",
            ));
        }
        agreements_alone(tx, &offer.kind).await?;
        let now = tx.now();
        if let Some(mut before) = agreement_in_effect(tx, &offer.kind).await? {
            before.ended_at = Some(now);
            tx.save(&before).await?;
        }
        let by = format!("{name}, {title}")
            .parse()
            .map_err(|rule| Refusal::invalid("name", rule))?;
        let agreement = Agreement {
            issued_by: Some(offer.issued_by.clone()),
            offer_id: Some(offer.id),
            address: tx.actor().origin().address.clone(),
            ..Agreement::accepted(tx, &offer.kind, offer.text_version.to_string(), by)
        };
        tx.save(&agreement).await?;
        offer.signed_at = Some(now);
        tx.save(&offer).await.map(drop)
    }
}

/// The texts and signatures of a workspace's agreements, latest first.
#[derive(Clone, Debug)]
pub struct ListAgreements;

/// An agreement, signed or waiting.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AgreementView {
    /// The text's id, where the operator issued one.
    pub offer: Option<AgreementOfferId>,
    /// The kind.
    pub kind: String,
    /// The version of its text.
    pub text_version: String,
    /// The text.
    pub body: Option<String>,
    /// Who signed for the operator.
    pub issued_by: Option<String>,
    /// Who signed for the workspace.
    pub accepted_by: Option<String>,
    /// When the workspace signed.
    pub accepted_at: Option<Instant>,
    /// The network address it was accepted from.
    pub address: Option<String>,
    /// When it ended.
    pub ended_at: Option<Instant>,
}

#[async_trait]
impl Query for ListAgreements {
    const ACTION: Action = Action::HipaaShow;
    type View = Vec<AgreementView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<AgreementView>, Refusal> {
        let offers: Vec<AgreementOffer> = tx
            .list(
                "where ended_at is null order by issued_at desc limit 50",
                vec![],
            )
            .await?;
        let signed: Vec<Agreement> = tx
            .list("order by accepted_at desc limit 50", vec![])
            .await?;
        let waiting = offers
            .iter()
            .filter(|o| o.signed_at.is_none())
            .map(|o| AgreementView {
                offer: Some(o.id),
                kind: o.kind.clone(),
                text_version: o.text_version.to_string(),
                body: Some(o.body.clone()),
                issued_by: Some(o.issued_by.to_string()),
                accepted_by: None,
                accepted_at: None,
                address: None,
                ended_at: None,
            });
        let mut all: Vec<AgreementView> = waiting.collect();
        all.extend(signed.into_iter().map(|a| {
            AgreementView {
                body: offers
                    .iter()
                    .find(|o| Some(o.id) == a.offer_id)
                    .map(|o| o.body.clone()),
                offer: a.offer_id,
                kind: a.kind,
                text_version: a.text_version,
                issued_by: a.issued_by.map(|by| by.to_string()),
                accepted_by: Some(a.accepted_by.to_string()),
                accepted_at: Some(a.accepted_at),
                address: a.address,
                ended_at: a.ended_at,
            }
        }));
        Ok(all)
    }
}
