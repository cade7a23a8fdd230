//! Actors who are nobody's session: the gate's own hands, jobs, the operator, and a person at home in the installation.
use crate::passage::{
    actor::{Actor, Origin, Rights},
    assurance::Assurance,
    gate::Gate,
    settings::Settings,
};
use interpres_policy::{Role, WorkerKind};
use interpres_types::{INSTALLATION, WorkspaceId};

impl Gate {
    /// A person as the holder of an account, in the installation: for their password and second
    /// factors, which are the same in every workspace. Nothing for the gate's own hands, nor for a
    /// session that came by an identity provider: what one workspace's provider says must not reach
    /// what opens the others.
    #[must_use]
    pub fn at_home(&self, actor: &Actor) -> Option<Actor> {
        if actor.via.is_some() {
            None
        } else {
            self.at_home_by_whatever_way(actor)
        }
    }

    /// The same for whoever came by an identity provider as well: only for proving a second factor that is
    /// there, and for setting one up where nothing else opens by it.
    #[must_use]
    pub fn at_home_by_whatever_way(&self, actor: &Actor) -> Option<Actor> {
        actor.user?;
        Some(Actor {
            workspace: INSTALLATION,
            workspace_name: String::new(),
            rights: Rights::of_role(Role::Person),
            ..actor.clone()
        })
    }

    /// The gate's hand that signs people in and out of a workspace.
    #[must_use]
    pub fn doorkeeper(&self, workspace: WorkspaceId, origin: Origin) -> Actor {
        hand(workspace, Role::Doorkeeper, origin)
    }

    /// Whoever holds the machine, acting on one workspace or on the installation.
    #[must_use]
    pub fn operator(&self, workspace: WorkspaceId) -> Actor {
        hand(workspace, Role::Operator, Origin::default())
    }

    /// A background job's hand in one workspace.
    #[must_use]
    pub fn worker(&self, workspace: WorkspaceId, kind: WorkerKind) -> Actor {
        hand(workspace, Role::Worker(kind), Origin::default())
    }
}

fn hand(workspace: WorkspaceId, role: Role, origin: Origin) -> Actor {
    Actor {
        workspace,
        user: None,
        service: None,
        name: role.to_string(),
        workspace_name: String::new(),
        zone: None,
        language: None,
        rights: Rights::of_role(role),
        origin,
        csrf: String::new(),
        hipaa: false,
        via: None,
        may_export: true,
        office: Settings::default().of(),
        withheld: false,
        assurance: Assurance::HAND,
        copied_at: None,
        unread: 0,
        once: None,
        seen: None,
    }
}
