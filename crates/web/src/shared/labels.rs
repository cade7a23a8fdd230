//! What a summary of errors calls a field is what the form calls it: the label that stands on the same page.

/// Where a summary names a field, and how the name ends.
const MARK: &str = "<span data-field=\"";
const END: &str = "</span>";

/// Puts the labels of a page's own fields in place of the names that its summary has for them.
pub(crate) fn as_labeled(html: String) -> String {
    if !html.contains(MARK) {
        return html;
    }
    let mut parts = html.split(MARK);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let named = part.split_once("\">").and_then(|(field, rest)| {
            let (words, after) = rest.split_once(END)?;
            Some((label(&html, field).unwrap_or(words), after))
        });
        match named {
            Some((words, after)) => out.extend([words, after]),
            None => out.extend([MARK, part]),
        }
    }
    out
}

/// The words of a field's label, or of its group's.
fn label<'h>(html: &'h str, field: &str) -> Option<&'h str> {
    let words = |rest: &'h str| rest.split('<').next().map(str::trim);
    let (label, group) = (format!(" for=\"{field}\""), format!(" id=\"{field}\""));
    html.split_once(&label)
        .and_then(|(_, rest)| words(rest.split_once('>')?.1))
        .or_else(|| {
            let (_, rest) = html.split_once(&group)?;
            let (attributes, rest) = rest.split_once('>')?;
            let legend = rest.trim_start().strip_prefix("<legend>")?;
            (!attributes.contains('<')).then(|| words(legend))?
        })
        .filter(|words| !words.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_calls_a_field_what_its_label_says() {
        let page = |name: &str, words: &str| {
            format!(
                "<a href=\"#{name}\"><span data-field=\"{name}\">{words}</span> is required</a>\
                 <label for=\"zip\">ZIP code <span class=\"opt\">(optional)</span></label>\
                 <fieldset class=\"field\" id=\"kind\">\n<legend>Service</legend>"
            )
        };
        let told = |name, words| {
            let page = as_labeled(page(name, words));
            page.split("</a>").next().unwrap_or_default().to_owned()
        };
        assert_eq!(told("zip", "Zip"), "<a href=\"#zip\">ZIP code is required");
        assert_eq!(
            told("kind", "Kind"),
            "<a href=\"#kind\">Service is required"
        );
        assert_eq!(
            told("none", "Nowhere"),
            "<a href=\"#none\">Nowhere is required"
        );
    }
}
