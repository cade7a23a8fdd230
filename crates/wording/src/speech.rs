//! Which language is spoken: chosen by a person, asked for by a browser, or English.
use interpres_types::PageLanguage;
use std::cell::Cell;

/// The language that a browser asks for most (`Accept-Language`, RFC 9110 section 12.5.4) among those that can be
/// chosen; English where it asks for none of them.
#[must_use]
pub fn any_of(accepted: &str) -> PageLanguage {
    let mut best = (0.0_f32, PageLanguage::English);
    for wish in accepted.split(',').take(20) {
        let mut parts = wish.split(';');
        let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let weight = parts
            .find_map(|part| part.trim().strip_prefix("q="))
            .map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
        let main = tag.split('-').next().unwrap_or_default();
        if let Ok(language) = main.parse::<PageLanguage>()
            && weight > best.0
        {
            best = (weight, language);
        }
    }
    best.1
}

tokio::task_local! {
    static SPOKEN: Cell<PageLanguage>;
}

/// The language spoken where this is called: English outside of [`within`].
#[must_use]
pub fn spoken() -> PageLanguage {
    SPOKEN.try_with(Cell::get).unwrap_or_default()
}

/// From here on the request speaks this language: whoever asks was recognized and had chosen it.
pub fn hears(language: PageLanguage) {
    let _ = SPOKEN.try_with(|spoken| spoken.set(language));
}

/// Something that speaks this language, unless [`hears`] says otherwise meanwhile.
pub async fn within<F: Future>(language: PageLanguage, what: F) -> F::Output {
    SPOKEN.scope(Cell::new(language), what).await
}

/// The same for what does not wait.
pub fn within_sync<T>(language: PageLanguage, what: impl FnOnce() -> T) -> T {
    SPOKEN.sync_scope(Cell::new(language), what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_a_browser_asks_for_most_is_taken_and_english_where_there_is_none() {
        for (accepted, language) in [
            ("es-MX,es;q=0.9,en;q=0.8", PageLanguage::Spanish),
            ("en-US,es;q=0.9", PageLanguage::English),
            ("fr, es;q=0.3, en;q=0.2", PageLanguage::Spanish),
            ("tlh", PageLanguage::English),
            ("", PageLanguage::English),
            ("ar", PageLanguage::English),
            ("es;q=0", PageLanguage::English),
            (";;;,,q=", PageLanguage::English),
        ] {
            assert_eq!(any_of(accepted), language, "{accepted}");
        }
    }
}
