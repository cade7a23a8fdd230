//! The page one begins with: how today stands, what needs somebody, how well it is going.
mod page;

use crate::routes::Routes;
use interpres_billing::VouchersToReview;
use interpres_dispatch::TimeToFill;
use interpres_scheduling::ShowOverview;

pub(crate) fn routes(all: Routes) -> Routes {
    all.fixed("/overview", "How today stands", ShowOverview)
        .page("/overview", page::overview)
        .fixed(
            "/overview/time-to-fill",
            "How fast appointments are filled",
            TimeToFill,
        )
        .fixed(
            "/overview/vouchers",
            "How many vouchers wait for review",
            VouchersToReview,
        )
}
