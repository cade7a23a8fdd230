//! Two versions of a form, where somebody else saved in between: the person chooses for each field.
use crate::shared::filters::{self, in_words};
use crate::{
    problem,
    shared::{
        answer::{Answer, with_status},
        fields::Pairs,
        frame::Frame,
        rights::right_named,
        time,
    },
};
use askama::Template;
use interpres_gate::{Actor, Conflict, Refusal};

/// A form as it was sent, and what it is about.
pub(crate) struct Sent<'f> {
    /// The page among the places of the frame.
    pub(crate) here: &'static str,
    /// Where it is sent.
    pub(crate) action: String,
    /// Where the record is shown.
    pub(crate) back: String,
    pub(crate) yours: Pairs,
    /// Fields that are not sent when nothing is ticked.
    pub(crate) lists: &'static [&'static str],
    /// What a value means, where a field holds ids or words.
    pub(crate) meaning: &'f (dyn Fn(&str, &str) -> Option<String> + Sync),
}

struct FieldConflict {
    name: String,
    label: String,
    yours: Vec<String>,
    saved: Vec<String>,
    /// Both in words.
    yours_told: String,
    saved_told: String,
}

#[derive(Template)]
#[template(path = "both.html")]
struct BothPage {
    frame: Frame,
    action: String,
    back: String,
    by: String,
    version: i64,
    lines: Vec<FieldConflict>,
    /// What both versions have alike.
    same: Pairs,
}

/// Whether a refusal says that somebody else saved in between.
pub(crate) const fn is_late(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Conflict(Conflict {
            version: Some(_),
            ..
        })
    )
}

/// The page with both versions; a refusal for anything else than a late save.
pub(crate) fn page(
    actor: &Actor,
    refusal: Refusal,
    sent: Sent<'_>,
    saved: &[(String, String)],
) -> Answer {
    let status = problem::status(&refusal);
    let Refusal::Conflict(Conflict {
        version: Some(version),
        saved: last,
        ..
    }) = refusal
    else {
        return Err(refusal.into());
    };
    let by = last
        .map(|last| {
            let when = time::moment(last.at, &actor.zone().to_string());
            format!("{}, {when}", last.by)
        })
        .unwrap_or_default();
    let Sent {
        here,
        action,
        back,
        yours,
        lists,
        meaning,
    } = sent;
    let of = |pairs: &[(String, String)], name: &str| {
        pairs
            .iter()
            .filter(|(n, value)| n == name && !value.trim().is_empty())
            .map(|(_, value)| value.clone())
            .collect::<Vec<_>>()
    };
    let mut names: Vec<String> = Vec::new();
    for name in yours
        .iter()
        .map(|(name, _)| name.as_str())
        .chain(lists.iter().copied())
        .filter(|name| *name != "version")
    {
        if !names.iter().any(|n| n == name) {
            names.push(name.to_owned());
        }
    }
    let told = |name: &str, values: &[String]| {
        values
            .iter()
            .map(|value| meaning(name, value).unwrap_or_else(|| value.clone()))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (mut lines, mut same) = (Vec::new(), Vec::new());
    for name in names {
        let (mine, theirs) = (of(&yours, &name), of(saved, &name));
        if mine == theirs
            || !saved.iter().any(|(n, _)| *n == name) && !lists.contains(&name.as_str())
        {
            same.extend(mine.into_iter().map(|value| (name.clone(), value)));
        } else {
            lines.push(FieldConflict {
                yours_told: told(&name, &mine),
                saved_told: told(&name, &theirs),
                label: label(&name),
                name,
                yours: mine,
                saved: theirs,
            });
        }
    }
    with_status(
        status,
        &BothPage {
            frame: Frame::of(actor, here),
            action,
            back,
            by,
            version,
            lines,
            same,
        },
    )
}

/// A form's field as its label has it.
fn label(name: &str) -> String {
    let told = match name {
        "lep_client" => say::clients_name(),
        "notes" => say::note_for_interpreter(),
        "internal_notes" => "Staff-only note",
        "reveal_hours" => "Show the client’s name (hours before)",
        "late_hours" => "Late cancellation window (hours)",
        "idle_minutes" => "Idle timeout (minutes)",
        "session_hours" => "Maximum session length (hours)",
        "factor_roles" => "Second factor required for",
        "text_messages" => "Codes by text message",
        "character_classes" => "Password character rules",
        "networks" => "Allowed networks",
        "payment_days" => "Payment terms (days)",
        "fields" => "Client names",
        "type" => "Services",
        "team" => "Team",
        "keeper" => "Owner",
        "preferred" => say::client_preferred_interpreters(),
        "blocked" => say::client_do_not_send(),
        "reach_by" => say::best_way_to_reach(),
        "first_page" => say::landing_page(),
        "address" => "Street",
        "billing" => "Bills go to",
        "billing_address" => "Billing street",
        "meeting" => say::meeting_link(),
        other => match right_named(other) {
            Some(name) => name,
            None => return in_words(other),
        },
    };
    told.to_owned()
}

/// The fields of an input as a form has them.
macro_rules! fields_of {
    ($input:expr; $($field:ident),+ $(,)?) => {
        vec![$((stringify!($field).to_owned(), $input.$field.raw().to_owned())),+]
    };
}

pub(crate) use fields_of;
