//! People: members, invitations, roles, teams, services, and the review of who has access.
mod invitations;
mod member;
mod members;
mod review;
mod roles;
mod routes;
mod services;
mod team;
mod teams;

pub(crate) use members::tabs;
pub(crate) use routes::routes;
