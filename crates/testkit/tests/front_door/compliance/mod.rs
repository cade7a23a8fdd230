//! HIPAA mode and what is reviewed, by HTTP.
pub(crate) mod access_review;
pub(crate) mod agreement_ends;
pub(crate) mod break_glass;
pub(crate) mod prairie;
pub(crate) mod switch_hipaa_on;
pub(crate) mod under_hipaa_mode;

use interpres_testkit::House;

/// The key by which somebody's program asks.
pub(crate) fn key(house: &House, who: &str) -> String {
    house.person(who).api_key.clone()
}
