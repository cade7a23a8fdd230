//! How many vouchers wait for review.
use crate::voucher::VoucherState;
use interpres_gate::{Action, Query, ReadTx, Refusal, Val, async_trait};
use schemars::JsonSchema;
use serde::Serialize;

/// How many vouchers of one's reach wait for review.
#[derive(Clone, Copy, Debug)]
pub struct VouchersToReview;

/// Vouchers that wait for review.
#[derive(Clone, Copy, Default, Debug, Serialize, JsonSchema)]
pub struct ToReview {
    /// How many.
    pub vouchers: i64,
    /// How many of them have something that a reviewer should look at.
    pub flagged: i64,
}

#[async_trait]
impl Query for VouchersToReview {
    const ACTION: Action = Action::OverviewVouchers;
    type View = ToReview;
    async fn answer(self, tx: &mut ReadTx) -> Result<ToReview, Refusal> {
        let sql = "select count(*) as vouchers, coalesce(sum(case when flags <> '[]' then 1 else 0 end), 0) as flagged
             from voucher where state = $1";
        let rows = tx
            .rows(sql, vec![Val::text(VoucherState::Submitted)])
            .await?;
        let Some(row) = rows.first() else {
            return Ok(ToReview::default());
        };
        Ok(ToReview {
            vouchers: row.int("vouchers")?,
            flagged: row.int("flagged")?,
        })
    }
}
