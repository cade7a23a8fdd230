//! Problems between a workspace and its identity provider. The person sees what to ask and whom; admins and the
//! server log get what to change. Nothing is guessed.
use crate::discover::Slip;
use interpres_gate::{Action, Command, Granted, Notice, Refusal, WriteTx, async_trait, words};
use interpres_types::ProviderId;

words! {
    /// Why a provider's claims are insufficient, or were not followed.
    Trouble, "must be a trouble with a provider" {
        /// Its metadata can't be had.
        Unreached = "unreached", "its metadata can't be had; look at the issuer's address";
        /// Its issuer differs by a slash at the end (OpenID Connect Discovery 1.0, 4.3 wants equality).
        Slash = "slash", "the issuer that is set up and the one that it says differ by a slash at the end; enter it exactly as the provider says it";
        /// Its issuer is a pattern for any tenant's.
        Tenant = "tenant", "the issuer is for every tenant; enter the one with your own tenant's id in it";
        /// It speaks for another issuer.
        OtherIssuer = "other-issuer", "its metadata are another issuer's; enter the issuer exactly as the provider says it";
        /// Its addresses lead where we don't go.
        Elsewhere = "elsewhere", "its metadata lead to addresses that are not asked: only public ones are, by HTTPS";
        /// No email.
        NoAddress = "no-address", "it gave no email address for somebody who is new here; add the claim email to the tokens of this application";
        /// It does not say that the address is verified.
        Unverified = "unverified", "it did not say that the address of somebody who is new here is verified (email_verified; xms_edov for Entra; hd for Google); add that claim to the tokens of this application";
        /// The address is of a domain that it was not granted.
        OtherDomain = "other-domain", "it sent somebody whose domain was not granted to it; your operator grants domains";
        /// It names a place to ask for groups instead of the groups.
        ManyGroups = "many-groups", "it left the groups of somebody out because they are too many; let it send only the groups assigned to this application. Until then roles stay as they are, and nobody new joins";
        /// The email belongs to someone linked to another subject.
        SecondSubject = "second-subject", "it gave the address of a member to somebody it knows as another person. If they are the same, let go of the member's sign-in on their page under People; they link themselves anew at their next sign-in";
        /// Owners and admins link their accounts themselves.
        OwnProof = "own-proof", "it sent somebody with the address of an owner or admin, who has not linked their account to it yet. They do so themselves, signed in by their own way, on their account's page";
        /// Several people read the mailbox.
        SharedMailbox = "shared-mailbox", "it gave a mailbox that several people read; under HIPAA mode everybody signs in with their own";
        /// A new address can't be followed.
        AddressKept = "address-kept", "it changed the address of a member to one that is taken, or the member belongs to other workspaces too; their address here stays as it was";
    }
}

impl Trouble {
    /// The message for a person who cannot sign in.
    pub(crate) const fn for_the_person(self) -> &'static str {
        match self {
            Self::NoAddress => {
                "Your identity provider gave no email address for you. Ask whoever looks after it at your organization to add the claim email."
            }
            Self::Unverified => {
                "Your identity provider did not say that your address is verified. Ask whoever looks after it at your organization; an admin of this workspace was told what is missing."
            }
            Self::OtherDomain => {
                "Your identity provider does not speak for addresses of your domain here. Ask an admin of this workspace."
            }
            Self::ManyGroups => {
                "Your identity provider did not say which groups you are in, because they are too many. Ask whoever looks after it to send only the groups assigned to this application."
            }
            Self::SecondSubject => {
                "Your address belongs to somebody here whom your identity provider knows as another person. Ask an admin of this workspace."
            }
            Self::OwnProof => {
                "You are an owner or admin here. Sign in by your own way once, and link your account to the identity provider on your account's page."
            }
            Self::SharedMailbox => {
                "This mailbox is read by several people. Sign in with an address of your own, or ask an admin of this workspace."
            }
            Self::Unreached
            | Self::Slash
            | Self::Tenant
            | Self::OtherIssuer
            | Self::Elsewhere
            | Self::AddressKept => {
                "Your identity provider's answer is not right. Ask an admin of this workspace."
            }
        }
    }
}

impl From<Slip> for Trouble {
    fn from(slip: Slip) -> Self {
        match slip {
            Slip::Unreached => Self::Unreached,
            Slip::Slash(_) => Self::Slash,
            Slip::Tenant => Self::Tenant,
            Slip::Another(_) => Self::OtherIssuer,
            Slip::Elsewhere => Self::Elsewhere,
        }
    }
}

/// Minutes between two notices about the same problem.
const TOLD_MINUTES: i64 = 24 * 60;

/// Notifies owners and admins of what to change at a provider, once a day.
pub(crate) async fn tell(
    tx: &mut WriteTx,
    provider: ProviderId,
    trouble: Trouble,
) -> Result<(), Refusal> {
    tracing::warn!(%provider, why = trouble.label(), "an identity provider has to be looked at");
    if tx
        .first_time(
            &format!("trouble/{provider}/{}", trouble.word()),
            tx.now().plus_minutes(TOLD_MINUTES),
        )
        .await?
    {
        let notice = Notice::new(
            "provider",
            "Something is wrong with your identity provider: ",
        )
        .say(trouble.label())
        .say(".");
        tx.tell_those_in_charge(&notice.goes_to("/settings/providers"))
            .await?;
    }
    Ok(())
}

/// Notifies owners and admins of a problem found while contacting a provider.
pub(crate) struct NoteTrouble {
    pub(crate) provider: ProviderId,
    pub(crate) trouble: Trouble,
}

#[async_trait]
impl Command for NoteTrouble {
    const ACTION: Action = Action::ProviderUse;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        tell(tx, self.provider, self.trouble).await
    }
}
