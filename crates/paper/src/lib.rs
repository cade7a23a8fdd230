//! PDF rendering from a template, data and fonts. The template can read neither files nor the network. PDFs are
//! tagged and checked against PDF/UA-1; a document with a missing glyph is rejected.
mod fonts;

pub use fonts::{has_letters, read_fonts};

use fonts::FONTS;
use std::sync::LazyLock;
use typst::{
    Library, LibraryExt, World, WorldExt,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration},
    layout::{Frame, FrameItem},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// Why rendering failed. Never repeats the data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PaperError {
    /// No font has a glyph for some of its characters.
    Letters,
    /// Data and template don't fit, at this line of the template; 0 where that is not known.
    Template(usize),
}

impl std::fmt::Display for PaperError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Letters => f.write_str("no font has some of the document's letters"),
            Self::Template(line) => write!(
                f,
                "the document's data do not fit line {line} of its template"
            ),
        }
    }
}
impl std::error::Error for PaperError {}

/// An invoice as PDF. The data is the invoice's JSON as in the API, with `logo` true if a PNG is supplied. Takes tens
/// of milliseconds: call it on a blocking thread.
///
/// # Errors
/// [`PaperError`].
pub fn invoice(json: Vec<u8>, logo: Option<Vec<u8>>) -> Result<Vec<u8>, PaperError> {
    document(include_str!("../templates/invoice.typ"), json, logo)
}

/// The readiness report as PDF, from its JSON as the API shows it; as [`invoice`].
///
/// # Errors
/// [`PaperError`].
pub fn readiness(json: Vec<u8>) -> Result<Vec<u8>, PaperError> {
    document(include_str!("../templates/readiness.typ"), json, None)
}

struct Desk {
    main: Source,
    /// The files the template can read: its data, and a logo.
    files: Vec<(FileId, Bytes)>,
}

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
fn file(name: &str) -> Result<FileId, PaperError> {
    let path = VirtualPath::new(name).map_err(|_| PaperError::Template(0))?;
    Ok(FileId::new(RootedPath::new(VirtualRoot::Project, path)))
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.book
    }
    fn main(&self) -> FileId {
        self.main.id()
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() {
            Ok(self.main.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files
            .iter()
            .find(|(name, _)| *name == id)
            .map(|(_, bytes)| bytes.clone())
            .ok_or(FileError::AccessDenied)
    }
    fn font(&self, index: usize) -> Option<Font> {
        FONTS.at(index)
    }
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn document(template: &str, json: Vec<u8>, logo: Option<Vec<u8>>) -> Result<Vec<u8>, PaperError> {
    let mut files = vec![(file("data.json")?, Bytes::new(json))];
    if let Some(logo) = logo {
        files.push((file("logo.png")?, Bytes::new(logo)));
    }
    let desk = Desk {
        main: Source::new(file("main.typ")?, template.to_owned()),
        files,
    };
    // The library's message may repeat the data, so report only the location.
    let wrong = |all: &[SourceDiagnostic]| {
        let at = all.first().and_then(|first| desk.range(first.span));
        let line = at
            .and_then(|range| desk.main.lines().byte_to_line(range.start))
            .map_or(0, |line| line + 1);
        PaperError::Template(line)
    };
    let made = typst::compile::<PagedDocument>(&desk)
        .output
        .map_err(|e| wrong(&e))?;
    if made.pages().iter().any(|page| lacks_letters(&page.frame)) {
        return Err(PaperError::Letters);
    }
    let standards = PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|_| PaperError::Template(0))?;
    let pdf = typst_pdf::pdf(
        &made,
        &PdfOptions {
            standards,
            ..PdfOptions::default()
        },
    )
    .map_err(|e| wrong(&e));
    // The library caches layouts. Documents of different customers must not share anything, so clear it at once.
    comemo::evict(0);
    pdf
}

/// Whether a glyph is .notdef (glyph 0 of every font): the font lacks the character.
fn lacks_letters(frame: &Frame) -> bool {
    frame.items().any(|(_, item)| match item {
        FrameItem::Group(group) => lacks_letters(&group.frame),
        FrameItem::Text(text) => text.glyphs.iter().any(|glyph| glyph.id == 0),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATA: &str = r#"{"number":7,"from":["Front Range Interpreters LLC","1 Market St","Denver CO 80202"],"bill_to":["St. Brigid Hospital","100 Main St"],"issued_on":"2027-03-02","due_on":"2027-04-01","currency":"USD","total":1279600,
        "lines":[{"reference":"FR-1001","date":"2027-03-02","time":"09:00 – 10:01","what":"Spanish, in person","minutes":75,"amount":12796,"trace":["75 minutes at 95.00"]}]}"#;

    #[test]
    fn an_invoice_becomes_a_tagged_pdf() {
        let pdf = invoice(DATA.as_bytes().to_vec(), None).unwrap();
        assert!(pdf.starts_with(b"%PDF-1."));
        let has = |word: &[u8]| pdf.windows(word.len()).any(|w| w == word);
        assert!(
            has(b"StructTreeRoot") && has(b"pdfuaid"),
            "tagged and declared PDF/UA"
        );
    }

    #[test]
    fn a_logo_stands_on_the_invoice_with_words_for_those_who_do_not_see_it() {
        // The smallest PNG there is: one grey point.
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cch\0\0\0\x82\0\x81w\xcdr\xb6\0\0\0\0IEND\xaeB`\x82";
        let plain = invoice(DATA.as_bytes().to_vec(), None).unwrap();
        let pdf = invoice(
            DATA.replacen('{', r#"{"logo":true,"#, 1).into_bytes(),
            Some(png.to_vec()),
        )
        .unwrap();
        let figures = |pdf: &[u8]| pdf.windows(7).filter(|w| w == b"/Figure").count();
        assert_eq!((figures(&plain), figures(&pdf)), (0, 1));
        assert!(invoice(DATA.replacen('{', r#"{"logo":true,"#, 1).into_bytes(), None).is_err());
    }

    /// The customers of the world's languages: a name in each script that people of health care here are called by.
    /// Customers of many scripts, one a line.
    const NAMES: &str = include_str!("../names.txt");

    #[test]
    fn names_in_thirteen_scripts_are_printed_with_every_letter() {
        for name in NAMES.lines() {
            assert!(
                has_letters(name),
                "{name}: is fonts-noto-core or fonts-noto-cjk missing?"
            );
            let data = DATA.replace("St. Brigid Hospital", name);
            assert!(
                invoice(data.into_bytes(), None)
                    .unwrap()
                    .starts_with(b"%PDF-1."),
                "{name}"
            );
        }
    }

    #[test]
    fn a_letter_that_no_font_has_makes_no_document_and_is_not_repeated() {
        let data = DATA.replace("St. Brigid Hospital", "Kanarya \u{17000} Hospital");
        let error = invoice(data.into_bytes(), None).unwrap_err();
        assert_eq!(
            (
                error,
                error.to_string().contains("Kanarya"),
                has_letters("\u{17000}")
            ),
            (PaperError::Letters, false, false)
        );
    }

    #[test]
    fn data_that_do_not_fit_are_an_error_that_does_not_repeat_them() {
        let error = invoice(br#"{"number":7,"from":["Kanarya"]}"#.to_vec(), None)
            .unwrap_err()
            .to_string();
        assert!(!error.contains("Kanarya"), "{error}");
    }

    #[test]
    fn a_readiness_report_becomes_a_tagged_pdf() {
        let data = r#"{"workspace":"Front Range","at":"2027-03-02T10:00:00Z","hipaa_since":null,"attention":1,"safeguards":[{"provision":"164.312(b)","title":"Audit controls","done":"A log.","evidence":[{"found":"7 entries","stand":"good"},{"found":"1 open","stand":"attention"}],"yours":"Look at it."}]}"#;
        assert!(
            readiness(data.as_bytes().to_vec())
                .unwrap()
                .starts_with(b"%PDF-1.")
        );
    }
}
