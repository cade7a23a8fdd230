//! From the wall clock to a point in time: gaps and folds are asked about, not guessed (SC2).
use interpres_types::{Field, Instant, Moment, Problems, Rule, WallTime, Zone};

/// The instant a wall-clock time means. `which` answers the question that a repeated time raises:
/// `earlier` or `later`.
///
/// # Errors
/// The question, as a problem of the field `start`.
pub(crate) fn instant(zone: &Zone, wall: WallTime, which: &Field) -> Result<Instant, Problems> {
    let question = |text: String| Problems::one("start", Rule::from(text));
    match (zone.moment(wall), which.raw().trim()) {
        (Moment::Once(at), _) => Ok(at),
        (Moment::Never { next }, _) => Err(question(format!(
            "does not exist on {}: the clock in {zone} jumps ahead over it. Did you mean {}?",
            wall.date.long(),
            next.said()
        ))),
        (Moment::Twice { first, .. }, "earlier") => Ok(first),
        (Moment::Twice { second, .. }, "later") => Ok(second),
        (Moment::Twice { first, second }, _) => Err(question(format!(
            "happens twice on {}: {} {} and {} {}. Choose earlier or later.",
            wall.date.long(),
            wall.said(),
            zone.abbreviation(first),
            wall.said(),
            zone.abbreviation(second)
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(text: &str, which: &str) -> Result<String, String> {
        let zone = "America/Denver".parse().unwrap();
        instant(&zone, text.parse().unwrap(), &which.into())
            .map(|at| at.to_string())
            .map_err(|p| p.of("start").unwrap().to_string())
    }

    #[test]
    fn a_time_that_never_comes_is_asked_about() {
        assert_eq!(
            ask("2027-03-14T02:30", "").unwrap_err(),
            "does not exist on Sun, Mar 14, 2027: the clock in America/Denver jumps ahead over it. Did you mean 3:30 AM?"
        );
    }

    #[test]
    fn a_time_that_comes_twice_is_asked_about_and_the_answer_taken() {
        assert_eq!(
            ask("2027-11-07T01:30", "").unwrap_err(),
            "happens twice on Sun, Nov 7, 2027: 1:30 AM MDT and 1:30 AM MST. Choose earlier or later."
        );
        assert_eq!(
            (
                ask("2027-11-07T01:30", "earlier").unwrap(),
                ask("2027-11-07T01:30", "later").unwrap()
            ),
            ("2027-11-07T07:30:00Z".into(), "2027-11-07T08:30:00Z".into())
        );
    }
}
