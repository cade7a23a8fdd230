//! An interpreter's own vouchers: what they earned, week by week.
use super::vouchers::sum;
use crate::shared::filters;
use crate::{
    App,
    shared::{Answer, Frame, money::money, page, time},
};
use askama::Template;
use interpres_billing::{CountVouchers, ListVouchers, VoucherCount, VoucherState, VoucherView};
use interpres_gate::{Actor, WeekStart};
use interpres_types::{Cents, LocalDate};

#[derive(Template)]
#[template(path = "earnings.html")]
struct EarningsPage {
    frame: Frame,
    sums: Vec<Sum>,
    weeks: Vec<Week>,
    next: Option<String>,
    later: bool,
}

/// What one's vouchers of some states come to.
struct Sum {
    name: &'static str,
    amount: String,
    vouchers: i64,
    tone: &'static str,
}

struct Week {
    name: String,
    total: String,
    items: Vec<VoucherView>,
}

impl EarningsPage {
    fn count(&self, vouchers: &i64) -> String {
        say::vouchers_count(vouchers)
    }
    fn state(&self, v: &VoucherView) -> &'static str {
        state(v.state)
    }
    fn tone(&self, v: &VoucherView) -> &'static str {
        tone(v.state)
    }
    /// Which day, from when on, and for how long.
    fn when(&self, v: &VoucherView) -> String {
        format!(
            "{}, {} · {}",
            time::day(v.starts_at, &v.zone),
            time::clock(v.starts_at, &v.zone),
            time::long(v.minutes)
        )
    }
}

/// Where a voucher stands, to the interpreter: whether the customer was invoiced yet is not theirs to know.
fn state(state: VoucherState) -> &'static str {
    match state {
        VoucherState::Submitted => say::voucher_in_review(),
        VoucherState::Returned => say::returned_to_you(),
        VoucherState::Approved | VoucherState::Billed => say::voucher_approved(),
        VoucherState::Withdrawn => say::voucher_withdrawn(),
    }
}

const fn tone(state: VoucherState) -> &'static str {
    match state {
        VoucherState::Approved | VoucherState::Billed => "good",
        VoucherState::Returned => "warn",
        VoucherState::Submitted | VoucherState::Withdrawn => "",
    }
}

pub(super) async fn earnings(app: &App, actor: &Actor, asked: &ListVouchers) -> Answer {
    let list = ListVouchers {
        state: "all".into(),
        sort: "-worked".into(),
        past: asked.past.clone(),
        ..ListVouchers::default()
    };
    let past: i64 = asked.past.raw().trim().parse().unwrap_or_default();
    let found = app.gate.view(actor, list.clone()).await?.into_inner();
    let counts = app.gate.view(actor, CountVouchers { list }).await?;
    let counts = counts.into_inner();
    let read = i64::try_from(found.items.len()).unwrap_or_default();
    page(&EarningsPage {
        frame: Frame::of(actor, "/vouchers"),
        sums: sums(&counts),
        next: found
            .next
            .is_some()
            .then(|| format!("/vouchers?past={}", past + read)),
        later: past > 0,
        weeks: weeks(found.items, actor.office().week_start),
    })
}

fn sums(counts: &[VoucherCount]) -> Vec<Sum> {
    [
        VoucherState::Approved,
        VoucherState::Submitted,
        VoucherState::Returned,
    ]
    .into_iter()
    .filter_map(|wanted| {
        let of: Vec<&VoucherCount> = counts
            .iter()
            .filter(|c| state(c.state) == state(wanted))
            .collect();
        Some(Sum {
            name: state(wanted),
            amount: sum(&of, |c| Some(c.pay))?,
            vouchers: of.iter().map(|c| c.vouchers).sum(),
            tone: tone(wanted),
        })
    })
    .collect()
}

fn weeks(items: Vec<VoucherView>, first: WeekStart) -> Vec<Week> {
    let mut weeks: Vec<(Option<LocalDate>, Vec<VoucherView>)> = Vec::new();
    for v in items {
        let date: Option<LocalDate> = v.date.parse().ok();
        let begins = date.map(|date| date.week_start(first.label()));
        match weeks.last_mut().filter(|(last, _)| *last == begins) {
            Some((_, week)) => week.push(v),
            None => weeks.push((begins, vec![v])),
        }
    }
    let week = |(begins, items): (Option<LocalDate>, Vec<VoucherView>)| Week {
        name: begins.map_or_else(String::new, |begins| say::week_of(time::date(begins))),
        total: total(&items),
        items,
    };
    weeks.into_iter().map(week).collect()
}

/// What some vouchers come to; nothing where they are in several currencies.
fn total(items: &[VoucherView]) -> String {
    let Some(first) = items.first() else {
        return String::new();
    };
    if items.iter().any(|v| v.currency != first.currency) {
        return String::new();
    }
    let counted = items.iter().filter(|v| v.state != VoucherState::Withdrawn);
    let total: Cents = counted.map(|v| v.pay_total).sum();
    money(total, &first.currency)
}

#[derive(Template)]
#[template(path = "voucher_own.html")]
struct OwnVoucherPage {
    frame: Frame,
    v: VoucherView,
}

impl OwnVoucherPage {
    fn state(&self) -> &'static str {
        state(self.v.state)
    }
    fn tone(&self) -> &'static str {
        tone(self.v.state)
    }
}

/// A voucher of one's own.
pub(super) fn mine(actor: &Actor, v: VoucherView) -> Answer {
    page(&OwnVoucherPage {
        frame: Frame::of(actor, "/vouchers"),
        v,
    })
}
