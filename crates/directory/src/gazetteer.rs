//! Where ZIP codes are: enough to tell near from far, and to fill in what a ZIP code says already.
use flate2::read::GzDecoder;
use interpres_types::{Line, Point, Zip, Zone};
use std::{io::Read, sync::LazyLock};

/// `zip,city,state,latitude,longitude,zone`, by ZIP code, for 42,254 of them: points from the US Census ZCTA
/// gazetteer of 2021, to four decimals; towns and zones as the Postal Service and the tz database name them.
static TABLE: &[u8] = include_bytes!("../zips.csv.gz");

static LINES: LazyLock<Vec<Box<str>>> = LazyLock::new(|| {
    let mut text = String::new();
    // A table that does not unpack leaves every ZIP code unknown, which the test below would show.
    let read = GzDecoder::new(TABLE).read_to_string(&mut text);
    let lines = text.lines().skip(1).map(Box::from);
    if read.is_ok() {
        lines.collect()
    } else {
        Vec::new()
    }
});

/// What a ZIP code says. What the table does not know is unknown rather than guessed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ZipPlace {
    /// The town.
    pub city: Option<Line<80>>,
    /// The state or territory, by its two letters.
    pub state: Option<Line<20>>,
    /// Its middle.
    pub point: Option<Point>,
    /// Its time zone.
    pub zone: Option<Zone>,
}

/// What is known of a ZIP code, if the table has it.
#[must_use]
pub fn place_of_zip(zip: &Zip) -> Option<ZipPlace> {
    let code = zip.to_string();
    let at = LINES
        .binary_search_by(|line| line.split(',').next().unwrap_or_default().cmp(&code))
        .ok()?;
    let mut cells = LINES
        .get(at)?
        .split(',')
        .skip(1)
        .map(|cell| Some(cell).filter(|cell| !cell.is_empty()));
    let mut next = || cells.next().flatten();
    let city = next();
    let state = next();
    let latitude = next().and_then(millionths);
    let longitude = next().and_then(millionths);
    let zone = next().or_else(|| state.and_then(zone_of_territory));
    Some(ZipPlace {
        city: city.map(|city| Line::kept(city.to_owned())),
        state: state.map(|state| Line::kept(state.to_owned())),
        point: latitude.zip(longitude).map(|(latitude, longitude)| Point {
            latitude,
            longitude,
        }),
        zone: zone.and_then(|zone| zone.parse().ok()),
    })
}

/// Degrees in millionths, from a text of up to six decimals.
fn millionths(degrees: &str) -> Option<i64> {
    let (whole, decimals) = degrees.split_once('.').unwrap_or((degrees, ""));
    format!("{whole}{decimals:0<6}").parse().ok()
}

/// Territories of one zone, which the table leaves empty.
fn zone_of_territory(state: &str) -> Option<&'static str> {
    match state {
        "PR" => Some("America/Puerto_Rico"),
        "VI" => Some("America/St_Thomas"),
        "GU" => Some("Pacific/Guam"),
        "MP" => Some("Pacific/Saipan"),
        "AS" => Some("Pacific/Pago_Pago"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(zip: &str) -> Option<ZipPlace> {
        place_of_zip(&zip.parse().unwrap())
    }

    #[test]
    fn a_zip_code_says_its_town_state_point_and_zone() {
        for (zip, city, state, latitude, longitude, zone) in [
            (
                "80204",
                "Denver",
                "CO",
                39_734_800,
                -105_020_700,
                "America/Denver",
            ),
            (
                "00501",
                "Holtsville",
                "NY",
                40_815_400,
                -73_045_100,
                "America/New_York",
            ),
            (
                "00601",
                "Adjuntas",
                "PR",
                18_180_600,
                -66_750_000,
                "America/Puerto_Rico",
            ),
        ] {
            let found = place(zip).unwrap();
            let said = (
                found.city.unwrap(),
                found.state.unwrap(),
                found.point.unwrap(),
                found.zone.unwrap(),
            );
            assert_eq!(
                (said.0.as_str(), said.1.as_str(), said.2, said.3.name()),
                (
                    city,
                    state,
                    Point {
                        latitude,
                        longitude
                    },
                    zone
                )
            );
        }
        assert_eq!(place("00000"), None);
        let nameless = place("72405").unwrap();
        assert!(nameless.city.is_none() && nameless.point.is_some());
    }

    #[test]
    fn the_whole_table_is_there_by_zip_code_and_every_zone_is_one() {
        assert_eq!(LINES.len(), 42_254);
        assert!(LINES.is_sorted());
        for line in LINES.iter() {
            let (zip, zone) = (&line[..5], line.rsplit(',').next().unwrap());
            assert!(
                zone.is_empty() || place(zip).unwrap().zone.is_some(),
                "{line}"
            );
        }
    }
}
