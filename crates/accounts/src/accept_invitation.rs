//! Accepting an invitation: by the emailed link, with the full name typed and the user terms accepted (AC6). People
//! with an account get one more workspace; others choose a password.
use crate::{
    Doors, Invitation, InvitationState, Member, PasswordHash, TermsInput, UserAccount, Workspace,
    accept_terms::accepted, role::role_alone,
};
use interpres_gate::{
    Action, Command, Gate, Granted, Json, Notice, Origin, Permission, Refusal, Val, WriteTx,
    async_trait,
};
use interpres_types::{
    Email, Field, INSTALLATION, InvitationId, Line, Problems, UserId, WorkspaceId,
};
use serde::{Deserialize, Serialize};

/// Maximum number of times a link can be opened.
const MOST_LOOKS: i64 = 100;

/// An invitation as the invited sees it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Welcome {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Its name.
    pub workspace_name: String,
    /// The address that was invited.
    pub email: Email,
    /// The name, as the inviter wrote it.
    pub name: String,
    /// The role.
    pub role: String,
    /// Whether the workspace is in HIPAA mode.
    pub hipaa: bool,
    /// Whether the address already has an account.
    pub has_account: bool,
}

/// Opens an invitation.
///
/// # Errors
/// [`Refusal::NotFound`] for a link that is no longer valid.
pub async fn look_at_invitation(
    gate: &Gate,
    link: &str,
    origin: &Origin,
) -> Result<Welcome, Refusal> {
    let home = gate.doorkeeper(INSTALLATION, origin.clone());
    let workspace = gate
        .perform(&home, WhereTo(link.to_owned()))
        .await?
        .into_inner();
    let mut welcome = gate
        .perform(
            &gate.doorkeeper(workspace, origin.clone()),
            LookAtInvitation(link.to_owned()),
        )
        .await?
        .into_inner();
    welcome.has_account = gate
        .perform(
            &home,
            AccountOf {
                email: welcome.email.clone(),
                open: None,
            },
        )
        .await?
        .is_some();
    Ok(welcome)
}

/// Which workspace a link leads to.
struct WhereTo(String);

#[async_trait]
impl Command for WhereTo {
    const ACTION: Action = Action::InvitationShow;
    type Outcome = WorkspaceId;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<WorkspaceId, Refusal> {
        Ok(tx
            .try_ticket::<String>("invitation", &self.0, MOST_LOOKS)
            .await?
            .ok_or(Refusal::NotFound)?
            .workspace)
    }
}

/// The invitation of a link, while it can be accepted.
async fn behind(tx: &mut WriteTx, link: &str) -> Result<Invitation, Refusal> {
    let found = tx
        .try_ticket::<String>("invitation", link, MOST_LOOKS)
        .await?
        .ok_or(Refusal::NotFound)?;
    let id = found
        .body
        .split('/')
        .next()
        .and_then(|id| id.parse::<InvitationId>().ok())
        .ok_or(Refusal::NotFound)?;
    let invitation: Invitation = tx.find(id).await?;
    let good =
        invitation.state(tx.now()) == InvitationState::Pending && invitation.link() == found.body;
    if good {
        Ok(invitation)
    } else {
        Err(Refusal::NotFound)
    }
}

struct LookAtInvitation(String);

#[async_trait]
impl Command for LookAtInvitation {
    const ACTION: Action = Action::InvitationShow;
    type Outcome = Welcome;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Welcome, Refusal> {
        let invitation = behind(tx, &self.0).await?;
        let id = tx.actor().workspace();
        let workspace: Workspace = tx.find(id).await?;
        Ok(Welcome {
            workspace: id,
            workspace_name: workspace.name.to_string(),
            email: invitation.email,
            name: invitation.name.map(|n| n.to_string()).unwrap_or_default(),
            role: invitation.role.to_string(),
            hipaa: workspace.hipaa_mode_since.is_some(),
            has_account: false,
        })
    }
}

/// The account of an email address; created with this name and password if there is none.
struct AccountOf {
    email: Email,
    open: Option<(Line<120>, PasswordHash)>,
}

#[async_trait]
impl Command for AccountOf {
    const ACTION: Action = Action::AccountOpen;
    const PERMISSION: Permission = Permission::KeepDoor;
    type Outcome = Option<UserId>;
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<Option<UserId>, Refusal> {
        let found: Vec<UserAccount> = tx
            .list("where email = $1", vec![Val::text(&self.email)])
            .await?;
        match (found.into_iter().next(), self.open) {
            (Some(account), _) => Ok(Some(account.id)),
            (None, None) => Ok(None),
            (None, Some((name, hash))) => {
                let account = UserAccount::opened(tx.mint(), self.email, name, hash);
                Ok(Some(tx.save(&account).await?.id))
            }
        }
    }
}

/// Input to accept an invitation.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct AcceptInput {
    /// The link.
    pub link: String,
    /// The full name; required.
    pub name: Field,
    /// The version of the user terms that was read and accepted; required.
    pub terms: Field,
    /// A password, if there is no account yet.
    pub password: String,
}

/// Accepts an invitation. It opens no session: the person then signs in.
///
/// # Errors
/// [`Refusal::NotFound`] for a link that is no longer valid, [`Refusal::Invalid`] with the problems.
pub async fn accept_invitation(
    gate: &Gate,
    doors: &Doors,
    input: &AcceptInput,
    origin: &Origin,
) -> Result<Welcome, Refusal> {
    let welcome = look_at_invitation(gate, &input.link, origin).await?;
    let mut p = Problems::none();
    let name = TermsInput {
        name: input.name.clone(),
        terms: input.terms.clone(),
    }
    .name(&mut p);
    let words = [
        input.name.raw(),
        welcome.email.as_str(),
        &welcome.workspace_name,
    ];
    let hash = if welcome.has_account {
        None
    } else {
        match doors
            .choose(gate, "password", &input.password, &words, false, false)
            .await
        {
            Ok(hash) => Some(hash),
            Err(Refusal::Invalid(problems)) => {
                p.append(problems);
                None
            }
            Err(refusal) => return Err(refusal),
        }
    };
    let (Some(name), true) = (name, p.is_empty()) else {
        return Err(p.into());
    };
    let home = gate.doorkeeper(INSTALLATION, origin.clone());
    let account = AccountOf {
        email: welcome.email.clone(),
        open: hash.map(|hash| (name.clone(), hash)),
    };
    let user = gate
        .perform(&home, account)
        .await?
        .into_inner()
        .ok_or(Refusal::NotFound)?;
    let accept = AcceptInvitation {
        link: input.link.clone(),
        user,
        name,
        address: origin.address.clone(),
    };
    gate.perform(&gate.doorkeeper(welcome.workspace, origin.clone()), accept)
        .await?;
    Ok(welcome)
}

struct AcceptInvitation {
    link: String,
    user: UserId,
    name: Line<120>,
    address: Option<String>,
}

#[async_trait]
impl Command for AcceptInvitation {
    const ACTION: Action = Action::InvitationAccept;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let mut invitation = behind(tx, &self.link).await?;
        tx.take_ticket::<String>("invitation", &self.link).await?;
        if let Some(role) = invitation.role_id {
            role_alone(tx, role).await?;
        }
        let now = tx.now();
        let terms = accepted(&self.name, now, self.address);
        let before: Vec<Member> = tx
            .list("where user_id = $1", vec![Val::text(self.user)])
            .await?;
        let before = before.into_iter().next();
        if before
            .as_ref()
            .is_some_and(|member| member.ended_at.is_none())
        {
            return Err(Refusal::conflict(
                "You are a member of this workspace already. Sign in.",
            ));
        }
        let fresh = Member {
            role_id: invitation.role_id,
            team_ids: Json(invitation.team_ids.0.clone()),
            interpreter_id: invitation.interpreter_id,
            customer_id: invitation.customer_id,
            terms: Some(terms),
            ..Member::new(
                tx,
                self.user,
                invitation.role.clone(),
                self.name,
                invitation.email.clone(),
            )
            .await?
        };
        let member = match before {
            Some(before) => Member {
                id: before.id,
                version: before.version,
                ..fresh
            },
            None => fresh,
        };
        tx.save(&member).await?;
        invitation.accepted_at = Some(now);
        tx.save(&invitation).await?;
        tx.notify(
            invitation.invited_by,
            Notice::new("account", "Somebody you invited has joined.").goes_to("/people"),
        )
        .await
    }
}
