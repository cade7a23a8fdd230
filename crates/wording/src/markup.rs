//! Messages with tags of their own. What they take is text, and stays text.
use crate::bundle::{Argument, fill};
use askama::filters::{Html, HtmlSafe, escape};
use std::fmt;

/// A message with tags of its own, ready for a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Markup(String);

impl Markup {
    pub(crate) fn filled(number: usize, arguments: &[(&'static str, Argument)]) -> Self {
        let safe: Vec<(&'static str, Argument)> = arguments
            .iter()
            .map(|(name, argument)| {
                let argument = match argument {
                    Argument::Text(text) => Argument::Text(
                        escape(text, Html).map_or_else(|_| String::new(), |safe| safe.to_string()),
                    ),
                    Argument::Count(count) => Argument::Count(*count),
                };
                (*name, argument)
            })
            .collect();
        Self(fill(number, &safe))
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::FastWritable for Markup {
    fn write_into(&self, dest: &mut dyn fmt::Write, _: &dyn askama::Values) -> askama::Result<()> {
        dest.write_str(&self.0)?;
        Ok(())
    }
}

/// The tags are the file's own, of a short list that the build looks at; arguments were escaped.
impl HtmlSafe for Markup {}
