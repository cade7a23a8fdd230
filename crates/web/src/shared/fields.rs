//! The fields of a form as they are sent, and lists for it to choose from.
pub(crate) type Pairs = Vec<(String, String)>;

pub(crate) fn pairs(list: &[(&str, &str)]) -> Pairs {
    list.iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect()
}

/// What was typed into a field, without the space around it; nothing where the form has no such field.
pub(crate) fn value_of<'t>(typed: &'t Pairs, field: &str) -> &'t str {
    typed
        .iter()
        .find(|(name, _)| name == field)
        .map(|(_, value)| value.trim())
        .unwrap_or_default()
}

/// Takes the version out of a form's pairs and reads the rest.
pub(crate) fn versioned<T: serde::de::DeserializeOwned + Default>(
    pairs: Vec<(String, String)>,
) -> (Option<i64>, T) {
    let version = pairs
        .iter()
        .find(|(k, _)| k == "version")
        .and_then(|(_, v)| v.parse().ok());
    let rest = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs.iter().filter(|(k, _)| k != "version"))
        .finish();
    (
        version,
        serde_html_form::from_str(&rest).unwrap_or_default(),
    )
}

/// The paragraphs of a text, each as its strong first words and the rest.
pub(crate) fn paragraphs(text: &str) -> Vec<(String, String)> {
    let (mut all, mut after_a_gap): (Vec<String>, bool) = (Vec::new(), true);
    for line in text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#') && !line.starts_with("Version "))
    {
        if line.is_empty() {
            after_a_gap = true;
            continue;
        }
        let numbered = line
            .split_once(". ")
            .is_some_and(|(number, _)| number.bytes().all(|b| b.is_ascii_digit()));
        match all.last_mut() {
            Some(last) if !numbered && !after_a_gap => {
                last.push(' ');
                last.push_str(line);
            }
            _ => all.push(line.to_owned()),
        }
        after_a_gap = false;
    }
    let parts = |text: String| {
        let text = text
            .split_once(". ")
            .filter(|(number, _)| number.bytes().all(|b| b.is_ascii_digit()))
            .map_or(text.clone(), |(_, rest)| rest.to_owned());
        let mut split = text.splitn(3, "**");
        match (split.next(), split.next(), split.next()) {
            (Some(""), Some(strong), Some(rest)) => (strong.to_owned(), rest.to_owned()),
            _ => (String::new(), text.replace("**", "")),
        }
    };
    all.into_iter().map(parts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_numbered_paragraph_stands_alone_without_its_marks() {
        let all = paragraphs(interpres_accounts::TERMS);
        assert_eq!(all.len(), 7, "{all:?}");
        assert_eq!(all[0].0, "The account is yours alone.");
        assert!(all.iter().all(
            |(strong, rest)| !format!("{strong}{rest}").contains("**") && !rest.contains('\n')
        ));
        assert_eq!(paragraphs(interpres_compliance::MODE_TERMS).len(), 5);
    }
}
