//! Where ZIP codes are: a small table of points, enough to tell near from far. A ZIP code that is
//! not in it has no point, and distances to it are unknown rather than guessed.
use interpres_types::{Point, Zip};

/// ZIP code, millionths of a degree north and east. Rounded public coordinates of city centres.
const POINTS: &[(&str, i64, i64)] = &[
    ("80002", 39_794_000, -105_098_000),
    ("80012", 39_700_000, -104_837_000),
    ("80031", 39_876_000, -105_046_000),
    ("80204", 39_739_000, -104_990_000),
    ("80226", 39_711_000, -105_081_000),
    ("80229", 39_862_000, -104_957_000),
    ("80302", 40_017_000, -105_280_000),
    ("80524", 40_588_000, -105_070_000),
    ("80631", 40_422_000, -104_709_000),
    ("80751", 40_625_000, -103_207_000),
    ("80903", 38_834_000, -104_821_000),
    ("82001", 41_140_000, -104_820_000),
];

/// The point of a ZIP code, if the table has it.
#[must_use]
pub fn point_of_zip(zip: &Zip) -> Option<Point> {
    let code = zip.to_string();
    let (_, latitude, longitude) = POINTS.iter().find(|(z, ..)| *z == code)?;
    Some(Point { latitude: *latitude, longitude: *longitude })
}
