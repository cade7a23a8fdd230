//! Fonts: embedded Inter, and the system's Noto Sans fonts for other scripts (SIL Open Font License; Debian's
//! fonts-noto-core and fonts-noto-cjk).
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{LazyLock, OnceLock},
};
use typst::{
    foundations::Bytes,
    text::{Font, FontBook, FontInfo},
    utils::LazyHash,
};

/// System font directories.
const FOLDERS: [&str; 2] = ["/usr/share/fonts", "/usr/local/share/fonts"];
/// Maximum directory depth.
const DEEPEST: usize = 5;

/// A system font. Its file is read on first use and then cached: most installations need few.
struct Found {
    file: PathBuf,
    index: u32,
    font: OnceLock<Option<Font>>,
}

/// Every font there is to print with.
pub(crate) struct Fonts {
    ours: Vec<Font>,
    found: Vec<Found>,
    pub(crate) book: LazyHash<FontBook>,
    infos: Vec<FontInfo>,
}

pub(crate) static FONTS: LazyLock<Fonts> = LazyLock::new(Fonts::gather);

/// Regular sans-serif fonts per script and for symbols; Tibetan has only this serif.
fn is_for_a_script(path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let plain = name.contains("-Regular.") || name.contains("-VF.") || name.contains('[');
    let kind = ["ttf", "otf", "ttc"].iter().any(|kind| {
        path.extension()
            .is_some_and(|e| e.eq_ignore_ascii_case(kind))
    });
    (name.starts_with("NotoSans") || name.starts_with("NotoSerifTibetan"))
        && !name.starts_with("NotoSansMono")
        && plain
        && kind
}

fn files_in(folder: &Path, depth: usize) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = entries
        .flatten()
        .map(|entry| entry.path())
        .partition(|path| path.is_dir());
    let deeper = folders
        .iter()
        .filter(|_| depth < DEEPEST)
        .flat_map(|folder| files_in(folder, depth + 1));
    files
        .into_iter()
        .filter(|path| is_for_a_script(path))
        .chain(deeper)
        .collect()
}

impl Fonts {
    fn gather() -> Self {
        let inter: [&[u8]; 2] = [
            include_bytes!("../fonts/Inter-Regular.otf"),
            include_bytes!("../fonts/Inter-SemiBold.otf"),
        ];
        let ours: Vec<Font> = inter
            .into_iter()
            .filter_map(|bytes| Font::new(Bytes::new(bytes), 0))
            .collect();
        let mut files: Vec<PathBuf> = FOLDERS
            .iter()
            .flat_map(|folder| files_in(Path::new(folder), 0))
            .collect();
        files.sort();
        let (mut found, mut infos) = (
            Vec::new(),
            ours.iter()
                .map(|font| font.info().clone())
                .collect::<Vec<_>>(),
        );
        for file in files {
            let Ok(bytes) = fs::read(&file) else { continue };
            for font in Font::iter(Bytes::new(bytes)) {
                infos.push(font.info().clone());
                found.push(Found {
                    file: file.clone(),
                    index: font.index(),
                    font: OnceLock::new(),
                });
            }
        }
        Self {
            ours,
            found,
            book: LazyHash::new(FontBook::from_infos(infos.clone())),
            infos,
        }
    }

    /// The font at a place in the book.
    pub(crate) fn at(&self, place: usize) -> Option<Font> {
        if let Some(font) = self.ours.get(place) {
            return Some(font.clone());
        }
        let found = self.found.get(place - self.ours.len())?;
        found
            .font
            .get_or_init(|| Font::new(Bytes::new(fs::read(&found.file).ok()?), found.index))
            .clone()
    }
}

/// Reads the fonts' coverage, which takes a moment, and returns the number of system fonts. Call it on a blocking
/// thread at startup, so that no document waits for it.
#[must_use]
pub fn read_fonts() -> usize {
    FONTS.found.len()
}

/// Whether the fonts cover every character of a text. Layout checks each glyph; this finds the text that caused a
/// failure.
#[must_use]
pub fn has_letters(text: &str) -> bool {
    let mut seen = text
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control());
    seen.all(|c| {
        FONTS
            .infos
            .iter()
            .any(|info| info.coverage.contains(u32::from(c)))
    })
}
