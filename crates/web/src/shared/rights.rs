//! Roles and permissions in the words of people.
use interpres_gate::{Permission as P, Role};
use interpres_types::Problems;

/// A permission as people read it.
pub(crate) struct Right {
    pub(crate) permission: P,
    /// What it belongs to.
    pub(crate) group: &'static str,
    pub(crate) name: &'static str,
    /// What it comes to.
    pub(crate) note: &'static str,
}

const fn to(permission: P, group: &'static str, name: &'static str, note: &'static str) -> Right {
    Right {
        permission,
        group,
        name,
        note,
    }
}

const WORK: &str = "Appointments";
const CLIENTS: &str = "Clients";
const DIRECTORY: &str = "Directory";
const MONEY: &str = "Money";
const RECORD: &str = "Compliance";
const SPACE: &str = "People and workspace";

/// Every permission that people can hold, as an editor of roles goes through them.
#[rustfmt::skip]
static RIGHTS: &[Right] = &[
    to(P::ViewAppointments, WORK, "View appointments", "lists, calendar and activity"),
    to(P::BookAppointments, WORK, "Book appointments", "new requests and repeats"),
    to(P::EditAppointments, WORK, "Change or cancel appointments", "late cancels bill by policy"),
    to(P::AssignInterpreters, WORK, "Assign interpreters", "candidates, offers, unassigning"),
    to(P::OverrideConflicts, WORK, "Override conflicts", "double-book with a reason"),
    to(P::AnswerOffers, WORK, "Answer offers", "as the interpreter"),
    to(P::WorkAppointments, WORK, "Work appointments", "check in, start, end"),
    to(P::SearchClients, CLIENTS, "Search by client name", "each search is logged"),
    to(P::BreakGlass, CLIENTS, "Use emergency access", "outside one’s teams, reviewed after"),
    to(P::WatchClients, CLIENTS, "Watch a client’s record", "alerts on every view"),
    to(P::EraseClients, CLIENTS, "Erase client data", "and place legal holds"),
    to(P::ViewErasures, CLIENTS, "View erasures and legal holds", "certificates"),
    to(P::ViewInterpreters, DIRECTORY, "View interpreters", "profiles and credentials"),
    to(P::EditInterpreters, DIRECTORY, "Edit interpreters", "add, change, invite"),
    to(P::ViewCustomers, DIRECTORY, "View customers", "contacts and policies"),
    to(P::EditCustomers, DIRECTORY, "Edit customers", "add and change"),
    to(P::Import, DIRECTORY, "Import files", "people, customers, appointments"),
    to(P::FileVouchers, MONEY, "File vouchers", "time worked and signature"),
    to(P::ViewVouchers, MONEY, "View vouchers", "with bill and pay"),
    to(P::ApproveVouchers, MONEY, "Approve vouchers", "or return them"),
    to(P::ViewRates, MONEY, "View rates", "bill and pay"),
    to(P::EditRates, MONEY, "Edit rates", "bill and pay"),
    to(P::ViewInvoices, MONEY, "View invoices", "and payments"),
    to(P::MakeInvoices, MONEY, "Create invoices", "and send them"),
    to(P::ViewAudit, RECORD, "View the audit log", "read only"),
    to(P::ExportAudit, RECORD, "Export the audit log", "as a file"),
    to(P::ReviewFindings, RECORD, "Review findings", "and sign them off"),
    to(P::ViewHistory, RECORD, "View record history", "earlier versions"),
    to(P::ViewReadiness, RECORD, "View readiness", "safeguards and access reviews"),
    to(P::SetRetention, RECORD, "Set retention", "how long records are kept"),
    to(P::RestoreRecords, RECORD, "Restore quarantined records", "after tampering"),
    to(P::ViewMembers, SPACE, "View people", "members, roles, teams"),
    to(P::EditMembers, SPACE, "Manage people", "invite, change roles, deactivate"),
    to(P::SetSecurity, SPACE, "Set security rules", "sessions, passwords, factors"),
    to(P::SetWorkspace, SPACE, "Change workspace settings", "name, hours, branding"),
    to(P::SetHipaa, SPACE, "Change HIPAA mode", "and sign agreements"),
    to(P::ExportWorkspace, SPACE, "Export the workspace", "everything, clients included"),
    to(P::OwnAccount, SPACE, "Use one’s own account", "everyone has this"),
];

/// Those that a role can be given: everybody has an account of their own.
pub(crate) fn rights() -> impl Iterator<Item = &'static Right> {
    RIGHTS
        .iter()
        .filter(|right| right.permission != P::OwnAccount)
}

/// The permissions of a scope in words, by their names in code.
pub(crate) fn scope_in_words(names: &str) -> Vec<String> {
    names.split_whitespace().map(right_in_words).collect()
}

/// One permission in words, by its name in code.
pub(crate) fn right_in_words(name: &str) -> String {
    RIGHTS
        .iter()
        .find(|right| right.permission.to_string() == name)
        .map_or_else(|| name.to_owned(), |right| right.name.to_owned())
}

/// A role as it is called on pages: a built-in one begins with a capital letter, a workspace's own is as it was named.
pub(crate) fn role_in_words(name: &str) -> String {
    let built_in = name
        .parse::<Role>()
        .is_ok_and(|role| Role::PEOPLE.contains(&role));
    let mut letters = name.chars();
    match letters.next() {
        Some(first) if built_in => first.to_uppercase().chain(letters).collect(),
        _ => name.to_owned(),
    }
}

/// A permission by its name, as people read it.
pub(crate) fn right_named(permission: &str) -> Option<&'static str> {
    RIGHTS
        .iter()
        .find(|right| right.permission.to_string() == permission)
        .map(|right| right.name)
}

/// A role within a sentence, in the language that is spoken.
pub(crate) fn role_said(name: &str) -> String {
    let words = role_in_words(name);
    match say::reworded(&words) {
        Some(said) => said.to_lowercase(),
        None => name.to_owned(),
    }
}

/// What a role sees of clients.
pub(crate) fn sight_in_words(fields: &str) -> &'static str {
    match fields {
        "always" => "Names",
        "window" => "Names around the visit",
        _ => "Initials",
    }
}

/// What is wrong with a role, with permissions in words where a rule names one.
pub(crate) fn problems_in_words(problems: &Problems) -> Problems {
    let mut told = Problems::none();
    for problem in problems.list() {
        let named = |rule: String, right: &Right| {
            rule.replace(
                &format!("({})", right.permission),
                &format!("(“{}”)", right.name),
            )
        };
        let rule = RIGHTS.iter().fold(problem.rule.to_string(), named);
        told.add(problem.field.clone(), rule);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_of_people_has_words() {
        let missing: Vec<String> = P::ALL
            .iter()
            .filter(|p| p.is_for_people() && !RIGHTS.iter().any(|right| right.permission == **p))
            .map(ToString::to_string)
            .collect();
        assert_eq!(missing, Vec::<String>::new());
        assert!(RIGHTS.iter().all(|right| right.permission.is_for_people()));
    }

    #[test]
    fn a_built_in_role_begins_with_a_capital_letter() {
        assert_eq!(role_in_words("scheduler"), "Scheduler");
        assert_eq!(role_in_words("night desk"), "night desk");
    }
}
