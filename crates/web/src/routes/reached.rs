//! By which addresses each act of the register is reached: what the lines of the areas say, as one table.
use interpres_gate::{Action, Permission, Role, Way, grant};
use std::fmt::Write;

/// An operation of the API that its description tells of; what takes or gives a file is none.
#[derive(Debug)]
pub struct Operation {
    /// The act it does.
    pub action: Action,
    /// What the policy is asked.
    pub permission: Permission,
    /// By which method.
    pub method: &'static str,
    /// At which address, below that of the API.
    pub path: &'static str,
}

/// What a line is of, and what it asks.
type At = (Action, Permission);

/// An address by which an act is reached.
struct Address {
    /// The act; nothing for what is none, such as going on with a session.
    at: Option<At>,
    way: Way,
    method: &'static str,
    path: &'static str,
    by: By,
}

/// What answers at an address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// A handler of the act's own.
    Handler,
    /// The handler that all operations of the API share.
    Shared,
    /// Another act's page, on which this one is shown.
    AnotherPage,
}

/// All of them, as they are put together.
#[derive(Default)]
pub(crate) struct Reached {
    at: Option<At>,
    all: Vec<Address>,
}

impl Reached {
    /// The lines that follow are of this act.
    pub(crate) const fn now_at(&mut self, at: Option<At>) {
        self.at = at;
    }
    pub(crate) fn add(&mut self, by: By, way: Way, method: &'static str, path: &'static str) {
        self.all.push(Address {
            at: self.at,
            way,
            method,
            path,
            by,
        });
    }

    fn of(&self, action: Action, way: Way) -> Vec<&Address> {
        let asked = |a: &&Address| a.at.is_some_and(|(act, _)| act == action) && a.way == way;
        self.all.iter().filter(asked).collect()
    }

    /// Where the forms of pages are sent.
    #[cfg(test)]
    pub(crate) fn forms(&self) -> std::collections::BTreeSet<&'static str> {
        self.all
            .iter()
            .filter(|a| a.way == Way::Page && a.method == "POST")
            .map(|a| a.path)
            .collect()
    }

    /// Every operation of the API.
    pub(crate) fn operations(&self) -> Vec<Operation> {
        let of = |a: &Address| {
            let (action, permission) = a.at.filter(|_| a.by == By::Shared)?;
            Some(Operation {
                action,
                permission,
                method: a.method,
                path: a.path,
            })
        };
        self.all.iter().filter_map(of).collect()
    }

    /// Each act with what it asks and its addresses, and why there are none; then the pages of no act.
    pub(crate) fn table(&self) -> String {
        let mut out = String::new();
        for action in Action::ALL {
            let _ = writeln!(out, "{action}: {}", action.words());
            let _ = writeln!(out, "  asks  {}", asked(*action));
            for (way, word) in [(Way::Page, "page"), (Way::Api, "API")] {
                for address in self.of(*action, way) {
                    let _ = writeln!(out, "  {word:<6}{:<5}{}", address.method, address.path);
                }
                if let Some(why) = action.why_not_by(way) {
                    let _ = writeln!(out, "  {word:<6}none: {why}");
                }
            }
        }
        out.push_str("Pages of no act:\n");
        for address in self.all.iter().filter(|a| a.at.is_none()) {
            let _ = writeln!(out, "  page  {:<5}{}", address.method, address.path);
        }
        out
    }
}

/// What is asked of whoever does it, and who does what is not for people.
fn asked(action: Action) -> String {
    let permissions = action.permissions().iter().map(ToString::to_string);
    let mut asked = permissions.collect::<Vec<_>>().join(" or ");
    if action.needs_factor() {
        asked += ", proof by a second factor";
    } else if action.needs_proof() {
        asked += ", proof";
    }
    if !action.is_for_people() {
        let by = Role::all().filter(|role| {
            let mut permissions = action.permissions().iter();
            permissions.any(|permission| grant(*role, *permission).is_some())
        });
        let by: Vec<String> = by.map(|role| role.to_string()).collect();
        asked += &format!(", by {}", by.join(" and "));
    }
    asked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached() -> Reached {
        crate::app::routes(interpres_compliance::Serving::default(), false).reached
    }

    #[test]
    fn whatever_people_do_is_done_by_page_and_by_api_or_the_register_says_why_not() {
        let (reached, mut gaps) = (reached(), Vec::new());
        for action in Action::ALL.iter().filter(|action| action.is_for_people()) {
            for way in [Way::Page, Way::Api] {
                let there = !reached.of(*action, way).is_empty();
                match action.why_not_by(way) {
                    None if !there => gaps.push(format!(
                        "{action} has no {way:?}: give it a line in its area's routes.rs, or say why not in the register: no {way:?} \"…\""
                    )),
                    Some(_) if there => gaps.push(format!(
                        "{action} has a {way:?}: take the reason why not out of the register"
                    )),
                    _ => {}
                }
            }
        }
        assert!(gaps.is_empty(), "{}", gaps.join("\n"));
    }

    #[test]
    fn what_is_shown_beside_another_act_is_shown_on_a_page_that_is_there() {
        let reached = reached();
        let own = |path| {
            let mut all = reached.all.iter();
            all.any(|a| {
                a.way == Way::Page && a.method == "GET" && a.path == path && a.by == By::Handler
            })
        };
        let lost: Vec<&str> = reached
            .all
            .iter()
            .filter(|a| a.by == By::AnotherPage && !own(a.path))
            .map(|a| a.path)
            .collect();
        assert_eq!(lost, [""; 0]);
    }

    #[test]
    fn a_place_of_the_navigation_is_the_page_of_its_act() {
        let reached = reached();
        for place in crate::shared::places() {
            let pages = reached.of(place.action, Way::Page);
            assert!(
                pages
                    .iter()
                    .any(|a| a.method == "GET" && a.path == place.path),
                "{} is no page of {}",
                place.path,
                place.action
            );
        }
    }
}
