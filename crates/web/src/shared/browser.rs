//! A browser by the name that people know.

/// A browser's own words, cut down to what a person knows it by.
pub(crate) fn browser_in_words(agent: &str) -> String {
    const KNOWN: [(&str, &str); 5] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const ON: [(&str, &str); 6] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ];
    let find = |list: &[(&str, &'static str)]| {
        list.iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    match (find(&KNOWN), find(&ON)) {
        (Some(name), Some(on)) => say::browser_on(name, on),
        (Some(name), None) => name.to_owned(),
        _ => agent.chars().take(60).collect(),
    }
}
