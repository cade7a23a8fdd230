//! What a list of vouchers shows: the state that was chosen, and what else was asked.
use crate::shared::{
    listing::{Filtered, Listing, filtered, tabbed},
    parts::{Column, Tab},
};
use interpres_billing::{VoucherCount, VoucherState};

const FILTERS: [Filtered; 2] = [tabbed("state"), filtered("customer", "Customer")];

/// How vouchers are sorted unless said.
const USUAL: &str = "-filed";

/// The tabs: a state's word, or `all`.
const TABS: [(&str, &str); 5] = [
    ("submitted", "To review"),
    ("returned", "Returned"),
    ("approved", "Approved"),
    ("billed", "Billed"),
    ("all", "All"),
];

/// What was asked behind the question mark.
pub(super) struct Asked {
    pub(super) list: Listing,
}

impl Asked {
    pub(super) fn of(raw: &str) -> Self {
        Self {
            list: Listing::of("/vouchers", raw, &FILTERS, |_, _| "One customer".to_owned()),
        }
    }
    fn state(&self) -> &str {
        match self.list.value("state") {
            "" => TABS[0].0,
            word => word,
        }
    }
    /// Whether the states stand in a column of their own.
    pub(super) fn all(&self) -> bool {
        self.state() == "all"
    }
    pub(super) fn is_review(&self) -> bool {
        self.state() == TABS[0].0
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
        TABS.into_iter().map(tab).collect()
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
            head("Worked", "c-time", "worked"),
            Column::plain("Interpreter", "c-int"),
            Column::plain("Customer", "c-cust"),
            Column::plain("Flags", "c-flags"),
            head("Bill", "c-money end", "bill"),
            head("Pay", "c-money end", "pay"),
            head("Reference", "c-ref", "filed"),
        ];
        if self.all() {
            all.insert(1, Column::plain("State", "c-state"));
        }
        all
    }
}
