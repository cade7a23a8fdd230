use interpres_audit_log::{Hash, base64_hash, parse_hash};
use std::{
    collections::HashMap,
    fmt,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The latest size and root of each log. On disk before it is spoken of; losing it would let a
/// log be rolled back unseen.
#[derive(Debug)]
pub struct Memory {
    folder: PathBuf,
    latest: HashMap<String, (u64, Hash)>,
}

/// The stored state is unreadable: refusing to start is safer than starting over.
#[derive(Debug)]
pub struct MemoryError(PathBuf, io::Error);

impl fmt::Display for MemoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.display(), self.1)
    }
}
impl std::error::Error for MemoryError {}

impl Memory {
    /// Loads a directory's state.
    ///
    /// # Errors
    /// If a file in it is malformed.
    pub fn open(folder: &Path) -> Result<Self, MemoryError> {
        let wrong = |e| MemoryError(folder.to_owned(), e);
        fs::create_dir_all(folder).map_err(wrong)?;
        let mut latest = HashMap::new();
        for entry in fs::read_dir(folder).map_err(wrong)? {
            let path = entry.map_err(wrong)?.path();
            if path.extension().is_none_or(|e| e != "log") {
                continue;
            }
            let text = fs::read_to_string(&path).map_err(|e| MemoryError(path.clone(), e))?;
            let (origin, seen) = parse(&text).ok_or_else(|| {
                MemoryError(
                    path.clone(),
                    io::Error::other("is not a remembered checkpoint"),
                )
            })?;
            latest.insert(origin, seen);
        }
        Ok(Self {
            folder: folder.to_owned(),
            latest,
        })
    }
    /// The latest size and root of a log.
    #[must_use]
    pub fn latest(&self, origin: &str) -> Option<(u64, Hash)> {
        self.latest.get(origin).copied()
    }
    /// Saves a checkpoint: written to a temporary file, synced, and renamed into place.
    ///
    /// # Errors
    /// If the disk write fails; the old checkpoint remains.
    pub fn remember(&mut self, origin: &str, size: u64, root: Hash) -> io::Result<()> {
        let name: String = origin.bytes().map(|b| format!("{b:02x}")).collect();
        let (path, beside) = (
            self.folder.join(format!("{name}.log")),
            self.folder.join(format!("{name}.new")),
        );
        let mut file = File::create(&beside)?;
        write!(file, "{origin}\n{size}\n{}\n", base64_hash(&root))?;
        file.sync_all()?;
        fs::rename(&beside, &path)?;
        File::open(&self.folder)?.sync_all()?;
        self.latest.insert(origin.to_owned(), (size, root));
        Ok(())
    }
}

fn parse(text: &str) -> Option<(String, (u64, Hash))> {
    let mut lines = text.lines();
    let (origin, size, root) = (
        lines.next()?,
        lines.next()?.parse().ok()?,
        parse_hash(lines.next()?).ok()?,
    );
    Some((origin.to_owned(), (size, root)))
}
