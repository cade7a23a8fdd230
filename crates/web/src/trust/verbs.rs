//! The plain form of the verbs that the register of acts begins with.

/// Verbs of the register whose past is not the plain form and "ed".
const ODD: [(&str, &str); 13] = [
    ("Became", "Become"),
    ("Carried", "Carry"),
    ("Chose", "Choose"),
    ("Left", "Leave"),
    ("Put", "Put"),
    ("Ran", "Run"),
    ("Reset", "Reset"),
    ("Resent", "Resend"),
    ("Retried", "Retry"),
    ("Scanned", "Scan"),
    ("Sent", "Send"),
    ("Took", "Take"),
    ("Withdrew", "Withdraw"),
];

/// Verbs whose plain form ends in a silent e, without the d.
const SILENT: [&str; 29] = [
    "Approve",
    "Change",
    "Create",
    "Deactivate",
    "Decide",
    "Decline",
    "Delete",
    "Erase",
    "Exchange",
    "File",
    "Invite",
    "Issue",
    "Move",
    "Place",
    "Prepare",
    "Purge",
    "Quarantine",
    "Queue",
    "Raise",
    "Reactivate",
    "Release",
    "Remove",
    "Rename",
    "Restore",
    "Revoke",
    "Rotate",
    "Save",
    "Share",
    "Update",
];

/// The plain form of a verb in the past.
pub(super) fn plain_form(past: &str) -> &str {
    let odd = ODD.iter().find(|(was, _)| *was == past);
    let without = past.strip_suffix('d').unwrap_or(past);
    match odd {
        Some((_, plain)) => plain,
        None if past == "did" => "do",
        None if SILENT.contains(&without) => without,
        None => past.strip_suffix("ed").unwrap_or(past),
    }
}
