//! What a list of vouchers shows: what was asked, and the addresses around it.
use crate::shared::parts::{Chip, Column, Pager, Tab, Way};
use interpres_billing::{ListVouchers, VoucherCount, VoucherSort, VoucherSortBy, VoucherState};

/// How many stand on a page.
pub(super) const ON_A_PAGE: i64 = 50;

/// What was asked behind the question mark.
pub(super) struct Asked {
    pub(super) list: ListVouchers,
}

/// The tabs: a state's word, or `all`.
const TABS: [(&str, &str); 5] = [
    ("submitted", "To review"),
    ("returned", "Returned"),
    ("approved", "Approved"),
    ("billed", "Billed"),
    ("all", "All"),
];

impl Asked {
    fn state(&self) -> &str {
        match self.list.state.raw().trim() {
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
    pub(super) fn is_filtered(&self) -> bool {
        !self.list.q.is_blank() || !self.list.customer.is_blank()
    }

    pub(super) fn tabs(&self, counts: &[VoucherCount]) -> Vec<Tab> {
        let tab = |(word, name): (&str, &str)| Tab {
            name: name.to_owned(),
            path: self.address(&["state"], &[("state", word)]),
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

    pub(super) fn chips(&self, customer: Option<&str>) -> Vec<Chip> {
        let chip = || Chip {
            label: "Customer",
            value: customer.unwrap_or("one customer").to_owned(),
            without: self.address(&["customer"], &[]),
        };
        let set = !self.list.customer.is_blank();
        set.then(chip).into_iter().collect()
    }

    /// What a search keeps beside its own field.
    pub(super) fn kept(&self) -> Vec<(&'static str, String)> {
        self.fields(&["q"])
    }

    fn fields(&self, without: &[&str]) -> Vec<(&'static str, String)> {
        let list = &self.list;
        [
            ("state", &list.state),
            ("q", &list.q),
            ("customer", &list.customer),
            ("sort", &list.sort),
        ]
        .into_iter()
        .filter(|(name, field)| !without.contains(name) && !field.is_blank())
        .map(|(name, field)| (name, field.raw().trim().to_owned()))
        .collect()
    }

    /// The address of the same list without some fields, and with others.
    fn address(&self, without: &[&str], with: &[(&str, &str)]) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(self.fields(without))
            .extend_pairs(with)
            .finish();
        format!("/vouchers?{query}")
    }

    /// The same search in every state.
    pub(super) fn everywhere(&self) -> String {
        self.address(&["state"], &[("state", "all")])
    }
    pub(super) fn clear(&self) -> String {
        self.address(&["q", "customer"], &[])
    }

    pub(super) fn columns(&self) -> Vec<Column> {
        let sort: VoucherSort = self.list.sort.raw().trim().parse().unwrap_or_default();
        let head = |by: VoucherSortBy, name, class| {
            let sorted = sort.by == by;
            let next = VoucherSort {
                by,
                down: !(sorted && sort.down),
            };
            Column {
                name,
                class,
                path: Some(self.address(&["sort"], &[("sort", &next.to_string())])),
                sorted: sorted.then_some(if sort.down { Way::Down } else { Way::Up }),
            }
        };
        let mut all = vec![
            head(VoucherSortBy::Worked, "Worked", "c-time"),
            Column::plain("Interpreter", "c-int"),
            Column::plain("Customer", "c-cust"),
            Column::plain("Flags", "c-flags"),
            head(VoucherSortBy::Bill, "Bill", "c-money end"),
            head(VoucherSortBy::Pay, "Pay", "c-money end"),
            head(VoucherSortBy::Filed, "Reference", "c-ref"),
        ];
        if self.all() {
            all.insert(1, Column::plain("State", "c-state"));
        }
        all
    }

    pub(super) fn pager(&self, here: i64, total: i64) -> Pager {
        let past: i64 = self.list.past.raw().trim().parse().unwrap_or_default();
        let at = |past: i64| self.address(&[], &[("past", &past.to_string())]);
        Pager {
            past,
            here,
            total,
            before: (past > 0).then(|| at((past - ON_A_PAGE).max(0))),
            next: (past + here < total).then(|| at(past + ON_A_PAGE)),
        }
    }
}
