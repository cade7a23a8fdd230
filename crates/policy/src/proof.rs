//! Which acts ask for what before they are done.
use crate::{Action, ActionKind};

impl Action {
    /// Whether it needs a second factor that was proved within the last minutes (AU6).
    #[must_use]
    pub const fn needs_proof(self) -> bool {
        matches!(self.kind(), ActionKind::Export)
            && !self.is_ones_own_file()
            && !matches!(self, Self::AuditStream)
            || matches!(
                self,
                Self::AddressAsk
                    | Self::AgreementSign
                    | Self::ApiKeyMint
                    | Self::FactorAdd
                    | Self::FactorEnd
                    | Self::KeysHandOverLog
                    | Self::GlassBreak
                    | Self::HipaaConfirm
                    | Self::HipaaDisable
                    | Self::HipaaEnable
                    | Self::HipaaExporters
                    | Self::IdentityLink
                    | Self::IdentityUnlink
                    | Self::MemberChange
                    | Self::MemberReinstate
                    | Self::OwnershipAccept
                    | Self::RoleDrop
                    | Self::RoleSave
                    | Self::PasswordChange
                    | Self::PersonInvite
                    | Self::ProviderEnd
                    | Self::ProviderSave
                    | Self::ProvisionToken
                    | Self::RecoveryAnswer
                    | Self::RecoveryAsk
                    | Self::RecoveryCodesMake
                    | Self::RetentionFile
                    | Self::ReviewDecide
                    | Self::ReviewSign
                    | Self::SecuritySet
                    | Self::ServiceSave
            )
    }

    /// Whether what leaves is only what the same person brought in.
    #[must_use]
    pub const fn is_ones_own_file(self) -> bool {
        matches!(self, Self::ImportRejected)
    }

    /// Whether a second factor must be there to be proved; a password alone is not enough for it.
    #[must_use]
    pub const fn needs_factor(self) -> bool {
        matches!(
            self,
            Self::HipaaConfirm | Self::HipaaDisable | Self::HipaaEnable
        )
    }

    /// Whether it is possible before somebody has proved all that their workspace asks of them.
    #[must_use]
    pub const fn at_the_door(self) -> bool {
        matches!(
            self,
            Self::SessionEnd | Self::SessionProve | Self::SessionSwitch | Self::TermsAccept
        )
    }
}
