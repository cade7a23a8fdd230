//! Templates stay readable: small files, short lines, a form over several lines.

use std::path::Path;

const MOST_LINES: usize = 120;
const WIDEST: usize = 120;

/// Templates from before this bound. The list only gets shorter: one that keeps it leaves, one that is gone leaves.
const FORMER: &[&str] = &["icons.html"];

/// Names on the list whose template is gone.
pub(crate) fn gone(templates: &Path, found: &mut Vec<String>) {
    for name in FORMER.iter().filter(|name| !templates.join(name).exists()) {
        found.push(format!(
            "{name} is gone; take it off the list in xtask/src/templates.rs"
        ));
    }
}

/// Looks at one template.
pub(crate) fn look(name: &str, text: &str, found: &mut Vec<String>) {
    let short = name
        .rsplit_once("templates/")
        .map_or(name, |(_, rest)| rest);
    let wrong = wrong(text);
    match (FORMER.contains(&short), wrong) {
        (false, Some(wrong)) => found.push(format!(
            "{name}: {wrong}; make it of the parts in templates/parts"
        )),
        (true, None) => found.push(format!(
            "{name} keeps the bound now; take it off the list in xtask/src/templates.rs"
        )),
        _ => {}
    }
}

fn wrong(text: &str) -> Option<String> {
    let lines = text.lines().count();
    if lines > MOST_LINES {
        return Some(format!("{lines} lines; at most {MOST_LINES}"));
    }
    text.lines().zip(1..).find_map(|(line, number)| {
        let width = line.chars().count();
        if width > WIDEST {
            return Some(format!(
                "line {number} has {width} columns; at most {WIDEST}"
            ));
        }
        (line.contains("<form") && line.contains("<button"))
            .then(|| format!("line {number} packs a whole form"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_line_a_long_file_and_a_packed_form_are_found() {
        assert!(wrong(&"x".repeat(121)).is_some_and(|w| w.contains("121 columns")));
        assert!(wrong(&"x\n".repeat(121)).is_some_and(|w| w.contains("121 lines")));
        assert!(wrong("<form><button>Go</button></form>").is_some_and(|w| w.contains("packs")));
        assert!(wrong("<form>\n  <button>Go</button>\n</form>").is_none());
    }
}
