use crate::{
    voucher::{BILL, Voucher, VoucherState},
    voucher_view::{Beside, VoucherView, one, view},
};
use interpres_gate::{
    Action, Filter, Page, Past, Query, ReadTx, Refusal, Row, SortKey, Sorted, Val, WHOLE,
    async_trait, words,
};
use interpres_scheduling::{named_like, reference_like};
use interpres_types::{
    AppointmentId, Cents, CustomerId, Field, Problems, TypedReference, VoucherId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Vouchers of one's reach, latest first.
#[derive(Clone, Default, Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ListVouchers {
    /// A state, or `all`; submitted unless said.
    pub state: Field,
    /// Any part of the reference, the interpreter's or the customer's name; case, accents and spaces do not count.
    pub q: Field,
    /// A customer's id.
    pub customer: Field,
    /// Only these, by their ids with commas between, up to 200.
    pub ids: Field,
    /// `filed`, `worked`, `pay` or `bill`; with `-` before it the other way. The latest filed first unless said.
    pub sort: Field,
    /// How many are passed over, up to 10,000; with a sort in place of a cursor.
    pub past: Field,
    /// Where the page begins.
    pub cursor: Field,
    /// How many, up to 200; 50 unless said.
    pub limit: Field,
}

words! {
    /// What a list of vouchers is sorted by.
    VoucherSortBy, "must be filed, worked, pay or bill" {
        /// When they were first filed.
        Filed = "filed", "Filed";
        /// When the work began.
        Worked = "worked", "Worked";
        /// What the interpreter is paid.
        Pay = "pay", "Pay";
        /// What the customer is charged.
        Bill = "bill", "Bill";
    }
}

impl SortKey for VoucherSortBy {
    const USUAL: Sorted<Self> = Sorted::down(Self::Filed);
}

fn order(sort: Sorted<VoucherSortBy>) -> String {
    let way = sort.way();
    let first = match sort.by {
        VoucherSortBy::Filed => return format!("id{way}"),
        VoucherSortBy::Worked => "starts_at",
        VoucherSortBy::Pay => "pay_total",
        VoucherSortBy::Bill => "bill_total",
    };
    format!("{first}{way}, id{way}")
}

/// The word for vouchers in whichever state.
const ALL: &str = "all";

impl ListVouchers {
    fn state(&self, p: &mut Problems) -> Option<VoucherState> {
        if self.state.raw().trim() == ALL {
            return None;
        }
        let state = p.may::<VoucherState>("state", &self.state);
        Some(state.unwrap_or(VoucherState::Submitted))
    }

    /// The conditions beside the state.
    fn conditions(&self, p: &mut Problems, filter: &mut Filter) {
        filter.among(p, &self.ids);
        if let Some(customer) = p.may::<CustomerId>("customer", &self.customer) {
            filter.and("customer_id = ?", Val::text(customer));
        }
        if let Some(q) = p.may::<TypedReference>("q", &self.q) {
            let reference = reference_like(filter, q.0.as_str());
            let named = named_like(filter, q.0.as_str());
            filter.sql += &format!(
                " and (appointment_id in (select id from appointment where {reference})
                 or customer_id in (select id from customer_card where {named})
                 or interpreter_id in (select id from interpreter_card where {named}))"
            );
        }
    }
}

#[async_trait]
impl Query for ListVouchers {
    const ACTION: Action = Action::VouchersList;
    type View = Page<VoucherView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Page<VoucherView>, Refusal> {
        self.found(tx, None).await
    }
}

/// All that a list of vouchers holds, to be taken away as a file.
#[derive(Debug)]
pub struct ExportVouchers(pub ListVouchers);

#[async_trait]
impl Query for ExportVouchers {
    const ACTION: Action = Action::VouchersExport;
    type View = Vec<VoucherView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<VoucherView>, Refusal> {
        let list = ListVouchers {
            past: "".into(),
            cursor: "".into(),
            ..self.0
        };
        list.found(tx, Some(WHOLE)).await?.whole()
    }
}

impl ListVouchers {
    /// A page of it, of so many where it is said.
    async fn found(
        self,
        tx: &mut ReadTx,
        most: Option<usize>,
    ) -> Result<Page<VoucherView>, Refusal> {
        let mut p = Problems::none();
        let state = self.state(&mut p);
        let sort = p
            .may::<Sorted<VoucherSortBy>>("sort", &self.sort)
            .unwrap_or_default();
        let cursor = p.may::<VoucherId>("cursor", &self.cursor);
        let limit = p.page_limit(&self.limit);
        let limit = most.unwrap_or(limit);
        let past = p.may::<Past>("past", &self.past).unwrap_or_default();
        if !sort.is_usual() && cursor.is_some() {
            p.add("cursor", "can't be used with a sort; use past");
        }
        // The order of what customers are charged is not the interpreter's to know either.
        if sort.by == VoucherSortBy::Bill && !tx.is_among(BILL) {
            p.add("sort", "must be filed, worked or pay");
        }
        let mut filter = Filter::before(cursor);
        if let Some(state) = state {
            filter.and("state = ?", state.word());
        }
        self.conditions(&mut p, &mut filter);
        if !p.is_empty() {
            return Err(p.into());
        }
        let filter = filter.page(&order(sort), limit).past(past);
        let found: Vec<Voucher> = tx.list(&filter.sql, filter.args).await?;
        let page = Page::cut(found, limit, |v: &Voucher| v.id.to_string());
        let beside = Beside::of(tx, &page.items).await?;
        let items = page
            .items
            .into_iter()
            .map(|v| view(tx, v, &beside, false))
            .collect::<Result<_, _>>()?;
        Ok(Page {
            items,
            next: page.next,
        })
    }
}

/// How many vouchers of a list stand in each state, and what they come to.
#[derive(Clone, Debug)]
pub struct CountVouchers {
    /// The list; its state, its sort and where it begins do not count.
    pub list: ListVouchers,
}

/// Vouchers of one state and currency.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct VoucherCount {
    /// Their state.
    pub state: VoucherState,
    /// Their currency.
    pub currency: String,
    /// How many.
    pub vouchers: i64,
    /// What customers are charged; nothing where the caller may not know.
    pub bill: Option<Cents>,
    /// What interpreters are paid.
    pub pay: Cents,
}

#[async_trait]
impl Query for CountVouchers {
    const ACTION: Action = Action::VouchersCount;
    type View = Vec<VoucherCount>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Vec<VoucherCount>, Refusal> {
        let mut p = Problems::none();
        let mut filter = Filter::begin(
            "select state, currency, count(*) as n, cast(coalesce(sum(bill_total), 0) as bigint) as bill,
             cast(coalesce(sum(pay_total), 0) as bigint) as pay from voucher where 1 = 1",
            Vec::new(),
        );
        self.list.conditions(&mut p, &mut filter);
        if !p.is_empty() {
            return Err(p.into());
        }
        filter.sql += " group by state, currency order by state, currency";
        let for_biller = tx.is_among(BILL);
        let rows = tx.rows(&filter.sql, filter.args).await?;
        let count = |row: &Row| -> Result<_, Refusal> {
            Ok(VoucherCount {
                state: row
                    .text("state")?
                    .parse()
                    .map_err(|_| Refusal::fault("a voucher's state can't be read"))?,
                currency: row.text("currency")?.to_owned(),
                vouchers: row.int("n")?,
                bill: for_biller.then_some(Cents(row.int("bill")?)),
                pay: Cents(row.int("pay")?),
            })
        };
        rows.iter().map(count).collect()
    }
}

/// One voucher with signature and traces.
#[derive(Debug)]
pub struct ShowVoucher(pub VoucherId);

#[async_trait]
impl Query for ShowVoucher {
    const ACTION: Action = Action::VoucherShow;
    type View = VoucherView;
    async fn answer(self, tx: &mut ReadTx) -> Result<VoucherView, Refusal> {
        let voucher: Voucher = tx.find(self.0).await?;
        one(tx, voucher).await
    }
}

/// The voucher of an appointment, if there is one.
#[derive(Debug)]
pub struct VoucherOfAppointment(pub AppointmentId);

#[async_trait]
impl Query for VoucherOfAppointment {
    const ACTION: Action = Action::AppointmentVoucher;
    type View = Option<VoucherView>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Option<VoucherView>, Refusal> {
        let found = tx
            .list::<Voucher>("where appointment_id = $1", vec![Val::text(self.0)])
            .await?
            .pop();
        match found {
            Some(voucher) => one(tx, voucher).await.map(Some),
            None => Ok(None),
        }
    }
}
