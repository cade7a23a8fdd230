//! What the pages of several areas are made of. It leans on none of them.
mod answer;
pub(crate) mod both;
mod browser;
pub(crate) mod chart;
mod cookies;
pub(crate) mod done;
mod fields;
#[expect(unreachable_pub, reason = "the filter macro writes public types")]
pub(crate) mod filters;
mod frame;
mod labels;
pub(crate) mod listing;
pub(crate) mod many;
pub(crate) mod mend;
pub(crate) mod money;
pub(crate) mod near;
pub(crate) mod own_list;
mod own_path;
pub(crate) mod paper;
pub(crate) mod parts;
pub(crate) mod phone;
pub(crate) mod pick;
pub(crate) mod record_page;
pub(crate) mod rights;
mod spoken;
pub(crate) mod story;
pub(crate) mod time;
mod told;
pub(crate) mod twins;
mod wanted;

pub(crate) use answer::{
    Answer, Nothing, Refused, answered, go, not_found, page, problem_lines, problems_of, refused,
    told_early, with_status,
};
pub(crate) use browser::browser_in_words;
pub(crate) use cookies::{rest, session_cookie, with_cookie};
pub(crate) use fields::{Pairs, pairs, paragraphs, value_of, versioned};
#[cfg(test)]
pub(crate) use frame::places;
pub(crate) use frame::{Destination, Frame, LOG_TABS};
pub(crate) use own_path::OwnPath;
pub(crate) use rights::role_said;
pub(crate) use spoken::as_asked;
pub(crate) use told::{MessagePage, in_frame};
pub(crate) use wanted::Wanted;
