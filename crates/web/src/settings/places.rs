//! The pages of a workspace's settings, in groups.
use crate::shared::{Destination, Frame};
use interpres_gate::Action as A;
use say::Says;

/// Pages that belong together.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) places: Vec<&'static Destination>,
}

const fn to(path: &'static str, says: Says, action: A) -> Destination {
    Destination::new(path, says, action)
}

static GROUPS: [(Says, &[Destination]); 4] = [
    (
        say::nav_workspace,
        &[to(
            "/settings/workspace",
            say::settings_general,
            A::WorkspaceShow,
        )],
    ),
    (
        say::settings_security,
        &[
            to(
                "/settings/security",
                say::sign_in_and_sessions,
                A::SecurityShow,
            ),
            to("/settings/providers", say::single_sign_on, A::ProvidersList),
            to("/settings/hipaa", say::settings_hipaa, A::HipaaShow),
        ],
    ),
    (
        say::role_compliance_short,
        &[
            to("/settings/readiness", say::nav_readiness, A::ReadinessShow),
            to("/settings/legal", say::legal_documents, A::HipaaShow),
        ],
    ),
    (
        say::settings_system,
        &[to("/settings/jobs", say::failed_jobs, A::JobsList)],
    ),
];

/// The pages that this person may open.
pub(crate) fn places(frame: &Frame) -> Vec<Group> {
    GROUPS
        .iter()
        .map(|(name, places)| Group {
            name: name(),
            places: places.iter().filter(|place| frame.may_go(place)).collect(),
        })
        .filter(|group| !group.places.is_empty())
        .collect()
}
