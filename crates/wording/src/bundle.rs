//! The messages of each language, read once.
use crate::{
    messages::{AR, EN, ES, IDS},
    speech::spoken,
};
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use interpres_types::{Direction, PageLanguage};
use std::sync::LazyLock;

/// What a message takes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Argument {
    /// A text, or a number that is only written.
    Text(String),
    /// A number by which one of several forms is chosen.
    Count(i64),
}

/// A number by which one of several forms is chosen: one offer, two offers.
pub trait Count {
    /// The number.
    fn argument(&self) -> Argument;
}

macro_rules! counts {
    ($($number:ty),+) => {$(
        impl Count for $number {
            fn argument(&self) -> Argument {
                Argument::Count(i64::try_from(*self).unwrap_or(i64::MAX))
            }
        }
    )+};
}
counts!(u8, i32, u32, i64, u64, usize);

impl<T: Count> Count for &T {
    fn argument(&self) -> Argument {
        (**self).argument()
    }
}

struct Spoken {
    bundle: FluentBundle<FluentResource>,
    /// What each message says that takes nothing; nothing where the language does not have it.
    plain: Vec<Option<&'static str>>,
}

static ALL: LazyLock<[Spoken; 3]> =
    LazyLock::new(|| PageLanguage::ALL.map(|language| Spoken::of(language, files(language))));

fn of(language: PageLanguage) -> &'static Spoken {
    let [english, spanish, arabic] = &*ALL;
    match language {
        PageLanguage::English => english,
        PageLanguage::Spanish => spanish,
        PageLanguage::Arabic => arabic,
    }
}

/// The files of a language, each with its name.
pub(crate) const fn files(language: PageLanguage) -> &'static [(&'static str, &'static str)] {
    match language {
        PageLanguage::English => EN,
        PageLanguage::Spanish => ES,
        PageLanguage::Arabic => AR,
    }
}

impl Spoken {
    fn of(language: PageLanguage, files: &[(&str, &str)]) -> Self {
        let id = match language {
            PageLanguage::English => "en-US",
            PageLanguage::Spanish => "es-US",
            PageLanguage::Arabic => "ar",
        };
        let mut bundle = FluentBundle::new_concurrent(vec![id.parse().unwrap_or_default()]);
        // Marks around arguments matter only where both directions meet.
        bundle.set_use_isolating(language.direction() == Direction::RightToLeft);
        for (_, text) in files {
            // The build has read the same text, and would have failed.
            let resource = FluentResource::try_new((*text).to_owned())
                .unwrap_or_else(|(resource, _)| resource);
            let _ = bundle.add_resource(resource);
        }
        let plain = IDS
            .iter()
            .map(|id| {
                let said = formatted(&bundle, id, None)?;
                Some(&*Box::leak(said.into_boxed_str()))
            })
            .collect();
        Self { bundle, plain }
    }
}

fn formatted(
    bundle: &FluentBundle<FluentResource>,
    id: &str,
    arguments: Option<&FluentArgs<'_>>,
) -> Option<String> {
    let pattern = bundle.get_message(id)?.value()?;
    let mut wrong = Vec::new();
    let said = bundle.format_pattern(pattern, arguments, &mut wrong);
    Some(said.into_owned())
}

/// Whether a language has a message of its own for this.
pub(crate) fn has(language: PageLanguage, id: &str) -> bool {
    of(language).bundle.has_message(id)
}

/// A message that takes nothing.
pub(crate) fn say(number: usize) -> &'static str {
    let own = |language: PageLanguage| of(language).plain.get(number).copied().flatten();
    own(spoken())
        .or_else(|| own(PageLanguage::English))
        .unwrap_or_default()
}

/// A message with what it takes.
pub(crate) fn fill(number: usize, arguments: &[(&'static str, Argument)]) -> String {
    let id = IDS.get(number).copied().unwrap_or_default();
    let arguments: FluentArgs<'_> = arguments
        .iter()
        .map(|(name, argument)| {
            let value = match argument {
                Argument::Text(text) => FluentValue::from(text.as_str()),
                Argument::Count(count) => FluentValue::from(*count),
            };
            (*name, value)
        })
        .collect();
    filled(id, &arguments)
}

pub(crate) fn filled(id: &str, arguments: &FluentArgs<'_>) -> String {
    let own = |language: PageLanguage| formatted(&of(language).bundle, id, Some(arguments));
    own(spoken())
        .or_else(|| own(PageLanguage::English))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech::within_sync;
    use std::collections::BTreeSet;

    #[test]
    fn one_of_several_forms_is_chosen_by_the_number() {
        assert_eq!(crate::things_to_fix(1_usize), "One thing to fix");
        assert_eq!(crate::things_to_fix(3_usize), "3 things to fix");
        within_sync(PageLanguage::Spanish, || {
            assert_eq!(crate::codes_left(1_i64), "queda 1");
            assert_eq!(crate::codes_left(2_i64), "quedan 2");
        });
        within_sync(PageLanguage::Arabic, || {
            // Arabic has six forms; zero, two, few and many are among them.
            let forms: BTreeSet<String> = [0_i64, 1, 2, 3, 11, 100]
                .into_iter()
                .map(crate::offers_for_you)
                .collect();
            assert_eq!(forms.len(), 6, "{forms:?}");
        });
    }

    #[test]
    fn a_message_that_a_language_does_not_have_is_said_in_english() {
        assert!(!has(PageLanguage::Arabic, "door-notice"));
        assert_eq!(
            within_sync(PageLanguage::Arabic, crate::door_notice),
            crate::door_notice()
        );
    }

    #[test]
    fn what_a_message_with_tags_takes_stays_text() {
        let told = crate::signed_in_as("<script>Ana</script>", "Front & Range").to_string();
        assert!(
            told.contains("<strong>&#60;script&#62;Ana&#60;/script&#62;</strong>"),
            "{told}"
        );
        assert!(told.contains("Front &#38; Range"), "{told}");
    }
}
