//! Charts as the server draws them: coordinates for SVG, because no style may stand in a page. Each has its numbers
//! beside it as a table.

/// A line over time.
pub(crate) struct LineChart {
    pub(crate) points: Vec<Dot>,
    /// The line through them, and the ground under it.
    pub(crate) path: String,
    pub(crate) area: String,
    pub(crate) grid: Vec<Mark>,
}

/// A point with its value in words.
pub(crate) struct Dot {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) label: String,
    pub(crate) value: String,
    /// Whether its label is printed.
    pub(crate) named: bool,
}

/// A line across, with what it stands for.
pub(crate) struct Mark {
    pub(crate) y: f64,
    pub(crate) label: String,
}

/// Columns side by side.
pub(crate) struct Columns {
    pub(crate) bars: Vec<Bar>,
    pub(crate) grid: Vec<Mark>,
}

/// A column.
pub(crate) struct Bar {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) middle: f64,
    pub(crate) label: &'static str,
    pub(crate) value: i64,
}

const LEFT: f64 = 36.0;
const RIGHT: f64 = 330.0;
const TOP: f64 = 20.0;
const FOOT: f64 = 148.0;

/// A line through shares in thousandths; where one is missing the line goes on to the next.
pub(crate) fn line(shares: &[(String, Option<i64>)]) -> LineChart {
    let known: Vec<i64> = shares.iter().filter_map(|(_, share)| *share).collect();
    let least = known.iter().min().copied().unwrap_or_default() / 100 * 100;
    let least = least.min(900);
    let y = |share: i64| FOOT - (FOOT - TOP) * ratio(share - least, 1000 - least);
    let step = (RIGHT - LEFT) / of(shares.len().saturating_sub(1).max(1));
    let every = shares.len().div_ceil(4).max(1);
    let points: Vec<Dot> = shares
        .iter()
        .enumerate()
        .filter_map(|(at, (label, share))| {
            Some(Dot {
                x: round(LEFT + step * of(at)),
                y: round(y((*share)?)),
                label: label.clone(),
                value: percent(*share),
                named: (shares.len() - 1 - at).is_multiple_of(every),
            })
        })
        .collect();
    let path = points
        .iter()
        .enumerate()
        .map(|(at, dot)| format!("{}{} {}", if at == 0 { 'M' } else { 'L' }, dot.x, dot.y))
        .collect::<String>();
    let area = points
        .first()
        .zip(points.last())
        .map(|(first, last)| format!("{path}L{} {FOOT}L{} {FOOT}Z", last.x, first.x))
        .unwrap_or_default();
    let grid = (0..=4)
        .map(|part| least + (1000 - least) * part / 4)
        .map(|share| Mark {
            y: round(y(share)),
            label: format!("{}%", share / 10),
        })
        .collect();
    LineChart {
        points,
        path,
        area,
        grid,
    }
}

/// Columns of these heights.
pub(crate) fn columns(counts: &[(&'static str, i64)]) -> Columns {
    let most = counts
        .iter()
        .map(|(_, n)| *n)
        .max()
        .unwrap_or_default()
        .max(4);
    let most = (most + 3) / 4 * 4;
    let y = |n: i64| FOOT - (FOOT - TOP) * ratio(n, most);
    let slot = (RIGHT + 10.0 - LEFT) / of(counts.len().max(1));
    let width = round(slot * 0.66);
    let bars = counts.iter().enumerate().map(|(at, (label, value))| {
        let x = LEFT + slot * of(at) + slot * 0.17;
        Bar {
            x: round(x),
            y: round(y(*value)),
            width,
            height: round(FOOT - y(*value)),
            middle: round(x + width / 2.0),
            label,
            value: *value,
        }
    });
    Columns {
        bars: bars.collect(),
        grid: (0..=2)
            .map(|part| most * part / 2)
            .map(|n| Mark {
                y: round(y(n)),
                label: n.to_string(),
            })
            .collect(),
    }
}

/// How dark a cell of a heat map is, 0 to 5.
pub(crate) fn heat(n: i64, most: i64) -> i64 {
    match n {
        0 => 0,
        _ => (n * 5 + most - 1).div_euclid(most.max(1)).clamp(1, 5),
    }
}

/// A share in thousandths as people read it: "97.1%".
pub(crate) fn percent(share: Option<i64>) -> String {
    share.map_or_else(
        || "–".to_owned(),
        |share| format!("{}.{}%", share / 10, share % 10),
    )
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of appointments fit a double exactly"
)]
fn ratio(part: i64, whole: i64) -> f64 {
    part as f64 / whole as f64
}

fn of(count: usize) -> f64 {
    ratio(i64::try_from(count).unwrap_or(i64::MAX), 1)
}

fn round(at: f64) -> f64 {
    (at * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_within_its_frame_and_skips_what_is_not_known() {
        let shares = [Some(912), None, Some(971)];
        let line = line(&shares.map(|share| ("w".to_owned(), share)));
        assert_eq!(line.points.len(), 2);
        assert!(line.points.iter().all(|dot| dot.y >= TOP && dot.y <= FOOT));
        assert_eq!(line.points[1].value, "97.1%");
        assert_eq!(line.grid[4].label, "100%");
    }

    #[test]
    fn the_highest_column_is_the_highest_and_none_has_no_height() {
        let all = columns(&[("a", 0), ("b", 61)]);
        assert_eq!(all.bars[0].height, 0.0);
        assert!(all.bars[1].y >= TOP && all.bars[1].height > 100.0);
        assert_eq!((heat(0, 9), heat(1, 9), heat(9, 9)), (0, 1, 5));
    }
}
