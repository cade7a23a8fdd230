//! Who is shown what of an appointment, as its columns name them.
use interpres_accounts::OWN_INTERPRETER;
use interpres_gate::{Audience, Permission, Tie};

const fn of_interpreter(name: &'static str) -> Tie {
    Tie {
        name,
        by: Some(OWN_INTERPRETER.name()),
    }
}

/// It is theirs to interpret.
pub const ASSIGNED: Tie = of_interpreter("assigned");
/// It is theirs, should it take place after all.
pub const CALLED_OFF: Tie = of_interpreter("called-off");
/// They are asked whether they take it.
pub const ASKED: Tie = of_interpreter("asked");
/// They filed it.
pub const FILED: Tie = Tie {
    name: "filed",
    by: None,
};

/// How an appointment may be tied to whose own it is. What nobody is tied to any longer, they don't see at all.
pub(crate) const TIES: &[Tie] = &[FILED, ASSIGNED, ASKED, CALLED_OFF];

/// Those who may know what the customer is charged and the interpreter is paid.
pub(crate) const RATES: Audience = Audience::Holders(Permission::ViewRates);
/// Those who schedule it or look on, and neither who filed it nor who interprets.
pub(crate) const STAFF: Audience = Audience::Tied(&[]);
/// All but interpreters, who could tell by it which appointments are for the same client.
pub(crate) const BUT_INTERPRETERS: Audience = Audience::Tied(&[FILED]);
/// All but those who are only asked: a meeting link opens the room to whoever holds it.
pub(crate) const THERE: Audience = Audience::Tied(&[FILED, ASSIGNED]);
/// The same, of what names the client: others see that there is something.
pub(crate) const KNOWS_CLIENT: Audience = Audience::TiedOrMasked(&[FILED, ASSIGNED]);
