use crate::{ZipPlace, place_of_zip};
use interpres_types::{Line, Point, Zip, Zone};

/// Where something is, as a letter is addressed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Address {
    /// Street and number.
    pub street: Option<Line<160>>,
    /// Town.
    pub city: Option<Line<80>>,
    /// State, mostly by its two letters.
    pub state: Option<Line<20>>,
    /// ZIP code.
    pub zip: Option<Zip>,
}

impl Address {
    /// Whether nothing of it is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
    /// The same, with the town and state that its ZIP code says where nobody else did.
    #[must_use]
    pub fn filled(self) -> Self {
        let Some(place) = self.place() else {
            return self;
        };
        Self {
            city: self.city.or(place.city),
            state: self.state.or(place.state),
            ..self
        }
    }
    /// The middle of its ZIP code.
    #[must_use]
    pub fn point(&self) -> Option<Point> {
        self.place()?.point
    }
    /// The time zone of its ZIP code.
    #[must_use]
    pub fn zone(&self) -> Option<Zone> {
        self.place()?.zone
    }
    fn place(&self) -> Option<ZipPlace> {
        self.zip.as_ref().and_then(place_of_zip)
    }
}
