use crate::claims::Claims;
use interpres_audit_log::{
    Checkpoint, EXPORT_FORMAT, ExportEnd, ExportHeader, ExportLine, Frontier, Hash, Policy,
    verify_inclusion,
};
use std::io::{self, BufRead};

/// The result of a check.
#[derive(Debug, Default)]
pub struct Checked {
    /// The checkpoint, when it is believed.
    pub checkpoint: Option<Checkpoint>,
    /// Number of entries read.
    pub entries: u64,
    /// Whether they are the complete log.
    pub complete: bool,
    /// Claims of the file that it cannot prove, one per line.
    pub unproven: Vec<String>,
    /// Problems, one per line; empty on success.
    pub problems: Vec<String>,
}

/// A saved checkpoint or export, which the log must still contain.
pub enum Earlier<'a> {
    /// A signed checkpoint.
    Checkpoint(String),
    /// A complete export.
    Export(Box<dyn BufRead + 'a>),
}

const MOST_PROBLEMS: usize = 20;

/// Verifies an export against a policy, and against an earlier checkpoint or export.
///
/// # Errors
/// If a file cannot be read; problems with the log are in the result.
pub fn check(
    mut export: impl BufRead,
    mut policy: Policy,
    earlier: Option<Earlier<'_>>,
) -> io::Result<Checked> {
    let mut found = Checked::default();
    let mut text = String::new();
    let Some(header) = read_header(&mut export, &mut text, &mut found)? else {
        return Ok(found);
    };
    let Some(point) = believe(&header, &mut policy, &mut found) else {
        return Ok(found);
    };
    found.complete = header.complete;
    let claims = Claims::of(&header, &point, &mut found);
    let mut reading = Reading {
        point: &point,
        claims,
        complete: header.complete,
        tree: Frontier::empty(),
        last: None,
        end: None,
        found,
    };
    let mut past = Past::open(earlier, &policy, &mut reading.found)?;
    // The JSON parser reports invalid UTF-8, string by string.
    let mut line = Vec::with_capacity(4096);
    loop {
        line.clear();
        if export.read_until(b'\n', &mut line)? == 0
            || reading.found.problems.len() >= MOST_PROBLEMS
        {
            break;
        }
        if let Some((number, hash)) = reading.line(&line) {
            past.compare(number, &hash, &reading.tree, &mut reading.found)?;
        }
    }
    reading.finish();
    past.finish(&reading.tree, reading.complete, &mut reading.found);
    let mut found = reading.found;
    found.checkpoint = Some(point);
    Ok(found)
}

fn read_header(
    export: &mut impl BufRead,
    text: &mut String,
    found: &mut Checked,
) -> io::Result<Option<ExportHeader>> {
    export.read_line(text)?;
    match serde_json::from_str::<ExportHeader>(text) {
        Ok(header) if header.format == EXPORT_FORMAT => return Ok(Some(header)),
        Ok(header) => found.problems.push(format!(
            "the file is of the form {:?}, which this program does not know",
            header.format
        )),
        Err(_) => found
            .problems
            .push("the file does not begin like an exported audit log".to_owned()),
    }
    Ok(None)
}

/// Follows the key handovers and opens the checkpoint.
fn believe(header: &ExportHeader, policy: &mut Policy, found: &mut Checked) -> Option<Checkpoint> {
    for (i, note) in header.handovers.iter().enumerate() {
        if policy.follow(note).is_err() {
            found.problems.push(format!(
                "key handover {} is not signed by a key that was trusted before it",
                i + 1
            ));
        }
    }
    match policy.open(&header.checkpoint) {
        Ok(point) => Some(point),
        Err(e) => {
            found
                .problems
                .push(format!("the checkpoint is not to be believed: {e}"));
            None
        }
    }
}

struct Reading<'a> {
    point: &'a Checkpoint,
    claims: Claims<'a>,
    complete: bool,
    tree: Frontier,
    last: Option<u64>,
    end: Option<u64>,
    found: Checked,
}

impl Reading<'_> {
    fn wrong(&mut self, problem: String) {
        self.found.problems.push(problem);
    }

    /// Reads one line; returns the entry's number and hash if both are valid.
    fn line(&mut self, text: &[u8]) -> Option<(u64, Hash)> {
        let at = self.found.entries;
        if self.end.is_some() {
            self.wrong("something follows the line that ends the file".to_owned());
            return None;
        }
        let Ok(line) = ExportLine::parse(text) else {
            match serde_json::from_slice::<ExportEnd>(text) {
                Ok(end) => self.end = Some(end.entries),
                Err(_) => self.wrong(format!("the line after {at} entries can't be read")),
            }
            return None;
        };
        self.found.entries += 1;
        self.order(line.number);
        self.last = Some(line.number);
        let Some(hash) = line.true_hash() else {
            self.wrong(format!(
                "entry {} was changed: it does not have its hash",
                line.number
            ));
            return None;
        };
        if self.complete {
            self.tree.append(hash);
        } else if line.hashes().is_none_or(|proof| {
            verify_inclusion(
                &hash,
                line.number,
                self.point.size,
                &proof,
                &self.point.root,
            )
            .is_err()
        }) {
            self.wrong(format!(
                "entry {} is not in the log that the checkpoint speaks of",
                line.number
            ));
            return None;
        } else if let Some(claim) = self.claims.contradicted_by(&line.leaf) {
            self.wrong(format!(
                "entry {} does not fit what the file was filtered by: {claim}",
                line.number
            ));
        }
        Some((line.number, hash))
    }

    fn order(&mut self, number: u64) {
        let expected = self.last.map_or(0, |n| n + 1);
        if number < expected {
            self.wrong(format!(
                "entry {number} stands behind entry {}",
                expected - 1
            ));
        } else if self.complete && number > expected {
            let one = number == expected + 1;
            self.wrong(if one {
                format!("entry {expected} is missing")
            } else {
                format!("entries {expected} to {} are missing", number - 1)
            });
        }
    }

    fn finish(&mut self) {
        if self.found.problems.len() >= MOST_PROBLEMS {
            self.wrong("there may be more; the check stopped here".to_owned());
            return;
        }
        let (read, size) = (self.found.entries, self.point.size);
        match self.end {
            None => self.wrong(format!(
                "the file was cut off after {read} entries: the line that ends it is missing"
            )),
            Some(told) if told != read => self.wrong(format!(
                "the file speaks of {told} entries and holds {read}"
            )),
            Some(_) => {}
        }
        if self.complete && read != size {
            self.wrong(format!(
                "the checkpoint speaks of {size} entries, the file holds {read}"
            ));
        } else if self.complete
            && self.found.problems.is_empty()
            && self.tree.root() != self.point.root
        {
            self.wrong("the entries fit together, but their root is not the checkpoint's: the log was rewritten".to_owned());
        }
    }
}

/// The earlier export, read alongside the new one.
struct Past<'a> {
    point: Option<Checkpoint>,
    file: Option<Box<dyn BufRead + 'a>>,
    text: String,
    met: bool,
}

impl<'a> Past<'a> {
    fn open(
        earlier: Option<Earlier<'a>>,
        policy: &Policy,
        found: &mut Checked,
    ) -> io::Result<Self> {
        let mut past = Self {
            point: None,
            file: None,
            text: String::new(),
            met: false,
        };
        let note = match earlier {
            None => return Ok(past),
            Some(Earlier::Checkpoint(note)) => note,
            Some(Earlier::Export(mut file)) => {
                file.read_line(&mut past.text)?;
                past.file = Some(file);
                serde_json::from_str::<ExportHeader>(&past.text)
                    .map(|h| h.checkpoint)
                    .unwrap_or_default()
            }
        };
        match policy.open(&note) {
            Ok(point) => past.point = Some(point),
            Err(e) => found
                .problems
                .push(format!("what was kept earlier is not to be believed: {e}")),
        }
        Ok(past)
    }

    fn compare(
        &mut self,
        number: u64,
        hash: &Hash,
        tree: &Frontier,
        found: &mut Checked,
    ) -> io::Result<()> {
        let Some(point) = &self.point else {
            return Ok(());
        };
        if let Some(file) = &mut self.file
            && number < point.size
        {
            self.text.clear();
            file.read_line(&mut self.text)?;
            let same = ExportLine::parse(self.text.as_bytes())
                .is_ok_and(|l| l.number == number && l.true_hash() == Some(*hash));
            if !same {
                found.problems.push(format!(
                    "entry {number} is not the one that was kept earlier"
                ));
            }
        }
        if tree.size() == point.size {
            self.met = tree.root() == point.root;
        }
        Ok(())
    }

    fn finish(&self, tree: &Frontier, complete: bool, found: &mut Checked) {
        let Some(point) = &self.point else { return };
        if !complete {
            found.problems.push(
                "only a complete export can be held against what was kept earlier".to_owned(),
            );
        } else if tree.size() < point.size {
            found.problems.push(format!(
                "the log was rolled back: {} entries were signed for earlier, {} are here",
                point.size,
                tree.size()
            ));
        } else if !self.met && point.size > 0 {
            found.problems.push(format!(
                "the log was rewritten: its first {} entries are not the ones signed for earlier",
                point.size
            ));
        }
    }
}
