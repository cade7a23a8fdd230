use interpres_gate::{Class, Record};
use std::fmt::Write;

/// The register of protected fields: every column of every record with its class (EN8). Plain
/// ones are listed too, so that a new column is a visible decision.
#[must_use]
pub fn fields() -> String {
    let mut out = String::from("class  record.field\n");
    let mut all = Vec::new();
    all.extend(of::<interpres_accounts::UserAccount>());
    all.extend(of::<interpres_accounts::Workspace>());
    all.extend(of::<interpres_accounts::Agreement>());
    all.extend(of::<interpres_accounts::Team>());
    all.extend(of::<interpres_accounts::Member>());
    all.extend(of::<interpres_rates::Rate>());
    all.extend(of::<interpres_directory::Interpreter>());
    all.extend(of::<interpres_directory::Customer>());
    all.extend(of::<interpres_scheduling::Appointment>());
    all.extend(of::<interpres_dispatch::OfferRound>());
    all.extend(of::<interpres_dispatch::Offer>());
    all.extend(of::<interpres_billing::Voucher>());
    all.extend(of::<interpres_billing::Invoice>());
    all.extend(of::<interpres_imports::Import>());
    all.extend(of::<interpres_imports::ImportLine>());
    for (class, field) in all {
        let _ = writeln!(out, "{class:<6} {field}");
    }
    out
}

fn of<R: Record>() -> Vec<(&'static str, String)> {
    let word = |class| match class {
        Class::Plain => "-",
        Class::Named => "named",
        Class::Free => "free",
    };
    R::COLUMNS.iter().map(|c| (word(c.class), format!("{}.{}", R::NAME, c.name))).collect()
}
