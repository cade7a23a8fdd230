//! The living page of parts: each in every state, made by the templates that pages use, with samples.
mod page;

use crate::routes::Routes;

/// Only where somebody looks at how it is made: in debug builds, and in the demo.
pub(crate) fn routes(all: Routes) -> Routes {
    if cfg!(debug_assertions) || all.demo {
        all.page("/parts", page::parts)
    } else {
        all
    }
}
