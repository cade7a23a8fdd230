//! Each line an address, and what is seen or done there.
use super::answer;
use crate::routes::{Nothing, ReasonInput, Routes};
use interpres_dispatch::{AcceptOffer, MyOffers, RefuseOffer, ShowMyOffer, WithdrawOffer};

pub(crate) fn routes(all: Routes) -> Routes {
    all.with(offers)
}

fn offers(all: Routes) -> Routes {
    all.fixed("/offers", "One's own open offers", MyOffers)
        .page("/offers", answer::offers)
        .show("/offers/{id}", "One of one's own offers", ShowMyOffer)
        .page("/offers/{id}", answer::offer)
        .act(
            "/offers/{id}/acceptance",
            "Accept an offer",
            |id, _: Nothing| Ok(AcceptOffer(id)),
        )
        .form("/offers/{id}/acceptance", answer::accept)
        .act(
            "/offers/{id}/withdrawal",
            "Withdraw an open offer",
            |id, _: Nothing| Ok(WithdrawOffer(id)),
        )
        .form("/offers/{id}/withdrawal", answer::withdraw)
        .act_by_form(
            "/offers/{id}/refusal",
            "Refuse an offer",
            "/offers",
            |id, input: ReasonInput| {
                Ok(RefuseOffer {
                    id,
                    reason: input.reason,
                })
            },
        )
}
