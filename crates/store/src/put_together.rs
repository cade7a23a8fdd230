//! Putting an embedded database together from a copy, as it was at a moment.
use crate::{
    StoreError,
    connect::connect,
    copies::cant,
    journal::{beside, log_file},
};
use sqlx::Connection;
use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

/// Restores an embedded database from a backup, as of a time or as late as the backup goes; returns that time in
/// microseconds.
///
/// # Errors
/// When the copy can't be read, or does not open with this key.
pub async fn put_together(
    copy: &Path,
    until: Option<i64>,
    to: &Path,
    key: &str,
) -> Result<i64, StoreError> {
    let steps = steps(times(copy)?, until);
    let Some(last) = steps.last() else {
        return Err(StoreError::Shape("the copy begins later than that".into()));
    };
    fs::copy(copy.join("base.db"), to).map_err(cant)?;
    for step in &steps {
        let mut log = Vec::new();
        match File::open(log_file(copy, step.number)) {
            Ok(file) => file.take(step.copied).read_to_end(&mut log).map_err(cant)?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => 0,
            Err(e) => return Err(cant(e)),
        };
        fs::write(beside(to, "-wal"), log).map_err(cant)?;
        let _ = fs::remove_file(beside(to, "-shm"));
        let (mut connection, _) = connect(to, key).await?;
        crate::driver::sqlite::rows(&mut connection, "pragma wal_checkpoint(truncate)", &[])
            .await?;
        connection.close().await?;
    }
    File::open(to)
        .and_then(|file| file.sync_all())
        .map_err(cant)?;
    Ok(last.at)
}

/// How far one log goes, and the time it got there.
#[derive(Clone, Copy)]
struct LogExtent {
    pub(crate) at: i64,
    pub(crate) number: u64,
    pub(crate) copied: u64,
}

/// Every time recorded in a backup, in order. A truncated line is ignored.
fn times(copy: &Path) -> Result<Vec<LogExtent>, StoreError> {
    let text = fs::read_to_string(copy.join("times")).map_err(cant)?;
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let step = |line: &str| {
        let mut numbers = line.split(' ').map(str::parse::<i64>);
        let mut next = || numbers.next()?.ok();
        Some(LogExtent {
            at: next()?,
            number: next()?.unsigned_abs(),
            copied: next()?.unsigned_abs(),
        })
    };
    Ok(whole.lines().filter_map(step).collect())
}

/// The earliest and latest time, in microseconds, that this backup can restore; `None` if there is none.
///
/// # Errors
/// When the copy can't be read.
pub fn moments(copy: &Path) -> Result<Option<(i64, i64)>, StoreError> {
    let times = times(copy)?;
    Ok(times
        .first()
        .zip(times.last())
        .map(|(first, last)| (first.at, last.at)))
}

/// Each log up to a time, in order: all but the last in full.
fn steps(times: Vec<LogExtent>, until: Option<i64>) -> Vec<LogExtent> {
    let Some(last) = times
        .into_iter()
        .take_while(|step| until.is_none_or(|until| step.at <= until))
        .last()
    else {
        return Vec::new();
    };
    (1..last.number)
        .map(|number| LogExtent {
            number,
            copied: u64::MAX,
            ..last
        })
        .chain([last])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_log_is_taken_as_far_as_it_had_come_at_the_moment() {
        let folder = std::env::temp_dir().join(format!("interpres-times-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(
            folder.join("times"),
            "10 1 100\n20 1 250\n30 2 0\n40 2 80\n50 4 7\n60 5",
        )
        .unwrap();
        let found = |until| {
            steps(times(&folder).unwrap(), until)
                .iter()
                .map(|s| (s.at, s.number, s.copied))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            found(None),
            [
                (50, 1, u64::MAX),
                (50, 2, u64::MAX),
                (50, 3, u64::MAX),
                (50, 4, 7)
            ]
        );
        assert_eq!(found(Some(35)), [(30, 1, u64::MAX), (30, 2, 0)]);
        assert_eq!(found(Some(19)), [(10, 1, 100)]);
        assert_eq!(found(Some(9)), []);
        assert_eq!(moments(&folder).unwrap(), Some((10, 50)));
        fs::remove_dir_all(folder).unwrap();
    }
}
