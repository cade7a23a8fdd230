//! Each line an address, and what is seen or done there.
use super::stream;
use crate::routes::Routes;
use interpres_gate::Action;

pub(crate) fn routes(all: Routes) -> Routes {
    all.of(Action::LiveListen).page("/live", stream::listen)
}
