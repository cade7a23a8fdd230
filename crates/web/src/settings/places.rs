//! The pages of a workspace's settings, in groups.
use crate::shared::Frame;
use interpres_gate::Action as A;

/// A page of the settings, for whoever may do its act.
pub(crate) struct Place {
    pub(crate) path: &'static str,
    pub(crate) name: &'static str,
    action: A,
}

/// Pages that belong together.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) places: Vec<&'static Place>,
}

const fn to(path: &'static str, name: &'static str, action: A) -> Place {
    Place { path, name, action }
}

static GROUPS: [(&str, &[Place]); 4] = [
    (
        "Workspace",
        &[to("/settings/workspace", "General", A::WorkspaceShow)],
    ),
    (
        "Security",
        &[
            to(
                "/settings/security",
                "Sign-in and sessions",
                A::SecurityShow,
            ),
            to("/settings/providers", "Single sign-on", A::ProvidersList),
            to("/settings/hipaa", "HIPAA Configuration", A::HipaaShow),
        ],
    ),
    (
        "Compliance",
        &[
            to("/settings/readiness", "Readiness", A::ReadinessShow),
            to("/settings/legal", "Legal documents", A::HipaaShow),
        ],
    ),
    (
        "System",
        &[to("/settings/jobs", "Failed jobs", A::JobsList)],
    ),
];

/// The pages that this person may open.
pub(crate) fn places(frame: &Frame) -> Vec<Group> {
    GROUPS
        .iter()
        .map(|(name, places)| Group {
            name,
            places: places
                .iter()
                .filter(|place| frame.may(place.action))
                .collect(),
        })
        .filter(|group| !group.places.is_empty())
        .collect()
}
