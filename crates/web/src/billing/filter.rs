//! What a list of vouchers shows: the state that was chosen, and what else was asked.
use crate::shared::{
    listing::{Filtered, Listing, filtered, tabbed},
    parts::{Column, Tab},
};
use interpres_billing::{VoucherCount, VoucherState};

fn filters() -> [Filtered; 2] {
    [tabbed("state"), filtered("customer", say::customer())]
}

/// How vouchers are sorted unless said.
const USUAL: &str = "-filed";

/// What is to be reviewed: what one sees unless something is asked.
const REVIEW: &str = "submitted";

/// The tabs: a state's word, or `all`, and its name.
fn names() -> [(&'static str, &'static str); 5] {
    [
        (REVIEW, say::vouchers_tab_review()),
        ("returned", say::vouchers_tab_returned()),
        ("approved", say::vouchers_tab_approved()),
        ("billed", say::vouchers_tab_billed()),
        ("all", say::view_all()),
    ]
}

/// What was asked behind the question mark.
pub(super) struct VoucherQuery {
    pub(super) list: Listing,
}

impl VoucherQuery {
    pub(super) fn of(raw: &str) -> Self {
        Self {
            list: Listing::of("/vouchers", raw, &filters(), |_, _| {
                say::one_customer().to_owned()
            }),
        }
    }
    fn state(&self) -> &str {
        match self.list.value("state") {
            "" => REVIEW,
            word => word,
        }
    }
    /// Whether the states stand in a column of their own.
    pub(super) fn all(&self) -> bool {
        self.state() == "all"
    }
    pub(super) fn is_review(&self) -> bool {
        self.state() == REVIEW
    }
    pub(super) fn holds(&self, state: VoucherState) -> bool {
        self.all() || self.state() == state.word()
    }

    /// Whether nothing but a tab was chosen.
    pub(super) fn is_tab(&self) -> bool {
        !self.list.is_narrowed() && self.list.value("sort").is_empty()
    }

    pub(super) fn tabs(&self, counts: &[VoucherCount]) -> Vec<Tab> {
        let tab = |(word, name): (&str, &str)| Tab {
            name: name.to_owned(),
            path: self.list.address(&["state"], &[("state", word)]),
            current: self.state() == word,
            count: Some(
                counts
                    .iter()
                    .filter(|c| word == "all" || c.state.word() == word)
                    .map(|c| c.vouchers)
                    .sum(),
            ),
        };
        names().into_iter().map(tab).collect()
    }

    /// The same search in every state.
    pub(super) fn everywhere(&self) -> String {
        self.list.address(&["state"], &[("state", "all")])
    }
    pub(super) fn clear(&self) -> String {
        self.list.address(&["q", "customer"], &[])
    }

    pub(super) fn columns(&self) -> Vec<Column> {
        let head = |name, class, word| self.list.head(name, class, word, USUAL);
        let mut all = vec![
            head(say::worked(), "c-time", "worked"),
            Column::plain(say::label_interpreter(), "c-int"),
            Column::plain(say::customer(), "c-cust"),
            Column::plain(say::vouchers_flags(), "c-flags"),
            head(say::bill(), "c-money end", "bill"),
            head(say::pay(), "c-money end", "pay"),
            head(say::reference(), "c-ref", "filed"),
        ];
        if self.all() {
            all.insert(1, Column::plain(say::where_it_stands(), "c-state"));
        }
        all
    }
}
