//! Checks the export header's claims against the checkpoint and the entries; nothing signs the header itself.
use crate::Checked;
use interpres_audit_log::{Checkpoint, ExportHeader};
use serde_json::Value;
use std::collections::BTreeMap;

/// The filter that a partial export claims.
pub(crate) struct Claims<'a>(&'a BTreeMap<String, String>);

impl<'a> Claims<'a> {
    /// Checks the header's claims about the whole file.
    pub(crate) fn of(header: &'a ExportHeader, point: &Checkpoint, found: &mut Checked) -> Self {
        if point.origin.strip_prefix("interpres/") != Some(header.workspace.as_str()) {
            found.problems.push(format!(
                "the file says it is of workspace {}, the checkpoint is of {}",
                header.workspace, point.origin
            ));
        }
        if header.complete != header.filter.is_empty() {
            found.problems.push(
                "the file says both that it is the whole log and that it was filtered, or neither"
                    .to_owned(),
            );
        }
        found
            .unproven
            .push(format!("when the file was made ({})", header.made_at));
        if !header.complete {
            found.unproven.push("that no other entry fits the filter: only a complete export shows what was left out".to_owned());
        }
        for name in header.filter.keys() {
            match name.as_str() {
                "actor" | "action" | "record" | "outcome" => {}
                "from" | "to" => found.unproven.push(format!(
                    "by which zone's days the entries were chosen ({name})"
                )),
                _ => found
                    .unproven
                    .push(format!("a filter that this program does not know ({name})")),
            }
        }
        Self(&header.filter)
    }

    /// The claim that an entry of the part contradicts, if any.
    pub(crate) fn contradicted_by(&self, leaf: &str) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let Ok(entry) = serde_json::from_str::<Value>(leaf) else {
            return Some("it can't be read".to_owned());
        };
        let fits = |name: &str, value: &str| match name {
            "actor" | "action" | "outcome" => entry[name] == *value,
            "record" => entry["records"]
                .as_array()
                .is_some_and(|records| records.iter().any(|seen| seen["id"] == *value)),
            _ => true,
        };
        self.0
            .iter()
            .find(|(name, value)| !fits(name, value))
            .map(|(name, value)| format!("{name} {value}"))
    }
}
